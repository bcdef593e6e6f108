package dev.azimuth.app.admin;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.azimuth.app.node.Status.OverrideStatus;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The JSON bodies of the admin API, as both sides of it write and read them. */
public final class Messages {
  private Messages() {}

  /**
   * Body of {@code /drain}, {@code /down}, {@code /up} and {@code /weight}.
   *
   * @param selector {@code pool/backend}, a pool, a pattern such as {@code eu/fra*}, {@code
   *     tag:NAME}, {@code balancer:NAME}, or a backend's name alone
   * @param weight 1 to 1,000,000; only of {@code /weight}
   * @param reason why, for everybody who looks at the status later; may be null in a dry run
   * @param author who; null for whoever holds the token
   * @param at when it begins, such as {@code 2026-11-22T03:00Z}; null for at once
   * @param in after how long it begins, such as {@code 2h}; null for at once
   * @param lasts a duration such as {@code 30m}, from its beginning; null for until it is cleared
   * @param force null is false; whether also where a pool would be left below its floor
   * @param dryRun null is false; whether only to say what it would do
   */
  public record Order(
      @Nullable String selector,
      @Nullable Integer weight,
      @Nullable String reason,
      @Nullable String author,
      @Nullable String at,
      @Nullable String in,
      @JsonProperty("for") @Nullable String lasts,
      @Nullable Boolean force,
      @Nullable Boolean dryRun) {}

  /**
   * Body of {@code /clear}: one of both.
   *
   * @param selector that of the orders
   * @param all null is false; whether every order is meant
   */
  public record Clear(@Nullable String selector, @Nullable Boolean all) {}

  /** Answer of {@code /overrides}. */
  public record Overrides(List<OverrideStatus> overrides) {}

  /**
   * Body of {@code /freeze}.
   *
   * @param lasts a duration such as {@code 30m}; null for until it is taken back
   */
  public record Freeze(
      @Nullable String reason,
      @Nullable String author,
      @JsonProperty("for") @Nullable String lasts) {}

  /** Body of {@code /unfreeze}: nothing to say. */
  public record Unfreeze() {}

  /** Body of {@code /failback}. */
  public record Failback(@Nullable String pool) {}

  /**
   * Body of {@code /reload}.
   *
   * @param acceptRemovals null is false; whether the file may drop a zone, or more than half of the
   *     names, pools, backends or balancers
   */
  public record Reload(@Nullable Boolean acceptRemovals) {}

  /**
   * What was done.
   *
   * @param done a line each; empty when nothing had to be done
   */
  public record Done(List<String> done) {}

  /**
   * What was not done.
   *
   * @param error for the operator, several lines where there are several problems
   */
  public record Failure(String error) {}
}

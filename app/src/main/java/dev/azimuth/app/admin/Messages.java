package dev.azimuth.app.admin;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The JSON bodies of the admin API, as both sides of it write and read them. */
public final class Messages {
  private Messages() {}

  /**
   * Body of {@code /down}, {@code /up} and {@code /drain}.
   *
   * @param backend {@code pool/backend} or the name alone
   * @param reason why, for everybody who looks at the status later
   * @param author who; null for whoever holds the token
   * @param lasts a duration such as {@code 30m}; null for until it is cleared
   */
  public record Force(
      @Nullable String backend,
      @Nullable String reason,
      @Nullable String author,
      @JsonProperty("for") @Nullable String lasts) {}

  /**
   * Body of {@code /clear}.
   *
   * @param backend {@code pool/backend} or the name alone
   */
  public record Clear(@Nullable String backend) {}

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
   *     names, pools or backends
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

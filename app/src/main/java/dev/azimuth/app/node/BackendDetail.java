package dev.azimuth.app.node;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that is known of one backend, as {@code /status?backend=POOL/NAME} gives it in JSON.
 *
 * @param weight in force: as configured, unless ordered
 * @param forced null when its checks decide
 * @param orders those that mean it, the oldest first
 */
public record BackendDetail(
    String pool,
    String name,
    int weight,
    boolean standby,
    @Nullable String forced,
    List<Status.OverrideStatus> orders,
    List<Address> addresses) {

  /**
   * @param check the name of its check or combination; null for none
   * @param state what the checks say: UNKNOWN, UP, DOWN, or NONE without a check
   * @param believed what answers stand on, where that is another state since the table is frozen or
   *     held; null where it is the same
   * @param since null without a check
   * @param asks what it asks for in its answers, in per cent of its weight
   * @param checks what is probed for it: one for a single check
   */
  public record Address(
      String address,
      @Nullable String check,
      String state,
      @Nullable String believed,
      @Nullable Instant since,
      int asks,
      List<Check> checks) {}

  /**
   * One check of one address.
   *
   * @param watched whether it only reports
   * @param target where its probes go, such as {@code 192.0.2.1:80}
   * @param streak results in a row that speak against the state
   * @param row results of one kind in a row, the newest included
   * @param heldUntil until when it is held down since it fell often; null for not
   * @param evidence the result that decided the state; null where none is known
   * @param results the newest first, at most 16
   */
  public record Check(
      String check,
      boolean watched,
      String target,
      String state,
      Instant since,
      int streak,
      int row,
      @Nullable Instant heldUntil,
      @Nullable Evidence evidence,
      List<Result> results) {}

  /** A result with its words. */
  public record Evidence(Instant at, String code, String detail, long tookMicros) {}

  /** A result of a probe. */
  public record Result(Instant at, String code, long tookMicros) {}
}

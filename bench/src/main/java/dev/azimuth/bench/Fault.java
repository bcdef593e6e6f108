package dev.azimuth.bench;

import dev.azimuth.health.ProbeResult.Code;
import dev.azimuth.health.Timing;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How a {@link Backend} can fail. */
enum Fault {
  /** Nobody listens. */
  REFUSED(Code.L4CON),
  /** Connection attempts are dropped: the listener's queue is full. */
  DROPPED(Code.L4TOUT),
  /** Connections are accepted, and nothing is ever said on them. */
  HUNG(Code.L7TOUT),
  /** The answer comes octet by octet. */
  SLOW(Code.L7TOUT),
  /** The connection is reset when the request has come. */
  RESET(Code.L7RSP),
  /** The answer has a status that is not expected. */
  STATUS(Code.L7STS),
  /** The certificate has ended. */
  EXPIRED(Code.L6RSP),
  /** The certificate is for another name. */
  MISNAMED(Code.L6RSP);

  private static final double JITTER = 1.1;

  /** For threads that run late. */
  static final double ALLOWED_MILLIS = 50;

  /** What a probe says of it. */
  final Code code;

  Fault(Code code) {
    this.code = code;
  }

  /** The certificate that shows it; null where it is not about one. */
  PeerKeys.@Nullable Certificate certificate() {
    return switch (this) {
      case REFUSED, DROPPED, HUNG, SLOW, RESET, STATUS -> null;
      case EXPIRED -> PeerKeys.Certificate.EXPIRED;
      case MISNAMED -> PeerKeys.Certificate.MISNAMED;
    };
  }

  /** Whether a probe ends by its timeout, since no answer comes. */
  private boolean silent() {
    return switch (this) {
      case DROPPED, HUNG, SLOW -> true;
      case REFUSED, RESET, STATUS, EXPIRED, MISNAMED -> false;
    };
  }

  /** The longest that 99 of 100 may take to be found, in milliseconds, whatever the fault. */
  static double promised(Timing timing) {
    return bound(timing, millis(timing.timeout()));
  }

  /** The same for this fault: where an answer comes, nothing waits for the timeout. */
  double bound(Timing timing) {
    return bound(timing, silent() ? millis(timing.timeout()) : 0);
  }

  private static double bound(Timing timing, double probe) {
    return JITTER * millis(timing.every())
        + (timing.fall() - 1) * Math.max(JITTER * millis(timing.retry()), probe)
        + probe
        + ALLOWED_MILLIS;
  }

  private static double millis(Duration duration) {
    return duration.toNanos() / 1e6;
  }
}

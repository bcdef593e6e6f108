package dev.azimuth.health;

/**
 * The outcome of one probe.
 *
 * @param code what happened, in the words operators know
 * @param detail a few words beside the code, such as {@code status 503}; printable ASCII, at most
 *     120 characters
 * @param started when the probe began, in milliseconds of the steady clock
 * @param tookMicros how long it took, in microseconds
 */
public record ProbeResult(Code code, String detail, long started, long tookMicros) {

  /** HAProxy's names for the outcome of a check. */
  public enum Code {
    /** The TCP connection was accepted. */
    L4OK(true),
    /** No answer to the connection attempt within the timeout. */
    L4TOUT(false),
    /** The connection was refused, reset or unreachable. */
    L4CON(false),
    /** No TLS handshake within the timeout. */
    L6TOUT(false),
    /** The TLS handshake failed: certificate, name or protocol. */
    L6RSP(false),
    /** A whole answer with an expected status. */
    L7OK(true),
    /** No whole answer within the timeout. */
    L7TOUT(false),
    /** Not a valid HTTP answer, or the connection ended before one. */
    L7RSP(false),
    /** An answer with a status that is not expected. */
    L7STS(false),
    /** Says nothing of the target: the prober itself was late or short of a resource. */
    INCONCLUSIVE(false);

    private final boolean good;

    Code(boolean good) {
      this.good = good;
    }

    /** Whether this counts as a success. */
    public boolean good() {
      return good;
    }
  }
}

package dev.azimuth.health;

/**
 * The outcome of one probe.
 *
 * @param code what happened, in the words operators know
 * @param detail a few words beside the code, such as {@code status 503}; printable ASCII, at most
 *     120 characters
 * @param started when the probe began, in milliseconds of the steady clock
 * @param tookMicros how long it took, in microseconds
 * @param weight what the target asks for in its answer, in per cent of the weight that it is
 *     configured with, 0 to 100; {@link #NOT_SAID} when it says nothing
 */
public record ProbeResult(Code code, String detail, long started, long tookMicros, int weight) {
  /** The weight of an answer that says none. */
  public static final int NOT_SAID = -1;

  public ProbeResult {
    if (weight < NOT_SAID || weight > 100) {
      throw new IllegalArgumentException("no percentage: " + weight);
    }
  }

  /** Of an answer that says no weight. */
  public ProbeResult(Code code, String detail, long started, long tookMicros) {
    this(code, detail, started, tookMicros, NOT_SAID);
  }

  /** HAProxy's names for the outcome of a check; its SOCKERR is {@link #INCONCLUSIVE} here. */
  public enum Code {
    /** The TCP connection was accepted. */
    L4OK(true),
    /** No answer to the connection attempt within the timeout. */
    L4TOUT(false),
    /** The connection was refused, reset or unreachable. */
    L4CON(false),
    /** The TLS handshake succeeded, and more was not asked for. */
    L6OK(true),
    /** No TLS handshake within the timeout. */
    L6TOUT(false),
    /** The TLS handshake failed: certificate, name or protocol. */
    L6RSP(false),
    /** A whole answer, as it is expected. */
    L7OK(true),
    /** No whole answer within the timeout. */
    L7TOUT(false),
    /** Not a valid answer, not the content that is expected, or the end came before a whole one. */
    L7RSP(false),
    /** A valid answer with a status that is not expected. */
    L7STS(false),
    /** The command ended with success. */
    PROCOK(true),
    /** The command ended with failure. */
    PROCERR(false),
    /** The command did not end within the timeout. */
    PROCTOUT(false),
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

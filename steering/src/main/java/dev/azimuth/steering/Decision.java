package dev.azimuth.steering;

/**
 * What steering gives for one query: a cursor that a worker owns and hands to every {@link
 * Steering#decide}. Fields are valid until the next call.
 */
public final class Decision {
  /** What to answer. */
  public enum Kind {
    /** Addresses of the family that was asked for. */
    ADDRESSES,
    /** NOERROR without an answer; the SOA's TTL is at most {@link #ttl}. */
    NODATA,
    SERVFAIL,
    /** An alias: {@link #octets} is its target in uncompressed wire form. */
    CNAME
  }

  static final int[] NOBODY = {};

  public Kind kind = Kind.NODATA;

  /**
   * ADDRESSES: whole addresses one after the other, 4 or 16 octets each. CNAME: the target's name.
   */
  public byte[] octets = {};

  /** The answer's TTL in seconds. */
  public int ttl;

  /** The scope prefix length for the reply's client subnet; 0 when nothing depended on it. */
  public int scope;

  public Reason reason = Reason.RULE;

  /**
   * The slots of the backends whose addresses these are, all of one pool; none where they are no
   * backend's. Set by {@link Steering#decide} alone, and not to be changed.
   */
  public int[] given = NOBODY;

  /** Who was steered. */
  final Client client = new Client();

  /** No decision yet. */
  public Decision() {}
}

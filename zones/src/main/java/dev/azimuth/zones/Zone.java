package dev.azimuth.zones;

/**
 * An immutable image of one zone: a few large arrays. Safe for use by any number of threads.
 *
 * <p>A record set is known by its number. Its octets stand ready-made in {@link #data()}, record
 * after record: two octets for the owner (a compression pointer to the question, C0 0C, which the
 * writer may replace), TYPE, CLASS, TTL, RDLENGTH, RDATA with uncompressed names.
 */
public final class Zone {

  Zone() {}

  /** The zone's name in presentation form with the final dot, such as {@code example.com.}. */
  public String origin() {
    throw new AssertionError("not yet");
  }

  /** How many labels {@link #origin()} has, without the root's. */
  public int originLabels() {
    throw new AssertionError("not yet");
  }

  /** Looks a name up that is at or below the origin. Allocates nothing. */
  public Outcome lookup(LookupName name, int type, LookupResult result) {
    throw new AssertionError("not yet");
  }

  /** The octets that the offsets of record sets point into. Never written to. */
  public byte[] data() {
    throw new AssertionError("not yet");
  }

  /** Where a set's first record begins in {@link #data()}. */
  public int offset(int set) {
    throw new AssertionError("not yet");
  }

  /** How many octets all records of a set take. */
  public int length(int set) {
    throw new AssertionError("not yet");
  }

  /** How many records a set has, at least 1. */
  public int records(int set) {
    throw new AssertionError("not yet");
  }

  /** The TTL that all records of a set share, in seconds. */
  public int ttl(int set) {
    throw new AssertionError("not yet");
  }

  /**
   * Where the owner name of a set (wire form, lower case, uncompressed) begins in {@link #data()}.
   */
  public int owner(int set) {
    throw new AssertionError("not yet");
  }

  /**
   * The SOA with the TTL of negative answers: the least of its TTL, its MINIMUM and the configured
   * one.
   */
  public int negativeSoa() {
    throw new AssertionError("not yet");
  }

  /**
   * How many sets of addresses belong into the additional section beside a set: those of its NS, MX
   * and SRV targets in this zone; for a referral all glue in the zone (RFC 9471).
   */
  public int additionals(int set) {
    throw new AssertionError("not yet");
  }

  /** One of the sets that belong beside {@code set}; {@code index} below {@link #additionals}. */
  public int additional(int set, int index) {
    throw new AssertionError("not yet");
  }
}

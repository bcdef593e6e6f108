package dev.azimuth.zones;

/**
 * A domain name being looked up: its octets in wire form with ASCII letters in lower case, the
 * starts of its labels, and a hash of each suffix. One owner fills it again and again; nothing is
 * allocated after construction. Not for use by several threads.
 */
public final class LookupName {
  /** The longest name on the wire, in octets (RFC 1035 section 3.1). */
  public static final int MAX_OCTETS = 255;

  /** The most labels in a name, the root's empty one not counted. */
  public static final int MAX_LABELS = 127;

  /** The name in wire form, lower case, ended by the root's zero octet. */
  public final byte[] octets = new byte[MAX_OCTETS];

  /**
   * Where each label's length octet stands in {@link #octets}; {@code starts[labels]} is the
   * root's.
   */
  public final int[] starts = new int[MAX_LABELS + 1];

  /** The length of the name in wire form, with the root's octet. */
  public int length;

  /** How many labels the name has, without the root's. */
  public int labels;

  /** A name of no labels until it is read. */
  public LookupName() {}

  /**
   * Reads an uncompressed name, as a question has it.
   *
   * @param from where the name starts in {@code packet}
   * @param limit the end of the readable octets
   * @return where the name ends; -1 when it is malformed: a compression pointer, a label type other
   *     than 00, more than 255 octets, or cut off
   */
  public int read(byte[] packet, int from, int limit) {
    throw new AssertionError("not yet");
  }
}

package dev.azimuth.zones;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.SecureRandom;

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

  /** What stands behind names that are read eight octets at a time, at least. */
  static final int ROOM = Long.BYTES;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /**
   * Secrets of this process, so that nobody can prepare names or zones whose hashes collide. The
   * multiplier is odd.
   */
  private static final long SEED;

  private static final long MULTIPLIER;

  static {
    var random = new SecureRandom();
    SEED = random.nextLong();
    MULTIPLIER = random.nextLong() | 1;
  }

  /**
   * The name in wire form, lower case, ended by the root's zero octet. What stands behind {@link
   * #length} is undefined; the array has room for reading eight octets at once up to its end.
   */
  public final byte[] octets = new byte[MAX_OCTETS + ROOM];

  /**
   * Where each label's length octet stands in {@link #octets}; {@code starts[labels]} is the
   * root's.
   */
  public final int[] starts = new int[MAX_LABELS + 1];

  /** The length of the name in wire form, with the root's octet. */
  public int length;

  /** How many labels the name has, without the root's. */
  public int labels;

  /** The hash of the suffix that begins with each label; {@code hashes[labels]} is the root's. */
  private final long[] hashes = new long[MAX_LABELS + 1];

  /** A name of no labels until it is read. */
  public LookupName() {}

  /**
   * Reads an uncompressed name, as a question has it.
   *
   * @param from where the name starts in {@code packet}
   * @param limit the end of the readable octets
   * @return where the name ends; -1 when it is malformed: a compression pointer, a label type other
   *     than 00, more than 255 octets, or cut off. This name is then undefined until the next read.
   */
  public int read(byte[] packet, int from, int limit) {
    int end = Math.min(limit, from + MAX_OCTETS);
    int count = 0;
    int at = from;
    while (true) {
      if (at >= end) {
        return -1;
      }
      int size = packet[at];
      starts[count] = at - from;
      if (size == 0) {
        break;
      }
      // A pointer or an unknown label type has its top bits set: it is negative or above 63.
      if (size < 0 || size > 63) {
        return -1;
      }
      count++;
      at += size + 1;
    }
    labels = count;
    length = at + 1 - from;
    fold(packet, from);
    hash();
    return at + 1;
  }

  /** The hash of the suffix that begins with a label, the same for equal suffixes. */
  long hash(int label) {
    return hashes[label];
  }

  /**
   * Whether the suffix that begins with {@code label} stands at {@code from} in {@code names},
   * which are lower case and have {@value #ROOM} octets more behind them.
   */
  boolean suffixEquals(int label, byte[] names, int from) {
    int start = starts[label];
    int size = length - start;
    if (size > names.length - ROOM - from) {
      return false;
    }
    for (int at = 0; at < size; at += Long.BYTES) {
      long difference = (long) LONG.get(octets, start + at) ^ (long) LONG.get(names, from + at);
      int rest = size - at;
      if (rest < Long.BYTES) {
        difference <<= Long.SIZE - Byte.SIZE * rest;
      }
      if (difference != 0) {
        return false;
      }
    }
    return true;
  }

  /** Copies the octets with ASCII letters in lower case, eight at a time. */
  private void fold(byte[] packet, int from) {
    int i = 0;
    // A length octet is at most 63 and so never taken for a letter.
    for (; i < length && from + i + Long.BYTES <= packet.length; i += Long.BYTES) {
      long word = (long) LONG.get(packet, from + i);
      long low = word & 0x7f7f7f7f7f7f7f7fL;
      long fromA = low + 0x3f3f3f3f3f3f3f3fL;
      long pastZ = low + 0x2525252525252525L;
      long upper = fromA & ~pastZ & ~word & 0x8080808080808080L;
      LONG.set(octets, i, word | (upper >>> 2));
    }
    for (; i < length; i++) {
      byte octet = packet[from + i];
      octets[i] = octet >= 'A' && octet <= 'Z' ? (byte) (octet | 0x20) : octet;
    }
  }

  /** Hashes every suffix in one pass from the right, each from the one behind it. */
  private void hash() {
    long hash = SEED;
    hashes[labels] = hash;
    for (int label = labels - 1; label >= 0; label--) {
      int end = starts[label + 1];
      for (int at = starts[label]; at < end; at += Long.BYTES) {
        long word = (long) LONG.get(octets, at);
        int rest = end - at;
        if (rest < Long.BYTES) {
          word &= -1L >>> (Long.SIZE - Byte.SIZE * rest);
        }
        long mixed = hash ^ word;
        hash = (mixed * MULTIPLIER) ^ Math.unsignedMultiplyHigh(mixed, MULTIPLIER);
      }
      hashes[label] = hash;
    }
  }
}

package dev.azimuth.resolver;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * SipHash-2-4 (Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012): a keyed hash of a
 * short message. Allocates nothing.
 */
final class SipHash {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private SipHash() {}

  /** Eight octets as a number, the least significant first: how keys and hashes are written. */
  static long word(byte[] octets, int at) {
    return (long) LONG.get(octets, at);
  }

  /** The inverse of {@link #word}. */
  static void putWord(byte[] octets, int at, long value) {
    LONG.set(octets, at, value);
  }

  /**
   * The hash of the first {@code length} octets of a message.
   *
   * @param low the first eight octets of the key, as {@link #word}
   * @param high the others
   */
  static long hash(long low, long high, byte[] message, int length) {
    long v0 = low ^ 0x736f6d6570736575L;
    long v1 = high ^ 0x646f72616e646f6dL;
    long v2 = low ^ 0x6c7967656e657261L;
    long v3 = high ^ 0x7465646279746573L;
    int whole = length & -Long.BYTES;
    // Two rounds for each word of the message, the last of which has the rest and the length; then
    // two and two more that end it.
    for (int at = 0; at <= whole + 2 * Long.BYTES; at += Long.BYTES) {
      long word = at < whole ? word(message, at) : at == whole ? rest(message, whole, length) : 0;
      if (at == whole + Long.BYTES) {
        v2 ^= 0xFF;
      }
      v3 ^= word;
      for (int round = 0; round < 2; round++) {
        v0 += v1;
        v2 += v3;
        v1 = Long.rotateLeft(v1, 13) ^ v0;
        v3 = Long.rotateLeft(v3, 16) ^ v2;
        v0 = Long.rotateLeft(v0, 32);
        v2 += v1;
        v0 += v3;
        v1 = Long.rotateLeft(v1, 17) ^ v2;
        v3 = Long.rotateLeft(v3, 21) ^ v0;
        v2 = Long.rotateLeft(v2, 32);
      }
      v0 ^= word;
    }
    return v0 ^ v1 ^ v2 ^ v3;
  }

  private static long rest(byte[] message, int from, int length) {
    long word = (long) length << 56;
    for (int at = from; at < length; at++) {
      word |= (message[at] & 0xFFL) << (Byte.SIZE * (at - from));
    }
    return word;
  }
}

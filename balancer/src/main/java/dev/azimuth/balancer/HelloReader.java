package dev.azimuth.balancer;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** Reads what a client says first, without taking it: a ClientHello, if it speaks TLS. Total. */
final class HelloReader {
  /**
   * The longest hello that is read, in octets with all headers: what fits into one record (RFC 8446
   * section 5.1). Clients need a tenth of that.
   */
  static final int LONGEST = 5 + 16_384;

  /** No client offers as many. */
  static final int MOST_PROTOCOLS = 32;

  private static final int RECORD_HEADER = 5;
  private static final int LONGEST_RECORD = 16_384;
  private static final int HANDSHAKE = 22;
  private static final int MAJOR_VERSION = 3;
  private static final int MESSAGE_HEADER = 4;
  private static final int CLIENT_HELLO = 1;

  private HelloReader() {}

  /** What the first octets of a client are. */
  sealed interface Reading permits ClientHello, Unread {}

  /** Why they are no hello. */
  enum Unread implements Reading {
    /** It has not come whole; never said of {@link #LONGEST} octets. */
    MORE,
    /** Another protocol, SSL 2 among them. */
    NOT_TLS,
    /** A broken one, or one that is too long. */
    MALFORMED
  }

  /**
   * Reads what has come so far and leaves it where it is. What follows changes no other result than
   * {@link Unread#MORE}.
   */
  static Reading read(ByteBuf in) {
    byte[] header = new byte[MESSAGE_HEADER];
    Unread missing = gather(in, header);
    if (missing != null) {
      return missing;
    }
    int length = (header[1] & 0xff) << 16 | (header[2] & 0xff) << 8 | (header[3] & 0xff);
    int least = RECORD_HEADER + MESSAGE_HEADER + length;
    if (header[0] != CLIENT_HELLO || least > LONGEST) {
      return Unread.MALFORMED;
    }
    if (in.readableBytes() < least) {
      return Unread.MORE; // nothing is gathered again and again for a client that is slow
    }
    byte[] message = new byte[MESSAGE_HEADER + length];
    missing = gather(in, message);
    return missing == null ? HelloParser.parse(message, MESSAGE_HEADER) : missing;
  }

  /** Fills an array from the records, in which a message may be divided in any way. */
  private static @Nullable Unread gather(ByteBuf in, byte[] message) {
    int start = in.readerIndex();
    int end = start + Math.min(in.readableBytes(), LONGEST);
    int at = start;
    int filled = 0;
    while (filled < message.length) {
      int left = end - at;
      if ((left > 0 && in.getByte(at) != HANDSHAKE)
          || (left > 1 && in.getByte(at + 1) != MAJOR_VERSION)) {
        return at == start ? Unread.NOT_TLS : Unread.MALFORMED;
      }
      if (left < RECORD_HEADER) {
        return end - start == LONGEST ? Unread.MALFORMED : Unread.MORE;
      }
      int length = in.getUnsignedShort(at + 3);
      if (length == 0 || length > LONGEST_RECORD) {
        return Unread.MALFORMED;
      }
      int part = Math.min(Math.min(length, left - RECORD_HEADER), message.length - filled);
      in.getBytes(at + RECORD_HEADER, message, filled, part);
      filled += part;
      at += RECORD_HEADER + length;
    }
    return null;
  }
}

package dev.azimuth.health;

import java.nio.charset.StandardCharsets;

/**
 * The messages of {@code grpc.health.v1.Health/Check}, each in a frame of gRPC: an octet that says
 * whether it is compressed, its length in four octets, the message.
 *
 * <pre>
 * message HealthCheckRequest { string service = 1; }
 * message HealthCheckResponse { ServingStatus status = 1; }
 * </pre>
 */
final class GrpcHealth {
  static final int UNKNOWN = 0;
  static final int SERVING = 1;
  static final int NOT_SERVING = 2;
  static final int SERVICE_UNKNOWN = 3;

  /** Not a whole frame with such a message. */
  static final int INVALID = -1;

  private static final int PREFIX = 5;
  private static final int STATUS = 1;

  // Wire types of protocol buffers.
  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int DELIMITED = 2;
  private static final int FIXED32 = 5;

  private final byte[] octets;
  private final int end;
  private int at = PREFIX;

  private GrpcHealth(byte[] octets, int length) {
    this.octets = octets;
    end = length;
  }

  /**
   * The frame that asks.
   *
   * @param service at most 255 octets; empty for the server as a whole
   */
  static byte[] request(String service) {
    byte[] name = service.getBytes(StandardCharsets.UTF_8);
    int lengthOctets = name.length < 0x80 ? 1 : 2;
    int message = name.length == 0 ? 0 : 1 + lengthOctets + name.length;
    byte[] frame = new byte[PREFIX + message];
    frame[3] = (byte) (message >> 8);
    frame[4] = (byte) message;
    if (message > 0) {
      frame[PREFIX] = (1 << 3) | DELIMITED;
      frame[PREFIX + 1] = (byte) (lengthOctets == 1 ? name.length : (name.length & 0x7f) | 0x80);
      if (lengthOctets == 2) {
        frame[PREFIX + 2] = (byte) (name.length >> 7);
      }
      System.arraycopy(name, 0, frame, PREFIX + 1 + lengthOctets, name.length);
    }
    return frame;
  }

  /**
   * Reads the frame that answers.
   *
   * @return a serving status, perhaps one that is not known here, or {@link #INVALID}
   */
  static int status(byte[] octets, int length) {
    if (length < PREFIX || octets[0] != 0) {
      return INVALID;
    }
    long message = 0;
    for (int i = 1; i < PREFIX; i++) {
      message = (message << 8) | (octets[i] & 0xff);
    }
    return message == length - PREFIX ? new GrpcHealth(octets, length).status() : INVALID;
  }

  /** The last status counts; other fields are passed over. */
  private int status() {
    int status = UNKNOWN;
    while (at < end) {
      long tag = varint();
      long field = tag >>> 3;
      if (tag < 0 || field == 0) {
        return INVALID;
      }
      if (field == STATUS && (tag & 7) == VARINT) {
        long value = varint();
        if (value < 0 || value > Integer.MAX_VALUE) {
          return INVALID;
        }
        status = (int) value;
      } else if (!skip((int) (tag & 7))) {
        return INVALID;
      }
    }
    return status;
  }

  private boolean skip(int wireType) {
    long length =
        switch (wireType) {
          case VARINT -> varint() < 0 ? INVALID : 0;
          case FIXED64 -> 8;
          case DELIMITED -> varint();
          case FIXED32 -> 4;
          default -> INVALID;
        };
    if (length < 0 || length > end - at) {
      return false;
    }
    at += (int) length;
    return true;
  }

  /** Below 2^63; negative when there is none. */
  private long varint() {
    long value = 0;
    for (int shift = 0; shift < 63 && at < end; shift += 7) {
      byte octet = octets[at++];
      value |= (octet & 0x7fL) << shift;
      if (octet >= 0) {
        return value;
      }
    }
    return INVALID;
  }
}

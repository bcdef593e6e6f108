package dev.azimuth.balancer;

import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** What became of octets that the system took to send: Linux's {@code struct tcp_info}. */
final class Arrival {
  private static final int IPPROTO_TCP = 6;
  private static final int TCP_INFO = 11;

  // Where the members are that count; systems older than they are leave them 0.
  private static final int UNACKNOWLEDGED = 24;
  private static final int ACKNOWLEDGED = 120;
  private static final int UNSENT = 144;
  private static final int SIZE = 148;

  private final ByteBuffer info = ByteBuffer.allocateDirect(SIZE).order(ByteOrder.nativeOrder());

  /** Looks at a socket; false when nothing can be learned of it. */
  boolean look(Socket socket) {
    for (int i = 0; i < SIZE; i++) {
      info.put(i, (byte) 0);
    }
    try {
      socket.getRawOpt(IPPROTO_TCP, TCP_INFO, info.clear());
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Whether all of it is at the other end. */
  boolean complete() {
    return info.getInt(UNACKNOWLEDGED) == 0 && info.getInt(UNSENT) == 0;
  }

  /** How many octets are there by now. */
  long octets() {
    return info.getLong(ACKNOWLEDGED);
  }
}

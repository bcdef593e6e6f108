package dev.azimuth.balancer;

import io.netty.channel.unix.Socket;
import java.io.IOException;

/** How long a socket bears silence: Linux's options of TCP. */
final class Endurance {
  private static final int IPPROTO_TCP = 6;
  private static final int TCP_KEEPIDLE = 4;
  private static final int TCP_KEEPINTVL = 5;
  private static final int TCP_USER_TIMEOUT = 18;

  private Endurance() {}

  /** Sets what those that a socket accepts inherit, whatever was set before. */
  static void renew(Socket socket, Settings.Times times) throws IOException {
    socket.setKeepAlive(!times.keepAlive().isZero());
    socket.setIntOpt(IPPROTO_TCP, TCP_USER_TIMEOUT, 0);
    set(socket, times);
  }

  /** Sets what is configured of a new socket. */
  static void set(Socket socket, Settings.Times times) throws IOException {
    if (!times.keepAlive().isZero()) {
      int seconds = Math.toIntExact(Math.max(1, times.keepAlive().toSeconds()));
      socket.setKeepAlive(true);
      socket.setIntOpt(IPPROTO_TCP, TCP_KEEPIDLE, seconds);
      socket.setIntOpt(IPPROTO_TCP, TCP_KEEPINTVL, Math.max(1, seconds / 4));
    }
    if (!times.user().isZero()) {
      socket.setIntOpt(IPPROTO_TCP, TCP_USER_TIMEOUT, Math.toIntExact(times.user().toMillis()));
    }
  }
}

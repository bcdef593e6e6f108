package dev.azimuth.balancer;

import io.netty.channel.epoll.Epoll;
import java.io.IOException;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A TCP socket of this process, found by its ports: what the system does with it can be asked. */
final class OwnSocket {
  static final int TCP_KEEPIDLE = 4;
  static final int TCP_KEEPINTVL = 5;
  static final int TCP_USER_TIMEOUT = 18;

  private static final int IPPROTO_IP = 0;
  private static final int IPPROTO_TCP = 6;
  private static final int IP_BIND_ADDRESS_NO_PORT = 24;
  private static final Path TABLE = Path.of("/proc/self/net/tcp");
  private static final Path TABLE_V6 = Path.of("/proc/self/net/tcp6");
  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

  private final io.netty.channel.unix.Socket socket;

  private OwnSocket(int descriptor) {
    socket = new io.netty.channel.unix.Socket(descriptor);
  }

  /** Whether sockets can be found here. */
  static boolean shown() {
    return Epoll.isAvailable() && Files.isReadable(TABLE) && Files.isReadable(DESCRIPTORS);
  }

  /**
   * @param local port, 0 for any
   * @param remote port
   */
  static OwnSocket of(int local, int remote) throws IOException {
    List<String> lines = new ArrayList<>(Files.readAllLines(TABLE));
    if (Files.isReadable(TABLE_V6)) {
      lines.addAll(Files.readAllLines(TABLE_V6));
    }
    for (String line : lines) {
      List<String> fields = Stream.of(line.strip().split("\\s+")).toList();
      if (!fields.getFirst().equals("sl")
          && (local == 0 || port(fields.get(1)) == local)
          && port(fields.get(2)) == remote
          && !fields.get(9).equals("0")) {
        return new OwnSocket(descriptor("socket:[" + fields.get(9) + "]"));
      }
    }
    throw new SocketException("no socket from " + local + " to " + remote);
  }

  private static int port(String address) {
    return Integer.parseInt(address.substring(address.indexOf(':') + 1), 16);
  }

  private static int descriptor(String socket) throws IOException {
    try (Stream<Path> all = Files.list(DESCRIPTORS)) {
      for (Path each : all.toList()) {
        if (leadsTo(each, socket)) {
          return Integer.parseInt(each.getFileName().toString());
        }
      }
    }
    throw new SocketException(socket + " is of another process");
  }

  private static boolean leadsTo(Path descriptor, String socket) throws IOException {
    try {
      return Files.readSymbolicLink(descriptor).toString().equals(socket);
    } catch (NoSuchFileException e) {
      return false; // the one that the list was read with
    }
  }

  boolean keepsAlive() throws IOException {
    return socket.isKeepAlive();
  }

  /** Whether binding it chose no port. */
  boolean choosesPortLater() throws IOException {
    return socket.getIntOpt(IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT) != 0;
  }

  int option(int which) throws IOException {
    return socket.getIntOpt(IPPROTO_TCP, which);
  }
}

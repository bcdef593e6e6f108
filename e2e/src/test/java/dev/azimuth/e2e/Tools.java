package dev.azimuth.e2e;

import java.io.File;
import java.io.IOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** Programs that this machine may have. */
final class Tools {
  private Tools() {}

  /** The path of a program; skips the test where it is not installed. */
  static String find(String name) {
    String path =
        System.getenv("PATH") + File.pathSeparator + "/usr/sbin" + File.pathSeparator + "/sbin";
    return Stream.of(path.split(File.pathSeparator, -1))
        .map(place -> Path.of(place, name))
        .filter(Files::isExecutable)
        .map(Path::toString)
        .findFirst()
        .orElseGet(() -> Assumptions.abort(name + " is not installed here"));
  }

  /**
   * A port of these addresses that is free for UDP and TCP, for programs that need a number. It is
   * below those from which the system gives out, so that nobody is given it before it is used.
   */
  static int freePort(InetAddress... addresses) throws IOException {
    for (int attempt = 0; ; attempt++) {
      int port = ThreadLocalRandom.current().nextInt(15_000, 32_000);
      try {
        for (InetAddress address : addresses) {
          new ServerSocket(port, 1, address).close();
          new DatagramSocket(port, address).close();
        }
        return port;
      } catch (BindException e) {
        if (attempt == 20) {
          throw e;
        }
      }
    }
  }

  /** One of the loopback address. */
  static int freePort() throws IOException {
    return freePort(InetAddress.getLoopbackAddress());
  }
}

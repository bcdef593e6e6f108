package dev.azimuth.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** A server that others have written, as a process of its own. */
final class RealServer implements AutoCloseable {
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(20);

  private final Process process;
  private final Path log;

  private RealServer(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /** The first of these files that is there; without any the test is skipped, and says so. */
  static String program(String... paths) {
    for (String path : paths) {
      if (Files.isExecutable(Path.of(path))) {
        return path;
      }
    }
    assumeTrue(false, "not installed: " + paths[0]);
    throw new AssertionError();
  }

  /** Whether a command succeeds; without that the test is skipped. */
  static void needs(String what, String... command) throws Exception {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assumeTrue(
        process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0,
        "not installed: " + what);
  }

  /**
   * A port that is free, and below those from which the system gives out: nobody is given it before
   * it is used.
   */
  static int freePort() throws IOException {
    for (int attempt = 0; ; attempt++) {
      int port = ThreadLocalRandom.current().nextInt(15_000, 32_000);
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      } catch (BindException e) {
        if (attempt == 20) {
          throw e;
        }
      }
    }
  }

  /** Starts it and waits until it accepts connections at this port. */
  static RealServer start(Path folder, int port, String... command) throws Exception {
    Path log = folder.resolve("log");
    Process process =
        new ProcessBuilder(List.of(command))
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    RealServer server = new RealServer(process, log);
    long deadline = System.nanoTime() + PATIENCE;
    while (!server.accepts(port)) {
      assertThat(process.isAlive() && System.nanoTime() < deadline)
          .as(() -> "it starts: " + server.said())
          .isTrue();
      Thread.sleep(20);
    }
    return server;
  }

  private boolean accepts(int port) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  private String said() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      return e.toString();
    }
  }

  @Override
  public void close() {
    process.destroy();
    if (!process
        .onExit()
        .completeOnTimeout(null, 5, TimeUnit.SECONDS)
        .thenApply(Objects::nonNull)
        .join()) {
      process.destroyForcibly();
    }
  }
}

package dev.azimuth.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.e2e.AzimuthProcess.Options;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A balancer's listening socket outlives the process that opened it. */
class BalancerTakeOverTest {
  private static final Pattern LISTENER =
      Pattern.compile("\"address\"\\s*:\\s*\"tcp://127\\.0\\.0\\.1:(\\d+)\"");

  @TempDir Path folder;

  private static String yaml(int port) {
    return """
        pools:
          origin: { backends: { a: { address: 127.0.0.1, port: %d } } }
        balancers:
          web: { listen: "tcp://127.0.0.1:0", port: 9, to: origin, timeouts: { drain: 1h } }
        """
            .formatted(port)
        + Zones.EXAMPLE
        + "      www: { to: origin }\n";
  }

  /** One connection with one octet there and back. */
  private static void once(InetSocketAddress at) throws IOException {
    try (Socket socket = connected(at)) {
      echoed(socket, 7);
    }
  }

  private static Socket connected(InetSocketAddress at) throws IOException {
    Socket socket = new Socket();
    socket.setSoTimeout(20_000);
    socket.connect(at, 20_000);
    if (socket.getInputStream().read() != 0) {
      throw new IOException("it is not the server who speaks");
    }
    return socket;
  }

  private static void echoed(Socket socket, int octet) throws IOException {
    socket.getOutputStream().write(octet);
    if (socket.getInputStream().read() != octet) {
      throw new IOException("the connection ended");
    }
  }

  @Test
  void noConnectionIsRefusedAndThoseOfTheOldProcessGoOn() throws Exception {
    try (FlowServer server = new FlowServer(0);
        AzimuthProcess first =
            AzimuthProcess.start(folder, yaml(server.port()), Options.USUAL.manualReload())) {
      Matcher listener = LISTENER.matcher(first.get("/status").body());
      assertThat(listener.find()).isTrue();
      var at =
          new InetSocketAddress(
              InetAddress.ofLiteral("127.0.0.1"), Integer.parseInt(listener.group(1)));
      AtomicInteger done = new AtomicInteger();
      AtomicReference<IOException> failure = new AtomicReference<>();
      AtomicBoolean over = new AtomicBoolean();
      Thread clients =
          Thread.ofPlatform()
              .start(
                  () -> {
                    while (!over.get()) {
                      try {
                        once(at);
                        done.incrementAndGet();
                      } catch (IOException e) {
                        failure.compareAndSet(null, e);
                      }
                    }
                  });
      try (Socket old = connected(at);
          AzimuthProcess second = first.successor()) {
        int before = done.get();
        Patience.until(() -> done.get() > before + 200);
        echoed(old, 9);
        Patience.until(() -> second.get("/metrics").body().contains("azimuth_balancer_accepted"));
        assertThat(second.get("/metrics").body())
            .containsPattern("azimuth_balancer_accepted_total\\{[^}]*} [1-9]");
        over.set(true);
        clients.join();
        first.signal("TERM");
        first.awaitLog("another signal ends it at once");
        echoed(old, 10);
        first.signal("TERM");
        assertThat(first.exitCode(Duration.ofSeconds(10))).isEqualTo(143);
        assertThat(first.log()).contains("stopped");
      } finally {
        over.set(true); // also when something above fails
      }
      assertThat(failure.get()).isNull();
    }
  }
}

package dev.azimuth.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.azimuth.e2e.AzimuthProcess.Options;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.Message;
import org.xbill.DNS.Type;

/**
 * Floods of TCP connections that want nothing: what they hold is bounded, and everybody else is
 * answered meanwhile. The system property {@code azimuth.connections} says how many come; 10,000
 * are the whole proof.
 */
class FloodTest {
  private static final int CONNECTIONS = Integer.getInteger("azimuth.connections", 1_000);

  private static final Path PRLIMIT = Path.of("/usr/bin/prlimit");

  /** At most open at once. */
  private static final int MOST = 100;

  private static final String YAML =
      "defaults: { check: none }\n"
          + "pools: { here: { backends: { a: 192.0.2.1 } } }\n"
          + Zones.EXAMPLE
          + "      www: { to: here }\n";

  @TempDir Path folder;
  private final List<Socket> sockets = new ArrayList<>();

  private AzimuthProcess start(String tcp) throws IOException {
    return AzimuthProcess.start(
        folder, YAML, Options.USUAL.server("tcp: { connections: %d, %s }".formatted(MOST, tcp)));
  }

  @AfterEach
  void closeAll() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  private Socket connect(AzimuthProcess node) throws IOException {
    Socket socket = new Socket(node.dns().getAddress(), node.dns().getPort());
    socket.setSoTimeout(10_000);
    sockets.add(socket);
    return socket;
  }

  private static void answersEverybody(DnsClient client) throws IOException {
    assertThat(client.a("www.example.com")).containsExactly("192.0.2.1");
    Message query = DnsClient.query("www.example.com", Type.A);
    assertThat(DnsClient.addresses(client.tcp(query).getFirst())).containsExactly("192.0.2.1");
  }

  /** Says how many descriptors a node may have. */
  private static void limitDescriptors(AzimuthProcess node, long most) throws Exception {
    Process prlimit =
        new ProcessBuilder(
                PRLIMIT.toString(), "--pid", Long.toString(node.pid()), "--nofile=" + most + ":")
            .inheritIO()
            .start();
    assertThat(prlimit.waitFor()).isZero();
  }

  private static long descriptors(AzimuthProcess node) throws IOException {
    try (Stream<Path> open = Files.list(Path.of("/proc", Long.toString(node.pid()), "fd"))) {
      return open.count();
    }
  }

  @Test
  void connectionsThatSayNothingMakeRoomForTheNext() throws Exception {
    try (AzimuthProcess node = start("first_query: 5m");
        DnsClient client = node.client()) {
      answersEverybody(client);
      long descriptors = descriptors(node);
      long resident = node.residentKib();
      for (int i = 0; i < CONNECTIONS; i++) {
        connect(node).getOutputStream().write(new byte[] {0, 40, 1}); // and never the rest
        if (i % 100 == 99) {
          answersEverybody(client);
        }
      }
      answersEverybody(client);
      // One more than the limit may be there while the oldest is being closed.
      Patience.until(() -> descriptors(node) - descriptors <= MOST + 2);
      assertThat(node.residentKib() - resident).as("KiB more resident").isLessThan(40 << 10);
      Pattern evicted =
          Pattern.compile("limit=\"evicted\"} " + "\\d".repeat(digits(CONNECTIONS - MOST)));
      Patience.until(() -> evicted.matcher(node.get("/metrics").body()).find());
    }
  }

  private static int digits(int number) {
    return Integer.toString(number).length();
  }

  @Test
  void whoDripsOctetsIsClosedInTime() throws Exception {
    try (AzimuthProcess node = start("first_query: 1s");
        DnsClient client = node.client()) {
      byte[] query = DnsClient.query("www.example.com", Type.A).toWire();
      for (int i = 0; i < MOST - 5; i++) {
        connect(node).getOutputStream().write(new byte[] {0, (byte) query.length});
      }
      for (byte octet : query) {
        int closed = 0;
        for (Socket socket : sockets) {
          try {
            socket.getOutputStream().write(octet);
          } catch (SocketException e) {
            closed++;
          }
        }
        answersEverybody(client);
        if (closed == sockets.size()) {
          break;
        }
        Thread.sleep(100); // dripping takes its time
      }
      for (Socket socket : sockets) {
        assertThat(isClosed(socket)).isTrue();
      }
      assertThat(node.get("/metrics").body()).contains("limit=\"no_query\"} " + (MOST - 5));
      answersEverybody(client);
    }
  }

  @Test
  void whoNeverReadsHoldsLittleAndNotForLong() throws Exception {
    try (AzimuthProcess node = start("stall: 1s");
        DnsClient client = node.client()) {
      byte[] query = DnsClient.query("example.com", Type.MX).toWire();
      byte[] many = new byte[1_000 * (2 + query.length)];
      for (int i = 0; i < 1_000; i++) {
        many[i * (2 + query.length) + 1] = (byte) query.length;
        System.arraycopy(query, 0, many, i * (2 + query.length) + 2, query.length);
      }
      answersEverybody(client);
      long resident = node.residentKib();
      for (int i = 0; i < 20; i++) {
        Socket socket = connect(node);
        Thread.ofVirtual().start(() -> writeForEver(socket, many));
      }
      Patience.until(
          () -> {
            answersEverybody(client);
            return node.get("/metrics").body().contains("limit=\"slow\"} 20");
          });
      assertThat(node.residentKib() - resident).as("KiB more resident").isLessThan(40 << 10);
    }
  }

  @Test
  void withoutDescriptorsClientsWaitAndNothingSpins() throws Exception {
    assumeThat(PRLIMIT).exists();
    try (AzimuthProcess node = start("first_query: 5m");
        DnsClient client = node.client()) {
      answersEverybody(client);
      String listener = "{listener=\"127.0.0.1:" + node.dns().getPort() + "\"";
      String missed = "azimuth_tcp_limited_total" + listener + ",limit=\"not_accepted\"}";
      assertThat(node.metric(missed)).isZero(); // over a connection that stays
      long began = System.nanoTime();
      limitDescriptors(node, descriptors(node));
      for (int i = 0; i < 40; i++) {
        connect(node);
      }
      Patience.until(() -> node.metric(missed) >= 3);
      assertThat(client.a("www.example.com")).as("over UDP").containsExactly("192.0.2.1");
      long tenths = (System.nanoTime() - began) / 100_000_000;
      assertThat(node.metric(missed)).as("a look each tenth").isLessThan(10 + 2 * tenths);

      limitDescriptors(node, 1_000);
      answersEverybody(client);
      Patience.until(() -> node.metric("azimuth_tcp_connections" + listener + "}") == 40);
    }
  }

  /** Until the other side has had enough. */
  private static void writeForEver(Socket socket, byte[] octets) {
    try {
      while (true) {
        socket.getOutputStream().write(octets);
      }
    } catch (IOException e) {
      // closed
    }
  }

  private static boolean isClosed(Socket socket) throws IOException {
    try {
      return new DataInputStream(socket.getInputStream()).read() < 0;
    } catch (SocketException e) {
      return true; // a reset
    }
  }
}

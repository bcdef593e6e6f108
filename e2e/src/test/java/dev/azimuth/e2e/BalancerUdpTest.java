package dev.azimuth.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.Type;

/** UDP through a balancer of a node. */
class BalancerUdpTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Pattern LISTENER =
      Pattern.compile("azimuth_balancer_connections\\{balancer=\"udp\",listener=\"(.*):(\\d+)\"}");

  @TempDir Path folder;

  /**
   * @param settings of the balancer beside where it listens
   * @param ports of 127.0.0.1 that it forwards to
   */
  private static String yaml(String listen, String settings, int... ports) {
    StringBuilder yaml = new StringBuilder("defaults: { check: none }\npools:\n");
    StringBuilder to = new StringBuilder();
    for (int i = 0; i < ports.length; i++) {
      yaml.append(
          "  p%d: { backends: { b: { address: 127.0.0.1, port: %d } } }\n".formatted(i, ports[i]));
      to.append(i == 0 ? "p" : ", p").append(i);
    }
    return yaml
        + "balancers: { udp: { listen: \"udp://%s\", to: [ %s ]%s } }\n"
            .formatted(listen, to, settings)
        + Zones.EXAMPLE
        + "      www: { to: p0 }\n";
  }

  private static int port(AzimuthProcess node) throws Exception {
    Matcher found = LISTENER.matcher(node.get("/metrics").body());
    assertThat(found.find()).isTrue();
    return Integer.parseInt(found.group(2));
  }

  private static InetSocketAddress at(String address, int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(address), port);
  }

  private static long metric(AzimuthProcess node, String name, String label) throws Exception {
    Matcher found =
        Pattern.compile(
                Pattern.quote(name) + "\\{[^}]*" + Pattern.quote(label) + "[^}]*} ([0-9.eE+]+)")
            .matcher(node.get("/metrics").body());
    long sum = 0;
    while (found.find()) {
      sum += (long) Double.parseDouble(found.group(1));
    }
    return sum;
  }

  private static DatagramSocket socket() throws IOException {
    DatagramSocket socket = new DatagramSocket(0, InetAddress.ofLiteral("127.0.0.1"));
    socket.setSoTimeout(10_000);
    return socket;
  }

  private static DatagramSocket echo() throws IOException {
    DatagramSocket echo = socket();
    echo.setSoTimeout(0);
    Thread.ofVirtual()
        .start(
            () -> {
              DatagramPacket packet = new DatagramPacket(new byte[65_536], 65_536);
              try {
                while (true) {
                  packet.setLength(65_536);
                  echo.receive(packet);
                  echo.send(packet);
                }
              } catch (IOException e) {
                // It is closed.
              }
            });
    return echo;
  }

  private static DatagramPacket ask(DatagramSocket client, InetSocketAddress at, byte[] octets)
      throws IOException {
    client.send(new DatagramPacket(octets, octets.length, at));
    DatagramPacket answer = new DatagramPacket(new byte[65_536], 65_536);
    client.receive(answer);
    return answer;
  }

  @Test
  void aNameServerBehindItIsAskedAtEveryAddressOfTheMachine() throws Exception {
    try (TestNameServer server = new TestNameServer("192.0.2.7")) {
      int to = Integer.parseInt(server.address().substring("127.0.0.1:".length()));
      try (AzimuthProcess node = AzimuthProcess.start(folder, yaml("0.0.0.0:0", "", to))) {
        for (String asked : new String[] {"127.0.0.1", "127.0.0.2"}) {
          // The client's socket is connected: an answer from another address would not reach it.
          try (DnsClient client = new DnsClient(at(asked, port(node)))) {
            assertThat(DnsClient.addresses(client.udp("any.example", Type.A)))
                .containsExactly("192.0.2.7");
          }
        }
        // The last one may be heard before it is counted.
        for (String direction : new String[] {"from_client", "to_client"}) {
          String label = "direction=\"" + direction + "\"";
          Patience.until(
              PATIENCE, () -> metricOr0(node, "azimuth_balancer_datagrams_total", label) == 2);
        }
        assertThat(metric(node, "azimuth_balancer_connections", "balancer=\"udp\"")).isEqualTo(2);
        assertThat(metric(node, "azimuth_balancer_backend_connections", "")).isEqualTo(2);
      }
    }
  }

  @Test
  void withoutNativeAccessTheLongestDatagramPassesToo() throws Exception {
    try (DatagramSocket echo = echo();
        AzimuthProcess node =
            AzimuthProcess.start(
                folder,
                yaml("127.0.0.1:0", "", echo.getLocalPort()),
                AzimuthProcess.Options.USUAL.withoutNativeAccess());
        DatagramSocket client = socket()) {
      longest(client, at("127.0.0.1", port(node)));
    }
  }

  private static void longest(DatagramSocket client, InetSocketAddress at) throws IOException {
    byte[] sent = new byte[65_507];
    new Random(5).nextBytes(sent);
    DatagramPacket answer = ask(client, at, sent);
    assertThat(Arrays.copyOf(answer.getData(), answer.getLength())).isEqualTo(sent);
  }

  @Test
  void theNextProcessServesTheSameClientsOnWithSessionsOfItsOwn() throws Exception {
    try (DatagramSocket echo = echo();
        DatagramSocket client = socket();
        AzimuthProcess before =
            AzimuthProcess.start(folder, yaml("0.0.0.0:0", "", echo.getLocalPort()))) {
      InetSocketAddress at = at("127.0.0.1", port(before));
      longest(client, at);
      try (AzimuthProcess after = before.successor()) {
        for (int i = 0; i < 20; i++) {
          assertThat(ask(client, at, new byte[] {(byte) i}).getData()[0]).isEqualTo((byte) i);
        }
        assertThat(port(after)).isEqualTo(at.getPort());
        Patience.until(
            PATIENCE,
            () -> metricOr0(after, "azimuth_balancer_connections", "balancer=\"udp\"") == 1);
        assertThat(metric(after, "azimuth_balancer_accepted_total", "balancer=\"udp\""))
            .isEqualTo(1);
      }
    }
  }

  private static long metricOr0(AzimuthProcess node, String name, String label) {
    try {
      return metric(node, name, label);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aServerThatIsGoneIsHeardOfAndAnEditedFileLeadsToTheNext() throws Exception {
    int gone;
    try (DatagramSocket closed = socket()) {
      gone = closed.getLocalPort();
    }
    try (DatagramSocket echo = echo();
        DatagramSocket client = socket();
        AzimuthProcess node =
            AzimuthProcess.start(
                folder, yaml("127.0.0.1:0", ", limits: { connections: 1 }", gone))) {
      InetSocketAddress at = at("127.0.0.1", port(node));
      client.send(new DatagramPacket(new byte[1], 1, at));
      Patience.until(
          PATIENCE,
          () -> metricOr0(node, "azimuth_balancer_ended_total", "how=\"not_reached\"") == 1);
      assertThat(metric(node, "azimuth_balancer_backend_failures_total", "failure=\"refused\""))
          .isEqualTo(1);

      node.reload(yaml("127.0.0.1:0", ", limits: { connections: 1 }", echo.getLocalPort()));
      longest(client, at);
      try (DatagramSocket other = socket()) {
        longest(other, at);
      }
      assertThat(metric(node, "azimuth_balancer_ended_total", "how=\"evicted\"")).isEqualTo(1);
      assertThat(metric(node, "azimuth_balancer_connections", "balancer=\"udp\"")).isEqualTo(1);
    }
  }
}

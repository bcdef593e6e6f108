package dev.azimuth.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whoever asks often at once cannot tell whether the replies left together, but for the order. */
@Timeout(60)
class RepliesTest {
  private static final int SO_NO_CHECK = 11;
  private static final int BUFFER = 1 << 20;

  private final byte[] payload = new byte[DatagramPort.PAYLOAD];

  private static DatagramPort open(String address) throws IOException {
    var any = new InetSocketAddress(InetAddress.ofLiteral(address), 0);
    return DatagramPorts.open(any, false, BUFFER, Transport.NATIVE);
  }

  /** A socket of its own, which may ask several addresses of the server. */
  private static DatagramSocket client(String server) throws IOException {
    InetAddress own = InetAddress.ofLiteral(server.contains(":") ? "::1" : "127.0.0.1");
    var client = new DatagramSocket(new InetSocketAddress(own, 0));
    client.setSoTimeout(20_000);
    return client;
  }

  private static void ask(DatagramSocket client, String server, DatagramPort port, byte[] octets)
      throws IOException {
    InetAddress address = InetAddress.ofLiteral(server);
    int number = port.localAddress().getPort();
    client.send(new DatagramPacket(octets, octets.length, address, number));
  }

  private static DatagramPacket hear(DatagramSocket client) throws IOException {
    var packet = new DatagramPacket(new byte[65_535], 65_535);
    client.receive(packet);
    return packet;
  }

  private static byte[] octets(DatagramPacket packet) {
    return Arrays.copyOf(packet.getData(), packet.getLength());
  }

  /** Takes so many datagrams and sends back those that begin with an even octet. */
  private int echo(DatagramPort port, int many) throws IOException {
    int sent = 0;
    for (int taken = 0; taken < many; ) {
      int count = port.receive();
      for (int i = 0; i < count; i++) {
        int length = port.copy(i, payload);
        if ((payload[0] & 1) == 0) {
          port.reply(i, payload, length);
        }
      }
      sent += port.flush();
      taken += count;
    }
    return sent;
  }

  private static byte[] datagram(int length, int seed) {
    byte[] octets = new byte[length];
    new Random(seed).nextBytes(octets);
    octets[0] &= ~1;
    return octets;
  }

  /**
   * @param joined how many of them leave with others
   */
  private void everyLengthComesBack(String address, int[] lengths, int joined) throws IOException {
    String server = address.equals("::") ? "::1" : address.replace("0.0.0.0", "127.0.0.1");
    try (DatagramPort port = open(address);
        DatagramSocket client = client(server)) {
      for (int round = 1; round <= 3; round++) { // the headers are used again
        for (int i = 0; i < lengths.length; i++) {
          ask(client, server, port, datagram(lengths[i], i));
        }
        assertThat(echo(port, lengths.length)).isEqualTo(lengths.length);
        for (int i = 0; i < lengths.length; i++) {
          assertThat(octets(hear(client))).as("reply %d", i).isEqualTo(datagram(lengths[i], i));
        }
        assertThat(port.joined()).isEqualTo((long) joined * round);
      }
      assertThat(port.unsent()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "0.0.0.0", "::1", "::"})
  void aSocketThatAsksForAWholeBatchGetsEachReplyInOrder(String address) throws IOException {
    int[] alike = new int[DatagramPort.BATCH];
    Arrays.fill(alike, 60);
    everyLengthComesBack(address, alike, alike.length);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ':',
      value = {
        "60 60 60 20      : 4", // the last may be shorter
        "60 20 60 20      : 4", // and ends it
        "20 60            : 0", // a longer one begins anew
        "20 60 60 7       : 3",
        "1 1 1            : 3",
        "1232 1232 1232 1232 1232 : 5", // as many as have room in one payload: 3 and 2
        "4095 4095 1      : 2",
        "2048 2048 2048   : 2",
        "2049 2048        : 0", // an octet too much
      })
  void lengthsSayWhoLeavesTogether(String lengths, int joined) throws IOException {
    int[] each = Arrays.stream(lengths.trim().split(" ")).mapToInt(Integer::parseInt).toArray();
    everyLengthComesBack("127.0.0.1", each, joined);
    everyLengthComesBack("::", each, joined);
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "0.0.0.0", "::"})
  void socketsThatAskInTurnGetTheirOwnReplies(String address) throws IOException {
    String server = address.equals("::") ? "::1" : "127.0.0.1";
    int many = 4;
    var clients = new ArrayList<DatagramSocket>();
    try (DatagramPort port = open(address)) {
      for (int i = 0; i < many; i++) {
        clients.add(client(server));
      }
      for (int i = 0; i < DatagramPort.BATCH; i++) {
        ask(clients.get(i % many), server, port, datagram(50, i));
      }
      assertThat(echo(port, DatagramPort.BATCH)).isEqualTo(DatagramPort.BATCH);
      for (int i = 0; i < DatagramPort.BATCH; i++) {
        assertThat(octets(hear(clients.get(i % many)))).isEqualTo(datagram(50, i));
      }
      // Two whose ports look alike for the hint may not meet.
      assertThat(port.joined()).isGreaterThanOrEqualTo(DatagramPort.BATCH / 2);
    } finally {
      clients.forEach(DatagramSocket::close);
    }
  }

  @Test
  void repliesFromDifferentAddressesAreKeptApart() throws IOException {
    List<String> asked = List.of("127.0.0.1", "127.0.0.2", "127.0.0.2", "127.0.0.1", "127.0.0.1");
    try (DatagramPort port = open("0.0.0.0");
        DatagramSocket client = client("127.0.0.1")) {
      for (String server : asked) {
        ask(client, server, port, datagram(20, server.hashCode()));
      }
      assertThat(echo(port, asked.size())).isEqualTo(asked.size());
      for (String server : asked) {
        DatagramPacket reply = hear(client);
        assertThat(reply.getAddress()).isEqualTo(InetAddress.ofLiteral(server));
        assertThat(octets(reply)).isEqualTo(datagram(20, server.hashCode()));
      }
      assertThat(port.joined()).isEqualTo(4);
    }
  }

  /** Any clients, lengths and silences: each client gets its own replies, in order. */
  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "0.0.0.0", "::1", "::"})
  void nobodyCanTellWhatLeftTogether(String address) throws IOException {
    Random random = new Random(address.hashCode());
    boolean v6 = address.contains(":");
    List<String> servers =
        address.equals("0.0.0.0")
            ? List.of("127.0.0.1", "127.0.0.2", "127.9.9.9")
            : List.of(v6 ? "::1" : "127.0.0.1");
    List<DatagramSocket> clients = new ArrayList<>();
    try (DatagramPort port = open(address)) {
      for (int i = 0; i < 5; i++) {
        clients.add(client(servers.getFirst()));
      }
      for (int batch = 0; batch < 200; batch++) {
        int many = 1 + random.nextInt(DatagramPort.BATCH);
        int crowd = 1 + random.nextInt(clients.size());
        int common = 1 + random.nextInt(400);
        var wanted = new ArrayList<Wanted>();
        for (int i = 0; i < many; i++) {
          DatagramSocket client = clients.get(random.nextInt(crowd));
          String server = servers.get(random.nextInt(servers.size()));
          int length = random.nextInt(4) > 0 ? common : 1 + random.nextInt(DatagramPort.PAYLOAD);
          int seed = random.nextInt();
          byte[] octets = datagram(length, seed);
          if (random.nextInt(10) == 0) {
            octets[0] |= 1; // gets no reply
          } else {
            wanted.add(new Wanted(client, server, length, seed));
          }
          ask(client, server, port, octets);
        }
        assertThat(echo(port, many)).isEqualTo(wanted.size());
        for (Wanted each : wanted) {
          DatagramPacket reply = hear(each.client);
          assertThat(octets(reply)).isEqualTo(datagram(each.length, each.seed));
          assertThat(reply.getAddress()).isEqualTo(InetAddress.ofLiteral(each.server));
        }
      }
      assertThat(port.joined()).isGreaterThan(500);
      assertThat(port.unsent()).isZero();
    } finally {
      clients.forEach(DatagramSocket::close);
    }
  }

  private record Wanted(DatagramSocket client, String server, int length, int seed) {}

  /** A socket that leaves checksums out, which the kernel cannot do for segments (EINVAL). */
  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "0.0.0.0"})
  void whatTheKernelWillNotCutLeavesOneByOneAndIsNotTriedAgain(String address) throws IOException {
    int[] lengths = {60, 60, 60, 20, 70, 70};
    try (DatagramPort port = open(address);
        DatagramSocket client = client("127.0.0.1");
        NativeSocket same = NativeSocket.adopt(port.duplicate(), SocketDescriptor.SOCK_DGRAM)) {
      same.set(SocketDescriptor.SOL_SOCKET, SO_NO_CHECK, 1);
      for (int round = 0; round < 2; round++) {
        for (int i = 0; i < lengths.length; i++) {
          ask(client, "127.0.0.1", port, datagram(lengths[i], i));
        }
        assertThat(echo(port, lengths.length)).isEqualTo(lengths.length);
        for (int i = 0; i < lengths.length; i++) {
          assertThat(octets(hear(client))).isEqualTo(datagram(lengths[i], i));
        }
        assertThat(port.joined()).isZero();
        assertThat(port.unsent()).isZero();
        same.set(SocketDescriptor.SOL_SOCKET, SO_NO_CHECK, 0); // too late
      }
    }
  }

  /** In a network of its own, whose only device takes packets of 1,280 octets. */
  @Test
  void segmentsThatTheDeviceDoesNotTakeLeaveAsFragmentsOfTheirOwn() throws Exception {
    String java = ProcessHandle.current().info().command().orElseThrow();
    var command =
        new ProcessBuilder(
            "unshare",
            "--net",
            "sh",
            "-c",
            "ip link set lo mtu 1280 up && echo ready && exec \"$0\" \"$@\"",
            java,
            "--enable-native-access=ALL-UNNAMED",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            SmallDevice.class.getName());
    Process process;
    try {
      process = command.redirectErrorStream(true).start();
    } catch (IOException e) {
      assumeThat(e).as("there is no unshare").isNull();
      return;
    }
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assumeThat(said).as("network namespaces").startsWith("ready");
    assertThat(said).isEqualTo("ready\nall came, 0 unsent\n");
  }

  /** Runs in that network. */
  static final class SmallDevice {
    /** Two too long for the device, three that are not. */
    private static final int[] LENGTHS = {1900, 1900, 60, 50, 60};

    private SmallDevice() {}

    public static void main(String[] arguments) throws IOException {
      var test = new RepliesTest();
      try (DatagramPort port = open("::1");
          DatagramSocket client = client("::1")) {
        for (int round = 0; round < 2; round++) {
          for (int length : LENGTHS) {
            ask(client, "::1", port, datagram(length, length));
          }
          if (test.echo(port, LENGTHS.length) != LENGTHS.length) {
            throw new AssertionError("not all were sent");
          }
          for (int length : LENGTHS) {
            if (!Arrays.equals(octets(hear(client)), datagram(length, length))) {
              throw new AssertionError("another reply of " + length + " octets");
            }
          }
        }
        System.out.println("all came, " + port.unsent() + " unsent");
      }
    }
  }
}

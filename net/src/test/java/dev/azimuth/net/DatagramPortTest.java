package dev.azimuth.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What every transport must do, over the loopback interface. */
@Timeout(60)
class DatagramPortTest {

  private static final int BUFFER = 64 * 1024;

  private final byte[] payload = new byte[DatagramPort.PAYLOAD];

  private static DatagramPort open(String address, Transport transport) throws IOException {
    return DatagramPorts.open(at(address, 0), false, BUFFER, transport);
  }

  private static InetSocketAddress at(String address, int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(address), port);
  }

  private static DatagramSocket client(String server, DatagramPort port) throws IOException {
    DatagramSocket client = new DatagramSocket();
    client.setSoTimeout(20_000);
    client.connect(at(server, port.localAddress().getPort()));
    return client;
  }

  private static void send(DatagramSocket client, byte[] octets) throws IOException {
    client.send(new DatagramPacket(octets, octets.length));
  }

  private static byte[] receive(DatagramSocket client) throws IOException {
    DatagramPacket packet = new DatagramPacket(new byte[65535], 65535);
    client.receive(packet);
    return java.util.Arrays.copyOf(packet.getData(), packet.getLength());
  }

  /** Receives until datagrams are there, for ten seconds. */
  private static int await(DatagramPort port) throws IOException {
    for (int wait = 0; wait < 50; wait++) {
      int count = port.receive();
      if (count > 0) {
        return count;
      }
    }
    throw new AssertionError("no datagram came");
  }

  private int echo(DatagramPort port) throws IOException {
    int count = await(port);
    for (int i = 0; i < count; i++) {
      int length = port.copy(i, payload);
      if (length > 0) {
        port.reply(i, payload, length);
      }
    }
    int sent = port.flush();
    assertThat(port.flush()).as("a flush leaves nothing behind").isZero();
    return sent;
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @EnumSource(names = {"NATIVE", "NIO"})
  void aDatagramIsEchoedAndItsSourceTold(Transport transport) throws IOException {
    try (DatagramPort port = open("127.0.0.1", transport);
        DatagramSocket client = client("127.0.0.1", port)) {
      send(client, text("hello"));
      assertThat(await(port)).isEqualTo(1);
      assertThat(port.copy(0, payload)).isEqualTo(5);
      assertThat(port.sourceIsV4(0)).isTrue();
      assertThat(port.sourceHigh(0)).isZero();
      assertThat(port.sourceLow(0)).isEqualTo(0x7F000001L);
      assertThat(port.sourcePort(0)).isEqualTo(client.getLocalPort());
      port.reply(0, payload, 5);
      assertThat(port.flush()).isEqualTo(1);
      assertThat(receive(client)).isEqualTo(text("hello"));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"NATIVE", "NIO"})
  void ipv6SourcesAreTold(Transport transport) throws IOException {
    try (DatagramPort port = open("::1", transport);
        DatagramSocket client = client("::1", port)) {
      send(client, text("six"));
      assertThat(await(port)).isEqualTo(1);
      assertThat(port.sourceIsV4(0)).isFalse();
      assertThat(port.sourceHigh(0)).isZero();
      assertThat(port.sourceLow(0)).isEqualTo(1);
      assertThat(port.copy(0, payload)).isEqualTo(3);
      port.reply(0, payload, 3);
      assertThat(port.flush()).isEqualTo(1);
      assertThat(receive(client)).isEqualTo(text("six"));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"NATIVE", "NIO"})
  void bothHalvesOfAnIpv4AddressAboveTheSignBitAreTold(Transport transport) throws IOException {
    try (DatagramPort port = open("127.0.0.1", transport);
        DatagramSocket client = new DatagramSocket(at("127.200.255.254", 0))) {
      client.send(new DatagramPacket(text("x"), 1, port.localAddress()));
      await(port);
      assertThat(port.sourceLow(0)).isEqualTo(0x7FC8FFFEL);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"NATIVE", "NIO"})
  void queuedDatagramsComeInBatchesInOrder(Transport transport) throws IOException {
    try (DatagramPort port = open("127.0.0.1", transport);
        DatagramSocket client = client("127.0.0.1", port)) {
      int many = DatagramPort.BATCH + 10;
      for (int i = 0; i < many; i++) {
        send(client, text("datagram " + i));
      }
      assertThat(echo(port)).isEqualTo(DatagramPort.BATCH);
      assertThat(echo(port)).isEqualTo(10);
      for (int i = 0; i < many; i++) {
        assertThat(receive(client)).isEqualTo(text("datagram " + i));
      }
      assertThat(port.unsent()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"NATIVE", "NIO"})
  void everyLengthUpToTheLimitIsKeptWithoutATailOfTheDatagramBefore(Transport transport)
      throws IOException {
    Random random = new Random(48);
    try (DatagramPort port = open("127.0.0.1", transport);
        DatagramSocket client = client("127.0.0.1", port)) {
      // From each to each of the ways in which few, some and many octets are copied.
      int[] lengths =
          IntStream.concat(
                  IntStream.of(DatagramPort.PAYLOAD, 1, 512, 1232, 4095, 2, 17),
                  IntStream.rangeClosed(1, 140))
              .toArray();
      for (int length : lengths) {
        byte[] octets = new byte[length];
        random.nextBytes(octets);
        send(client, octets);
        assertThat(echo(port)).isEqualTo(1);
        assertThat(receive(client)).isEqualTo(octets);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"NATIVE", "NIO"})
  void anEmptyDatagramHasLengthZero(Transport transport) throws IOException {
    try (DatagramPort port = open("127.0.0.1", transport);
        DatagramSocket client = new DatagramSocket()) {
      client.send(new DatagramPacket(new byte[0], 0, port.localAddress()));
      assertThat(await(port)).isEqualTo(1);
      assertThat(port.copy(0, payload)).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"NATIVE", "NIO"})
  void anOversizedDatagramIsDroppedAndCountedOnce(Transport transport) throws IOException {
    try (DatagramPort port = open("127.0.0.1", transport);
        DatagramSocket client = client("127.0.0.1", port)) {
      send(client, new byte[DatagramPort.PAYLOAD + 1]);
      send(client, text("after"));
      assertThat(await(port)).isEqualTo(2);
      assertThat(port.copy(0, payload)).isEqualTo(-1);
      assertThat(port.copy(0, payload)).isEqualTo(-1);
      assertThat(port.copy(1, payload)).isEqualTo(5);
      assertThat(port.oversized()).isEqualTo(1);
      send(client, text("next"));
      await(port);
      assertThat(port.copy(0, payload)).as("the mark of the batch before is gone").isEqualTo(4);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"NATIVE", "NIO"})
  void repliesNeedNotBeForAllButAreInOrderAndAtMostOneEach(Transport transport) throws IOException {
    try (DatagramPort port = open("127.0.0.1", transport);
        DatagramSocket first = client("127.0.0.1", port);
        DatagramSocket second = client("127.0.0.1", port);
        DatagramSocket third = client("127.0.0.1", port)) {
      for (DatagramSocket client : List.of(first, second, third)) {
        send(client, text("q"));
      }
      int count = await(port);
      assertThat(count).isEqualTo(3);
      port.reply(0, text("to first"), 8);
      port.reply(2, text("to third"), 8);
      for (int index = 0; index <= 3; index++) {
        int late = index;
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
            .isThrownBy(() -> port.reply(late, text("late"), 4));
      }
      assertThat(port.flush()).isEqualTo(2);
      assertThat(receive(first)).isEqualTo(text("to first"));
      assertThat(receive(third)).isEqualTo(text("to third"));

      for (DatagramSocket client : List.of(third, second, first)) {
        send(client, text("again"));
      }
      assertThat(await(port)).isEqualTo(3);
      for (int index = 0; index < 3; index++) {
        assertThat(port.copy(index, payload)).isEqualTo(5);
        port.reply(index, text("reply " + index), 7);
      }
      assertThat(port.flush()).isEqualTo(3);
      assertThat(receive(third)).isEqualTo(text("reply 0"));
      assertThat(receive(second)).isEqualTo(text("reply 1"));
      assertThat(receive(first)).isEqualTo(text("reply 2"));
    }
  }

  /** The client is connected, so the kernel drops what comes from another address. */
  @ParameterizedTest
  @EnumSource(names = {"NATIVE", "NIO"})
  void onAWildcardAddressTheReplyComesFromTheAddressAsked(Transport transport) throws IOException {
    List<String> asked = new ArrayList<>(List.of("127.0.0.1"));
    if (transport == Transport.NATIVE) {
      asked.add("127.0.0.2"); // NIO serves the addresses that interfaces list
    }
    try (DatagramPort port = open("0.0.0.0", transport)) {
      assertThat(port.localAddress().getAddress().isAnyLocalAddress()).isTrue();
      for (String address : asked) {
        try (DatagramSocket client = client(address, port)) {
          send(client, text(address));
          assertThat(echo(port)).isEqualTo(1);
          assertThat(receive(client)).isEqualTo(text(address));
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"NATIVE", "NIO"})
  void theIpv6WildcardAnswersFromTheAddressAskedAndTakesNoIpv4(Transport transport)
      throws IOException {
    try (DatagramPort port = open("::", transport);
        DatagramSocket client = client("::1", port)) {
      send(client, text("any six"));
      assertThat(echo(port)).isEqualTo(1);
      assertThat(receive(client)).isEqualTo(text("any six"));
      InetSocketAddress same = at("0.0.0.0", port.localAddress().getPort());
      try (DatagramPort v4 = DatagramPorts.open(same, false, BUFFER, transport)) {
        assertThat(v4.localAddress().getPort()).isEqualTo(port.localAddress().getPort());
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"NATIVE", "NIO"})
  void aClientThatWentAwayDoesNotEndTheLoop(Transport transport) throws IOException {
    try (DatagramPort port = open("127.0.0.1", transport);
        DatagramSocket client = client("127.0.0.1", port)) {
      for (int i = 0; i < 20; i++) {
        try (DatagramSocket gone = client("127.0.0.1", port)) {
          send(gone, text("bye"));
        }
        echo(port);
      }
      send(client, text("still there"));
      assertThat(echo(port)).isEqualTo(1);
      assertThat(receive(client)).isEqualTo(text("still there"));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"NATIVE", "NIO"})
  void waitingEndsWithoutDatagrams(Transport transport) throws IOException {
    try (DatagramPort port = open("127.0.0.1", transport)) {
      long start = System.nanoTime();
      assertThat(port.receive()).isZero();
      Duration waited = Duration.ofNanos(System.nanoTime() - start);
      assertThat(waited).isGreaterThan(Duration.ofMillis(150));
      assertThatExceptionOfType(IndexOutOfBoundsException.class)
          .isThrownBy(() -> port.copy(0, payload));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"NATIVE", "NIO"})
  void severalPortsShareAnAddress(Transport transport) throws IOException {
    InetSocketAddress any = at("127.0.0.1", 0);
    try (DatagramPort one = DatagramPorts.open(any, true, BUFFER, transport);
        DatagramPort two = DatagramPorts.open(one.localAddress(), true, BUFFER, transport)) {
      assertThat(two.localAddress()).isEqualTo(one.localAddress());
      int clients = DatagramPort.BATCH; // what one port has comes in one batch
      List<DatagramSocket> all = new ArrayList<>();
      for (int i = 0; i < clients; i++) {
        all.add(client("127.0.0.1", one));
        send(all.getLast(), text("q"));
      }
      int first = await(one);
      int second = await(two);
      assertThat(first + second).as("between them they get every datagram").isEqualTo(clients);
      for (DatagramSocket client : all) {
        client.close();
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"NATIVE", "NIO"})
  void anAddressInUseIsNamed(Transport transport) throws IOException {
    try (DatagramPort port = open("127.0.0.1", transport)) {
      InetSocketAddress taken = port.localAddress();
      assertThatExceptionOfType(BindException.class)
          .isThrownBy(() -> DatagramPorts.open(taken, false, BUFFER, transport).close())
          .withMessageContaining(" 127.0.0.1:" + taken.getPort())
          .withMessageContaining("in use");
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"NATIVE", "NIO"})
  void aForeignAddressIsNamed(Transport transport) {
    InetSocketAddress foreign = at("203.0.113.77", 0);
    assertThatExceptionOfType(BindException.class)
        .isThrownBy(() -> DatagramPorts.open(foreign, false, BUFFER, transport).close())
        .withMessageContaining("203.0.113.77");
  }

  @ParameterizedTest
  @EnumSource(names = {"NATIVE", "NIO"})
  void theReceiveBufferInEffectIsTold(Transport transport) throws IOException {
    try (DatagramPort port = open("127.0.0.1", transport);
        DatagramPort greedy = DatagramPorts.open(at("127.0.0.1", 0), false, 1 << 30, transport)) {
      assertThat(port.receiveBuffer()).isEqualTo(BUFFER);
      assertThat(greedy.receiveBuffer()).as("clamped").isBetween(BUFFER, (1 << 30) - 1);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"NATIVE", "NIO"})
  void aClosedPortSaysSoAndFreesItsAddress(Transport transport) throws IOException {
    DatagramPort port = open("127.0.0.1", transport);
    InetSocketAddress address = port.localAddress();
    port.close();
    port.close();
    DatagramPorts.open(address, false, BUFFER, transport).close();
    assertThatExceptionOfType(Exception.class).isThrownBy(port::receive);
  }

  @ParameterizedTest
  @EnumSource(names = {"NATIVE", "NIO"})
  void aReplyHasALengthWithinThePayload(Transport transport) throws IOException {
    try (DatagramPort port = open("127.0.0.1", transport);
        DatagramSocket client = client("127.0.0.1", port)) {
      send(client, text("q"));
      await(port);
      for (int length : new int[] {0, -1, DatagramPort.PAYLOAD + 1}) {
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
            .isThrownBy(() -> port.reply(0, new byte[DatagramPort.PAYLOAD + 1], length));
      }
    }
  }

  @Test
  void nonsenseIsRefused() {
    InetSocketAddress unresolved = InetSocketAddress.createUnresolved("localhost", 0);
    InetSocketAddress local = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DatagramPorts.open(unresolved, false, BUFFER, Transport.AUTO));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DatagramPorts.open(local, false, 0, Transport.AUTO));
  }

  @Test
  void theNativeTransportIsThePreferredOne() throws IOException {
    assertThat(DatagramPorts.nativeAvailable()).isTrue();
    try (DatagramPort port = open("127.0.0.1", Transport.AUTO)) {
      assertThat(port.transport()).isEqualTo("recvmmsg");
    }
  }
}

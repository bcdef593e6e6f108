package dev.azimuth.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Datagrams that go from one socket of ours to another, over the loopback interface. */
@Timeout(60)
class UdpExchangeTest {
  private static final int BUFFER = 1 << 20;
  private static final int LONGEST = 65_507;

  private final UdpExchange exchange = new UdpExchange();
  private final Correspondent client = new Correspondent();

  private static InetSocketAddress at(String address, int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(address), port);
  }

  private static DatagramSocket peer(String address) throws IOException {
    DatagramSocket socket = new DatagramSocket(at(address, 0));
    socket.setSoTimeout(10_000);
    return socket;
  }

  private static void send(DatagramSocket from, byte[] octets, InetSocketAddress to)
      throws IOException {
    from.send(new DatagramPacket(octets, octets.length, to));
  }

  private static DatagramPacket receive(DatagramSocket at) throws IOException {
    DatagramPacket packet = new DatagramPacket(new byte[65_536], 65_536);
    at.receive(packet);
    return packet;
  }

  private static byte[] content(DatagramPacket packet) {
    return java.util.Arrays.copyOf(packet.getData(), packet.getLength());
  }

  /** What is there comes at once over loopback, but an ICMP error may take an instant. */
  private int receiveSome(UdpSocket from) throws IOException {
    long end = System.nanoTime() + 20_000_000_000L;
    int count = exchange.receive(from);
    while (count == 0 && System.nanoTime() < end) {
      Thread.onSpinWait();
      count = exchange.receive(from);
    }
    return count;
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "::1"})
  void datagramsOfEveryLengthGoOnAndComeBackUnaltered(String address) throws IOException {
    try (UdpSocket front = UdpSocket.bind(at(address, 0), BUFFER);
        DatagramSocket asking = peer(address);
        DatagramSocket answering = peer(address)) {
      InetSocketAddress server = at(address, answering.getLocalPort());
      try (UdpSocket back = exchange.connect(server, InetAddress.ofLiteral(address))) {
        Random random = new Random(3);
        for (int length : new int[] {0, 1, 512, 1472, 1473, 4097, 32_768, LONGEST}) {
          byte[] sent = new byte[length];
          random.nextBytes(sent);
          send(asking, sent, front.localAddress());
          assertThat(receiveSome(front)).isEqualTo(1);
          assertThat(exchange.length(0)).isEqualTo(length);
          exchange.sender(0, client);
          assertThat(client.port).isEqualTo(asking.getLocalPort());
          assertThat(client.askedKnown).isFalse();
          assertThat(exchange.pass(0, 1, back)).isEqualTo(1);
          DatagramPacket arrived = receive(answering);
          assertThat(content(arrived)).isEqualTo(sent);

          send(answering, content(arrived), (InetSocketAddress) arrived.getSocketAddress());
          assertThat(receiveSome(back)).isEqualTo(1);
          assertThat(exchange.pass(0, 1, front, client)).isEqualTo(1);
          DatagramPacket returned = receive(asking);
          assertThat(content(returned)).isEqualTo(sent);
          assertThat(returned.getSocketAddress()).isEqualTo(front.localAddress());
        }
      }
    }
  }

  @Test
  void theMiddleOfABatchGoesOnAlone() throws IOException {
    try (UdpSocket front = UdpSocket.bind(at("127.0.0.1", 0), BUFFER);
        DatagramSocket asking = peer("127.0.0.1");
        DatagramSocket answering = peer("127.0.0.1");
        UdpSocket back = exchange.connect(at("127.0.0.1", answering.getLocalPort()), null)) {
      for (int i = 0; i < 5; i++) {
        send(asking, new byte[] {(byte) i}, front.localAddress());
      }
      assertThat(receiveSome(front)).isEqualTo(5);
      assertThat(exchange.pass(1, 4, back)).isEqualTo(3);
      for (int i = 1; i < 4; i++) {
        assertThat(content(receive(answering))).containsExactly(i);
      }
      answering.setSoTimeout(50);
      assertThatThrownBy(() -> receive(answering))
          .isInstanceOf(java.net.SocketTimeoutException.class);
    }
  }

  @ParameterizedTest
  @CsvSource({"0.0.0.0,127.0.0.1", "0.0.0.0,127.0.0.2", "::,::1"})
  void aWildcardAnswersFromTheAddressThatWasAsked(String wildcard, String asked)
      throws IOException {
    try (UdpSocket front = UdpSocket.bind(at(wildcard, 0), BUFFER);
        DatagramSocket asking = peer(asked.contains(":") ? "::1" : "127.0.0.1")) {
      InetSocketAddress to = at(asked, front.localAddress().getPort());
      send(asking, new byte[] {7}, to);
      assertThat(receiveSome(front)).isEqualTo(1);
      exchange.sender(0, client);
      assertThat(client.askedKnown).isTrue();
      assertThat(exchange.pass(0, 1, front, client)).isEqualTo(1);
      assertThat(receive(asking).getSocketAddress()).isEqualTo(to);
    }
  }

  @Test
  void aServerThatIsGoneIsHeardOf() throws IOException {
    DatagramSocket gone = peer("127.0.0.1");
    InetSocketAddress server = at("127.0.0.1", gone.getLocalPort());
    gone.close();
    try (UdpSocket front = UdpSocket.bind(at("127.0.0.1", 0), BUFFER);
        DatagramSocket asking = peer("127.0.0.1");
        UdpSocket back = exchange.connect(server, null)) {
      send(asking, new byte[1], front.localAddress());
      assertThat(receiveSome(front)).isEqualTo(1);
      assertThat(exchange.pass(0, 1, back)).isEqualTo(1);
      assertThat(receiveSome(back)).isEqualTo(UdpExchange.UNREACHABLE);
      assertThat(exchange.receive(back)).isZero();
    }
  }

  @Test
  void anotherProcessGoesOnWithWhatWaits() throws IOException {
    try (DatagramSocket asking = peer("127.0.0.1")) {
      UdpSocket first = UdpSocket.bind(at("0.0.0.0", 0), BUFFER);
      InetSocketAddress to = at("127.0.0.1", first.localAddress().getPort());
      send(asking, new byte[] {9}, to);
      try (UdpSocket second = UdpSocket.adopt(first.duplicate())) {
        first.close();
        assertThat(receiveSome(second)).isEqualTo(1);
        exchange.sender(0, client);
        assertThat(exchange.pass(0, 1, second, client)).isEqualTo(1);
        assertThat(receive(asking).getSocketAddress()).isEqualTo(to);
      }
      assertThatThrownBy(first::duplicate).isInstanceOf(IOException.class);
    }
  }

  @Test
  void anAddressInUseIsNamed() throws IOException {
    try (UdpSocket first = UdpSocket.bind(at("127.0.0.1", 0), BUFFER)) {
      assertThatExceptionOfType(BindFailure.class)
          .isThrownBy(() -> UdpSocket.bind(first.localAddress(), BUFFER))
          .satisfies(failure -> assertThat(failure.protocol()).isEqualTo(Protocol.UDP));
    }
  }

  @Test
  void passingOnAllocatesNothing() throws IOException {
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (UdpSocket front = UdpSocket.bind(at("0.0.0.0", 0), BUFFER);
        UdpSocket sink = UdpSocket.bind(at("127.0.0.1", 0), BUFFER);
        UdpSocket source = exchange.connect(at("127.0.0.1", front.localAddress().getPort()), null);
        UdpSocket back = exchange.connect(sink.localAddress(), null);
        DatagramSocket first = peer("127.0.0.1")) {
      send(first, new byte[64], at("127.0.0.1", front.localAddress().getPort()));
      long allocated = Long.MAX_VALUE;
      assertThat(receiveSome(front)).isEqualTo(1);
      for (int round = 0; round < 20 && allocated > 0; round++) {
        long before = threads.getCurrentThreadAllocatedBytes();
        circle(source, front, back, sink, 2_000);
        allocated = threads.getCurrentThreadAllocatedBytes() - before;
      }
      assertThat(allocated).as("octets in 2,000 rounds").isZero();
    }
  }

  /** To the front, on to a backend, from there back to the front's client, which never reads. */
  private void circle(UdpSocket source, UdpSocket front, UdpSocket back, UdpSocket sink, int rounds)
      throws IOException {
    for (int i = 0; i < rounds; i++) {
      exchange.pass(0, 1, source);
      while (exchange.receive(front) == 0) {
        Thread.onSpinWait();
      }
      exchange.sender(0, client);
      exchange.pass(0, 1, back);
      while (exchange.receive(sink) == 0) {
        Thread.onSpinWait();
      }
      exchange.pass(0, 1, front, client);
      while (exchange.receive(source) == 0) {
        Thread.onSpinWait();
      }
    }
  }
}

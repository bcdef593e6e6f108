package dev.azimuth.resolver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.azimuth.net.Transport;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One server going on with the sockets of another. */
class HandOverTest {
  private static final byte[] WWW = Packets.query("www.example.com", "A");
  private static final InetSocketAddress ANY = Sockets.loopback(0);
  private static final Duration LONG = Duration.ofMinutes(1);

  private final List<Throwable> faults = new CopyOnWriteArrayList<>();
  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void nothingWentWrong() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
    assertThat(faults).isEmpty();
  }

  private DnsServer server(
      int workers, Transport transport, List<InetSocketAddress> listen, List<HandedListener> handed)
      throws IOException {
    var options =
        new ServerOptions(
            workers, 1 << 18, transport, TcpLimits.DEFAULT, () -> Sample.NOW, faults::add);
    DnsServer server = DnsServer.open(listen, options, new Gallery(Sample.picture()), handed);
    open.add(server);
    return server;
  }

  private DnsServer started(int workers) throws IOException {
    DnsServer server = server(workers, Transport.NATIVE, List.of(ANY), List.of());
    server.start();
    return server;
  }

  private DnsServer successor(int workers, DnsServer of) throws IOException {
    return server(workers, Transport.NATIVE, List.of(ANY), of.handOver());
  }

  private static InetSocketAddress address(DnsServer server) {
    return server.listeners().getFirst().effective();
  }

  /** Sends queries from many ports, so that every socket that shares the address gets some. */
  private static List<DatagramSocket> send(InetSocketAddress to, int count) throws IOException {
    var clients = new ArrayList<DatagramSocket>();
    for (int i = 0; i < count; i++) {
      var client = new DatagramSocket();
      client.setSoTimeout(20_000);
      client.connect(to);
      client.send(new DatagramPacket(WWW, WWW.length));
      clients.add(client);
    }
    return clients;
  }

  private static void receive(List<DatagramSocket> clients) throws IOException {
    for (DatagramSocket client : clients) {
      client.receive(new DatagramPacket(new byte[512], 512));
      client.close();
    }
  }

  private static long answered(DnsServer server) {
    return server.turns().stream().mapToLong(turns -> turns.given(0)).sum();
  }

  @Test
  void whatWaitsInTheKernelIsAnsweredByTheSuccessor() throws IOException {
    DnsServer old = server(3, Transport.NATIVE, List.of(ANY), List.of());
    InetSocketAddress at = address(old);
    List<DatagramSocket> clients = send(at, 60);
    Socket early = Sockets.connect(at);
    open.addFirst(early);
    Sockets.send(early, WWW);

    DnsServer next = successor(3, old);
    old.retire(Duration.ZERO);
    next.start();

    receive(clients);
    assertThat(Asking.answers(Sockets.receive(early))).hasSize(1);
    assertThat(answered(old)).isZero();
    assertThat(answered(next)).isEqualTo(61);
  }

  @Test
  void fewerWorkersReadEverySocketAllTheSame() throws IOException {
    DnsServer old = started(4);
    DnsServer next = successor(1, old);
    next.start();
    old.retire(Duration.ZERO);
    receive(send(address(next), 100));
    assertThat(answered(next)).isEqualTo(100);
    assertThat(next.healthy()).isTrue();
  }

  @Test
  void moreWorkersShareTheAddress() throws IOException {
    DnsServer old = started(1);
    DnsServer next = successor(4, old);
    next.start();
    old.retire(Duration.ZERO);
    receive(send(address(next), 100));
    assertThat(next.turns().stream().filter(turns -> turns.given(0) > 0).count()).isGreaterThan(2);
  }

  @Test
  void tcpClientsAreServedToTheirEnd() throws Exception {
    DnsServer old = started(2);
    InetSocketAddress at = address(old);
    Socket client = Sockets.connect(at);
    open.addFirst(client);
    Sockets.send(client, WWW);
    Sockets.receive(client);

    DnsServer next = successor(2, old);
    next.start();
    Thread retiring = Thread.ofPlatform().start(() -> old.retire(LONG));
    for (int i = 0; i < 20; i++) {
      Sockets.send(client, WWW);
      assertThat(Asking.answers(Sockets.receive(client))).hasSize(1);
      assertThat(Asking.answers(Sockets.tcp(at, WWW))).hasSize(1);
    }
    assertThat(retiring.isAlive()).isTrue();
    client.close();
    assertThat(retiring.join(Duration.ofSeconds(20))).isTrue();
    assertThat(old.listeners()).isNotEmpty();
    assertThat(Asking.answers(Sockets.tcp(at, WWW))).hasSize(1);
  }

  @Test
  void whoAsksForEverIsEndedAfterAnAnswer() throws IOException {
    DnsServer old = started(1);
    Socket client = Sockets.connect(address(old));
    open.addFirst(client);
    Sockets.send(client, WWW);
    Sockets.receive(client);
    DnsServer next = successor(1, old);
    next.start();
    old.retire(Duration.ofMillis(100));
    assertThat(Sockets.closed(client)).isTrue();
  }

  @Test
  void addressesThatTheSuccessorDoesNotWantAreClosed() throws IOException {
    InetSocketAddress second = Sockets.at("127.0.0.2", 0);
    DnsServer old = server(2, Transport.NATIVE, List.of(ANY, second), List.of());
    old.start();
    InetSocketAddress gone = old.listeners().getLast().effective();
    InetSocketAddress third = Sockets.at("127.0.0.3", 0);
    DnsServer next = server(2, Transport.NATIVE, List.of(third, ANY), old.handOver());
    next.start();
    old.retire(Duration.ZERO);
    assertThat(next.listeners()).extracting(Listener::configured).containsExactly(third, ANY);
    assertThat(Asking.answers(Sockets.udp(next.listeners().getFirst().effective(), WWW)))
        .hasSize(1);
    assertThat(Asking.answers(Sockets.udp(next.listeners().getLast().effective(), WWW))).hasSize(1);
    assertThatThrownBy(() -> Sockets.connect(gone)).isInstanceOf(IOException.class);
  }

  @Test
  void aSuccessorThatGoesAwayChangesNothing() throws IOException {
    DnsServer old = started(2);
    successor(2, old).close();
    receive(send(address(old), 20));
    assertThat(Asking.answers(Sockets.tcp(address(old), WWW))).hasSize(1);
    old.handOver().forEach(HandedListener::close);
    receive(send(address(old), 20));
    assertThat(answered(old)).isEqualTo(41);
    assertThat(old.healthy()).isTrue();
  }

  @Test
  void socketsOfTheJdkAreNotHandedOver() throws IOException {
    DnsServer old = server(1, Transport.NIO, List.of(ANY), List.of());
    assertThatThrownBy(old::handOver).isInstanceOf(IOException.class).hasMessageContaining("JDK");
    old.close();
    assertThatThrownBy(old::handOver).hasMessageContaining("closed");
  }
}

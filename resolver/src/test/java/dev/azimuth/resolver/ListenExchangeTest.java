package dev.azimuth.resolver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.azimuth.net.BindFailure;
import dev.azimuth.net.DatagramPorts;
import dev.azimuth.net.Transport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One address and all addresses take each other's place on one port. */
class ListenExchangeTest {
  private static final byte[] WWW = Packets.query("www.example.com", "A");

  private final List<Throwable> faults = new CopyOnWriteArrayList<>();
  private final Gallery gallery = new Gallery(Sample.picture());
  private final List<DnsServer> servers = new ArrayList<>();
  private volatile boolean over;

  @BeforeEach
  void onlyWithSocketsOfOurOwn() {
    assumeThat(DatagramPorts.nativeAvailable()).isTrue();
  }

  @AfterEach
  void closeAll() {
    servers.forEach(DnsServer::close);
    assertThat(faults).isEmpty();
  }

  private DnsServer open(int workers, InetSocketAddress listen, List<HandedListener> handed)
      throws IOException {
    var options =
        new ServerOptions(
            workers, 1 << 20, Transport.NATIVE, TcpLimits.DEFAULT, () -> Sample.NOW, faults::add);
    DnsServer server = DnsServer.open(List.of(listen), options, gallery, handed);
    servers.add(server);
    return server;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void noQueryIsLostWhileTheyChange(int workers) throws Exception {
    DnsServer server = open(workers, Sockets.at("0.0.0.0", 0), List.of());
    server.start();
    int port = server.listeners().getFirst().effective().getPort();
    InetSocketAddress at = Sockets.at("127.0.0.1", port);
    server.reconfigure(List.of(at));
    try (ExecutorService clients = Executors.newFixedThreadPool(2)) {
      Future<Integer> one = clients.submit(() -> ask(at));
      Future<Integer> other = clients.submit(() -> ask(at));
      try {
        for (int change = 0; change < 10; change++) {
          InetSocketAddress next = change % 2 == 0 ? Sockets.at("0.0.0.0", port) : at;
          server.reconfigure(List.of(next));
          assertThat(server.listeners()).extracting(Listener::configured).containsExactly(next);
          assertThat(Asking.answers(Sockets.tcp(at, WWW))).hasSize(1);
        }
      } finally {
        over = true;
      }
      assertThat(one.get()).isPositive();
      assertThat(other.get()).isPositive();
    }
  }

  /** Asks one query after the other until the end; each has to be answered. */
  private int ask(InetSocketAddress at) throws IOException {
    int answered = 0;
    while (!over) {
      assertThat(Asking.answers(Sockets.udp(at, WWW))).hasSize(1);
      answered++;
    }
    return answered;
  }

  @Test
  void theSameHoldsForIpv6() throws IOException {
    DnsServer server = open(2, Sockets.at("::", 0), List.of());
    server.start();
    int port = server.listeners().getFirst().effective().getPort();
    InetSocketAddress at = Sockets.at("::1", port);
    server.reconfigure(List.of(at));
    assertThat(Asking.answers(Sockets.udp(at, WWW))).hasSize(1);
    assertThat(Asking.answers(Sockets.tcp(at, WWW))).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "0.0.0.0"})
  void aSuccessorMayListenOnTheOther(String wanted) throws IOException {
    String before = wanted.equals("0.0.0.0") ? "127.0.0.1" : "0.0.0.0";
    DnsServer old = open(2, Sockets.at(before, 0), List.of());
    old.start();
    int port = old.listeners().getFirst().effective().getPort();
    old.reconfigure(List.of(Sockets.at("0.0.0.0", port)));
    old.reconfigure(List.of(Sockets.at(before, port)));
    DnsServer next = open(2, Sockets.at(wanted, port), old.handOver());
    next.start();
    old.retire(Duration.ZERO);
    InetSocketAddress at = Sockets.at("127.0.0.1", port);
    assertThat(Asking.answers(Sockets.udp(at, WWW))).hasSize(1);
    assertThat(Asking.answers(Sockets.tcp(at, WWW))).hasSize(1);
    assertThat(next.listeners())
        .extracting(Listener::effective)
        .containsExactly(Sockets.at(wanted, port));
  }

  @Test
  void bothAtOnceAreStillRefused() throws IOException {
    DnsServer server = open(1, Sockets.at("0.0.0.0", 0), List.of());
    server.start();
    int port = server.listeners().getFirst().effective().getPort();
    List<InetSocketAddress> both = List.of(Sockets.at("0.0.0.0", 0), Sockets.at("127.0.0.1", port));
    assertThatThrownBy(() -> server.reconfigure(both)).isInstanceOf(BindFailure.class);
    assertThat(Asking.answers(Sockets.udp(Sockets.at("127.0.0.1", port), WWW))).hasSize(1);
  }
}

package dev.azimuth.resolver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.azimuth.net.Transport;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;

/** A whole server over real sockets, once for each transport. */
@ParameterizedClass
@EnumSource(names = {"NATIVE", "NIO"})
class DnsServerTest {
  private static final byte[] WWW = Packets.query("www.example.com", "A");

  private final List<Throwable> faults = new CopyOnWriteArrayList<>();
  private final Gallery gallery = new Gallery(Sample.picture());
  private final ServerOptions options;
  private final List<DnsServer> servers = new ArrayList<>();

  DnsServerTest(Transport transport) {
    options =
        new ServerOptions(2, 1 << 20, transport, TcpLimits.DEFAULT, () -> Sample.NOW, faults::add);
  }

  private DnsServer open(InetSocketAddress... listen) throws IOException {
    DnsServer server = DnsServer.open(List.of(listen), options, gallery);
    servers.add(server);
    return server;
  }

  @AfterEach
  void closeAll() {
    servers.forEach(DnsServer::close);
    assertThat(faults).isEmpty();
  }

  private static InetSocketAddress address(DnsServer server, int index) {
    return server.listeners().get(index).effective();
  }

  @Test
  void answersOverUdpAndTcpOnTheSameFreePort() throws IOException {
    DnsServer server = open(Sockets.loopback(0));
    server.start();
    InetSocketAddress at = address(server, 0);
    assertThat(at.getPort()).isPositive();
    for (int i = 0; i < 50; i++) {
      assertThat(Asking.answers(Sockets.udp(at, WWW))).hasSize(1);
    }
    assertThat(Asking.answers(Sockets.tcp(at, WWW))).hasSize(1);
    assertThat(server.listeners().getFirst().configured().getPort()).isZero();
    assertThat(server.listeners().getFirst().receiveBuffer()).isPositive();
    assertThat(server.healthy()).isTrue();
  }

  @Test
  void answersOverIpv6() throws IOException {
    DnsServer server = open(Sockets.at("::1", 0));
    server.start();
    assertThat(Asking.answers(Sockets.udp(address(server, 0), WWW))).hasSize(1);
    assertThat(Asking.answers(Sockets.tcp(address(server, 0), WWW))).hasSize(1);
  }

  @Test
  void bothWildcardsShareAPort() throws IOException {
    DnsServer server = open(Sockets.at("0.0.0.0", 0));
    int port = address(server, 0).getPort();
    server.reconfigure(List.of(Sockets.at("0.0.0.0", 0), Sockets.at("::", port)));
    server.start();
    for (String host : new String[] {"127.0.0.1", "::1"}) {
      var at = Sockets.at(host, port);
      assertThat(Asking.answers(Sockets.udp(at, WWW))).hasSize(1);
      assertThat(Asking.answers(Sockets.tcp(at, WWW))).hasSize(1);
    }
  }

  @Test
  void whatCannotBeADatagramComesOverTcp() throws IOException {
    DnsServer server = open(Sockets.loopback(0));
    server.start();
    byte[] query = Packets.query("huge.example.com", "A");
    Message datagram = Sockets.udp(address(server, 0), query);
    assertThat(datagram.getHeader().getFlag(Flags.TC)).isTrue();
    assertThat(Asking.answers(Sockets.tcp(address(server, 0), query))).hasSize(200);
  }

  @Test
  void answersNobodyBeforeItIsStarted() throws IOException {
    DnsServer server = open(Sockets.loopback(0));
    assertThat(server.healthy()).isFalse();
    var counter = new Counter();
    try (var early = Sockets.connect(address(server, 0))) {
      Sockets.send(early, WWW);
      server.traffic(counter);
      assertThat(counter.lines).isEmpty();
      server.start();
      assertThat(Asking.answers(Sockets.receive(early))).hasSize(1);
    }
  }

  @Test
  void countsWhatItAnswers() throws IOException {
    DnsServer server = open(Sockets.loopback(0));
    server.start();
    for (int i = 0; i < 10; i++) {
      Sockets.udp(address(server, 0), WWW);
    }
    var counter = new Counter();
    try (var client = Sockets.connect(address(server, 0))) {
      Sockets.send(client, Packets.query("none.example.com", "TXT"));
      Sockets.receive(client);
      server.traffic(counter);
    }
    assertThat(counter.lines).containsExactlyInAnyOrder("UDP A NOERROR 10", "TCP TXT NXDOMAIN 1");
    assertThat(counter.connections).containsExactly("ACCEPTED 1");
    assertThat(counter.open).isEqualTo(1);
    // Each of the ten was counted for the backend as well.
    assertThat(server.turns().stream().mapToLong(turns -> turns.given(0)).sum()).isEqualTo(10);
    assertThat(server.allocatedBytes()).isPositive();
  }

  @Test
  void aNewPictureIsAnsweredFromAtOnce() throws IOException {
    DnsServer server = open(Sockets.loopback(0));
    server.start();
    assertThat(Sockets.udp(address(server, 0), WWW).getRcode()).isZero();
    gallery.publish(Sample.picture(2, new dev.azimuth.zones.Zones(List.of()), Sample.steering()));
    assertThat(Sockets.udp(address(server, 0), WWW).getRcode()).isEqualTo(Wire.REFUSED);
    assertThat(Sockets.tcp(address(server, 0), WWW).getRcode()).isEqualTo(Wire.REFUSED);
  }

  @Test
  void reconfiguringKeepsWhatStaysAndClosesWhatGoes() throws IOException {
    InetSocketAddress first = Sockets.loopback(0);
    var second = Sockets.at("127.0.0.2", 0);
    DnsServer server = open(first);
    server.start();
    InetSocketAddress before = address(server, 0);
    server.reconfigure(List.of(second, first));
    assertThat(server.listeners()).extracting(Listener::configured).containsExactly(second, first);
    assertThat(address(server, 1)).isEqualTo(before);
    InetSocketAddress other = address(server, 0);
    assertThat(Asking.answers(Sockets.udp(other, WWW))).hasSize(1);
    assertThat(Asking.answers(Sockets.udp(before, WWW))).hasSize(1);

    try (var client = Sockets.connect(before)) {
      Sockets.send(client, WWW);
      Sockets.receive(client);
      server.reconfigure(List.of(second));
      assertThat(Sockets.closed(client)).isTrue();
    }
    assertThat(Asking.answers(Sockets.tcp(other, WWW))).hasSize(1);
    assertThatThrownBy(() -> Sockets.connect(before)).isInstanceOf(IOException.class);
    assertThat(server.healthy()).isTrue();
  }

  @Test
  void aListenerThatCannotBeHadChangesNothing() throws IOException {
    try (var taken = new ServerSocket(0, 1, Sockets.loopback(0).getAddress())) {
      DnsServer server = open(Sockets.loopback(0));
      server.start();
      var wanted = List.of(Sockets.loopback(0), Sockets.loopback(taken.getLocalPort()));
      assertThatThrownBy(() -> server.reconfigure(wanted)).isInstanceOf(BindException.class);
      assertThat(server.listeners()).hasSize(1);
      assertThat(Asking.answers(Sockets.udp(address(server, 0), WWW))).hasSize(1);
      assertThatThrownBy(() -> open(Sockets.loopback(taken.getLocalPort())))
          .isInstanceOf(BindException.class)
          .hasMessageContaining(String.valueOf(taken.getLocalPort()));
    }
  }

  @Test
  void anAddressCannotBeGivenTwice() throws IOException {
    DnsServer server = open();
    assertThatThrownBy(() -> server.reconfigure(List.of(Sockets.loopback(0), Sockets.loopback(0))))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void closesInTimeThoughAClientHangsOn() throws IOException {
    DnsServer server = open(Sockets.loopback(0));
    server.start();
    try (var client = Sockets.connect(address(server, 0))) {
      Sockets.send(client, WWW);
      Sockets.receive(client);
      long start = System.nanoTime();
      server.close(Duration.ofHours(1));
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMinutes(1));
      assertThat(Sockets.closed(client)).isTrue();
    }
    assertThat(server.listeners()).isEmpty();
    assertThat(server.healthy()).isFalse();
    assertThatThrownBy(() -> server.reconfigure(List.of())).isInstanceOf(IOException.class);
  }

  @Test
  void closesThoughItWasNeverStarted() throws IOException {
    DnsServer server = open(Sockets.loopback(0));
    InetSocketAddress at = address(server, 0);
    server.close();
    open(at).start();
    assertThat(Asking.answers(Sockets.udp(at, WWW))).hasSize(1);
  }

  static final class Counter implements TrafficVisitor {
    final List<String> lines = new ArrayList<>();
    final List<String> connections = new ArrayList<>();
    long open;

    @Override
    public void answered(Listener of, Channel channel, String type, String rcode, long count) {
      lines.add(channel + " " + type + " " + rcode + " " + count);
    }

    @Override
    public void truncated(Listener of, Channel channel, long count) {
      lines.add(channel + " truncated " + count);
    }

    @Override
    public void cookies(Listener of, Channel channel, Cookie cookie, long count) {
      // not asked for
    }

    @Override
    public void prohibited(Listener of, Channel channel, long count) {
      lines.add(channel + " prohibited " + count);
    }

    @Override
    public void limited(Listener listener, AnswerClass of, Limited how, long count) {
      lines.add(of + " " + how + " " + count);
    }

    @Override
    public void dropped(Listener of, Channel channel, Drop why, long count) {
      lines.add(channel + " " + why + " " + count);
    }

    @Override
    public void connections(Listener of, Connection what, long count) {
      if (count > 0) {
        connections.add(what + " " + count);
      }
    }

    @Override
    public void open(Listener of, long count) {
      open += count;
    }
  }
}

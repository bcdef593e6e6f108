package dev.azimuth.resolver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.net.Transport;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;

/** Clients behind a front end that speaks the PROXY protocol, over real sockets. */
@ParameterizedClass
@EnumSource(names = {"NATIVE", "NIO"})
class FrontEndTest {
  private static final byte[] WWW = Packets.query("www.example.com", "A");
  private static final Duration LONG = Duration.ofSeconds(30);

  /**
   * Only 198.51.100.0/24 and 2001:db8::/32 may ask, and whoever is on loopback speaks for others.
   */
  private static final Admission BEHIND =
      new Admission(
          List.of(Sample.cidr("198.51.100.0/24"), Sample.cidr("2001:db8::/32")),
          List.of(),
          List.of(Sample.cidr("127.0.0.0/8")),
          null);

  private final Transport transport;
  private final List<Throwable> faults = new CopyOnWriteArrayList<>();
  private final List<AutoCloseable> open = new ArrayList<>();

  private QueryLog log;

  FrontEndTest(Transport transport) {
    this.transport = transport;
  }

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable each : open.reversed()) {
      each.close();
    }
    assertThat(faults).isEmpty();
  }

  private DnsServer serve(Admission admission, TcpLimits limits) throws IOException {
    var options = new ServerOptions(1, 1 << 16, transport, limits, () -> Sample.NOW, faults::add);
    var gallery = new Gallery(Sample.picture(admission));
    log = gallery.queryLog();
    DnsServer server = DnsServer.open(List.of(Sockets.loopback(0)), options, gallery);
    open.add(server);
    server.start();
    return server;
  }

  private static InetSocketAddress at(DnsServer server) {
    return server.listeners().getFirst().effective();
  }

  private Socket connect(DnsServer server) throws IOException {
    Socket socket = Sockets.connect(at(server));
    open.add(socket);
    return socket;
  }

  private static byte[] first(String rest) {
    return ("PROXY " + rest + "\r\n").getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] joined(byte[]... parts) {
    var all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  private static List<byte[]> headers(String client) {
    String family = client.contains(":") ? "TCP6 " : "TCP4 ";
    return List.of(ProxyHeaderTest.of(client), first(family + client + " " + client + " 1 53"));
  }

  private static int rcode(Socket client) throws IOException {
    return Sockets.receive(client).getRcode();
  }

  @Test
  void theNamedClientIsWhoAsks() throws IOException {
    DnsServer server = serve(BEHIND, TcpLimits.DEFAULT);
    for (String client : List.of("198.51.100.7", "2001:db8::7")) {
      for (byte[] header : headers(client)) {
        Socket socket = connect(server);
        byte[] query = Sockets.framed(WWW);
        socket.getOutputStream().write(joined(header, query, query));
        assertThat(rcode(socket)).isEqualTo(Rcode.NOERROR);
        assertThat(rcode(socket)).isEqualTo(Rcode.NOERROR);
        Sockets.send(socket, WWW);
        assertThat(rcode(socket)).as("later, without another header").isEqualTo(Rcode.NOERROR);
      }
    }
    for (byte[] header : headers("198.51.101.7")) {
      Socket socket = connect(server);
      socket.getOutputStream().write(joined(header, Sockets.framed(WWW)));
      assertThat(rcode(socket)).isEqualTo(Rcode.REFUSED);
    }
  }

  @Test
  void theLogHasTheNamedClientAndItsPort() throws IOException {
    DnsServer server = serve(BEHIND, TcpLimits.DEFAULT);
    log.sample(1);
    Socket socket = connect(server);
    socket
        .getOutputStream()
        .write(joined(first("TCP4 198.51.100.7 203.0.113.1 50001 53"), Sockets.framed(WWW)));
    assertThat(rcode(socket)).isEqualTo(Rcode.NOERROR);
    try (DatagramSocket datagrams = new DatagramSocket()) {
      byte[] packet = joined(ProxyHeaderTest.of("198.51.100.8"), WWW);
      datagrams.send(new DatagramPacket(packet, packet.length, at(server)));
    }
    List<String> lines = new ArrayList<>();
    var text = new QueryText();
    Awaiting.until(
        () -> {
          log.drain(
              new QueryRecord(false, slot -> "pool/b" + slot),
              10,
              record ->
                  lines.add(new String(text.write(record).getFirst(), StandardCharsets.US_ASCII)));
          return lines.size() == 2;
        });
    assertThat(lines)
        .anyMatch(line -> line.contains(" tcp 198.51.100.7:50001 127.0.0.1:"))
        .anyMatch(line -> line.contains(" udp 198.51.100.8:54321 127.0.0.1:"));
  }

  @Test
  void aFrontEndMayAskForItself() throws IOException {
    DnsServer server = serve(BEHIND, TcpLimits.DEFAULT);
    for (byte[] header : List.of(ProxyHeaderTest.second("2000", ""), first("UNKNOWN"))) {
      Socket socket = connect(server);
      socket.getOutputStream().write(joined(header, Sockets.framed(WWW)));
      assertThat(rcode(socket)).as("loopback may not ask").isEqualTo(Rcode.REFUSED);
    }
  }

  @Test
  void headerAndQueryMayComeOctetByOctet() throws IOException {
    DnsServer server = serve(BEHIND, TcpLimits.DEFAULT);
    for (byte[] header : headers("198.51.100.7")) {
      Socket socket = connect(server);
      for (byte octet : joined(header, Sockets.framed(WWW))) {
        socket.getOutputStream().write(octet);
      }
      assertThat(rcode(socket)).isEqualTo(Rcode.NOERROR);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"PROXY TCP4 nonsense\r\n", "\r\n\r\n\0\r\nQUIT\n\u007f", "\0 abc"})
  void aFrontEndWithoutAHeaderIsClosed(String said) throws IOException {
    DnsServer server = serve(BEHIND, TcpLimits.DEFAULT);
    Socket socket = connect(server);
    socket.getOutputStream().write(said.getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().write(new byte[8]);
    assertThat(Sockets.closed(socket)).isTrue();
    assertThat(counted(server)).contains("TCP NO_PROXY_HEADER 1");
  }

  @Test
  void fromAnywhereElseAHeaderIsNoQuery() throws IOException {
    DnsServer server = serve(Admission.OPEN, TcpLimits.DEFAULT);
    Socket socket = connect(server);
    socket.getOutputStream().write(joined(first("UNKNOWN"), Sockets.framed(WWW)));
    assertThat(Sockets.closed(socket)).as("a query of 0x5052 octets").isTrue();
    socket = connect(server);
    byte[] header = ProxyHeaderTest.of("198.51.100.7");
    socket.getOutputStream().write(Arrays.copyOf(header, 2 + 0x0D0A));
    assertThat(rcode(socket)).as("a query of 0x0D0A octets").isEqualTo(Rcode.FORMERR);
    assertThat(counted(server)).contains("TCP NOT_A_QUERY 1");
  }

  @Test
  void aHeaderMustComeInTime() throws IOException {
    var limits = new TcpLimits(Duration.ofMillis(200), LONG, LONG, 1024, 100, 100);
    DnsServer server = serve(BEHIND, limits);
    Socket socket = connect(server);
    socket.getOutputStream().write(ProxyHeaderTest.of("198.51.100.7"), 0, 20);
    assertThat(Sockets.closed(socket)).isTrue();
    assertThat(counted(server)).contains("NO_QUERY 1");
  }

  @Test
  void connectionsAreCountedByTheClientThatIsNamed() throws IOException {
    DnsServer server = serve(BEHIND, new TcpLimits(LONG, LONG, LONG, 1024, 100, 1));
    for (String client : List.of("198.51.100.7", "198.51.100.8", "198.51.100.9")) {
      Socket socket = connect(server);
      socket.getOutputStream().write(joined(ProxyHeaderTest.of(client), Sockets.framed(WWW)));
      assertThat(rcode(socket)).isEqualTo(Rcode.NOERROR);
    }
    Socket fourth = connect(server);
    fourth.getOutputStream().write(joined(ProxyHeaderTest.of("198.51.100.9"), Sockets.framed(WWW)));
    assertThat(Sockets.closed(fourth)).isTrue();
    assertThat(counted(server)).contains("REFUSED 1");
  }

  @Test
  void overUdpTheReplyGoesToTheFrontEnd() throws IOException {
    DnsServer server = serve(BEHIND, TcpLimits.DEFAULT);
    try (var socket = new DatagramSocket()) {
      socket.setSoTimeout(20_000);
      socket.connect(at(server));
      for (String client : List.of("198.51.100.7", "198.51.101.7")) {
        byte[] packet = joined(ProxyHeaderTest.of(client), WWW);
        socket.send(new DatagramPacket(packet, packet.length));
        var reply = new DatagramPacket(new byte[2048], 2048);
        socket.receive(reply);
        var message = new Message(Arrays.copyOf(reply.getData(), reply.getLength()));
        assertThat(message.getRcode())
            .isEqualTo(client.contains(".100.") ? Rcode.NOERROR : Rcode.REFUSED);
      }
    }
    assertThat(counted(server)).contains("UDP prohibited 1");
  }

  private static List<String> counted(DnsServer server) {
    var counter = new DnsServerTest.Counter();
    server.traffic(counter);
    counter.lines.addAll(counter.connections);
    return counter.lines;
  }
}

package dev.azimuth.resolver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.net.DatagramPort;
import dev.azimuth.net.Transport;
import dev.azimuth.steering.Turns;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(names = {"NATIVE", "NIO"})
class TcpTest {
  private static final byte[] WWW = Packets.query("www.example.com", "A");
  private static final Duration LONG = Duration.ofMinutes(1);
  private static final Duration SHORT = Duration.ofMillis(300);

  private final Transport transport;
  private final BlockingQueue<Throwable> faults = new LinkedBlockingQueue<>();
  private final List<AutoCloseable> open = new ArrayList<>();

  private DnsServer server;

  TcpTest(Transport transport) {
    this.transport = transport;
  }

  @AfterEach
  void nothingWentWrong() throws Exception {
    closeAll();
    assertThat(faults).isEmpty();
  }

  private void closeAll() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
    open.clear();
  }

  private InetSocketAddress serve(TcpLimits limits) throws IOException {
    var options = new ServerOptions(1, 1 << 16, transport, limits, () -> Sample.NOW, faults::add);
    server = DnsServer.open(List.of(Sockets.loopback(0)), options, new Gallery(Sample.picture()));
    open.add(server);
    server.start();
    return server.listeners().getFirst().effective();
  }

  private Socket connect(InetSocketAddress server) throws IOException {
    Socket socket = Sockets.connect(server);
    open.addFirst(socket);
    return socket;
  }

  private List<String> drops() {
    var drops = new ArrayList<String>();
    server.traffic(
        new TrafficVisitor() {
          @Override
          public void answered(
              Listener of, Channel channel, String type, String rcode, long count) {
            // not asked for
          }

          @Override
          public void truncated(Listener of, Channel channel, long count) {
            // not asked for
          }

          @Override
          public void cookies(Listener of, Channel channel, Cookie cookie, long count) {
            // not asked for
          }

          @Override
          public void dropped(Listener of, Channel channel, Drop why, long count) {
            drops.add(why + " " + count);
          }

          @Override
          public void connections(Listener of, Connection what, long count) {
            if (count > 0 && what != Connection.ACCEPTED) {
              drops.add(what + " " + count);
            }
          }
        });
    return drops;
  }

  private static TcpLimits limits(Duration idle, Duration stall) {
    return new TcpLimits(idle, idle, stall, 1024, 1000, 1000);
  }

  @Test
  void answersQueriesInFlightInTheirOrder() throws IOException {
    Socket client = connect(serve(TcpLimits.DEFAULT));
    var sent = new ByteArrayOutputStream();
    for (int id = 0; id < 300; id++) {
      byte[] query = Packets.query(id % 2 == 0 ? "www.example.com" : "many.example.com", "A");
      Wire.put16(query, 0, id);
      sent.writeBytes(Sockets.framed(query));
    }
    client.getOutputStream().write(sent.toByteArray());
    for (int id = 0; id < 300; id++) {
      assertThat(Sockets.receive(client).getHeader().getID()).isEqualTo(id);
    }
  }

  @Test
  void takesAQueryOctetByOctet() throws IOException {
    Socket client = connect(serve(TcpLimits.DEFAULT));
    for (int i = 0; i < 2; i++) {
      for (byte octet : Sockets.framed(WWW)) {
        client.getOutputStream().write(octet);
      }
      assertThat(Asking.answers(Sockets.receive(client))).hasSize(1);
    }
  }

  @Test
  void takesTheLongestMessage() throws IOException {
    Socket client = connect(serve(TcpLimits.DEFAULT));
    byte[] longest = new byte[DatagramPort.PAYLOAD];
    System.arraycopy(WWW, 0, longest, 0, WWW.length);
    Sockets.send(client, longest);
    assertThat(Asking.answers(Sockets.receive(client))).hasSize(1); // what is behind is passed over
    longest[Wire.QDCOUNT + 1] = 2;
    Sockets.send(client, longest);
    assertThat(Sockets.receive(client).getRcode()).isEqualTo(Wire.FORMERR);
    Sockets.send(client, WWW);
    assertThat(Sockets.receive(client).getRcode()).isEqualTo(Wire.NOERROR);
  }

  @Test
  void whoAnnouncesMoreThanAQueryIsClosedBeforeItComes() throws IOException {
    Socket client = connect(serve(limits(LONG, LONG)));
    byte[] announced = new byte[2];
    Wire.put16(announced, 0, DatagramPort.PAYLOAD + 1);
    client.getOutputStream().write(Sockets.framed(WWW));
    client.getOutputStream().write(announced);
    assertThat(Asking.answers(Sockets.receive(client))).hasSize(1);
    assertThat(Sockets.closed(client)).isTrue();
    assertThat(drops()).containsExactly("NOT_A_QUERY 1");
  }

  @Test
  void aFaultOfTheSweepIsToldAndNotItsLast() throws Exception {
    // More nanoseconds than a long holds: each look at a connection throws.
    Socket client = connect(serve(limits(Duration.ofDays(365_000), LONG)));
    Sockets.send(client, WWW);
    Sockets.receive(client);
    for (int i = 0; i < 2; i++) {
      assertThat(faults.poll(20, TimeUnit.SECONDS)).isInstanceOf(ArithmeticException.class);
    }
    closeAll();
    faults.clear();
  }

  @Test
  void closesOnWhoSendsWhatIsNoQuery() throws IOException {
    InetSocketAddress server = serve(TcpLimits.DEFAULT);
    Socket empty = connect(server);
    Sockets.send(empty, WWW);
    Sockets.send(empty, new byte[0]);
    assertThat(Asking.answers(Sockets.receive(empty))).hasSize(1);
    assertThat(Sockets.closed(empty)).isTrue();
    Socket response = connect(server);
    Sockets.send(response, Packets.of().flags(0x8180).question("www.example.com", 1, 1).bytes());
    assertThat(Sockets.closed(response)).isTrue();
  }

  @Test
  void closesIdleConnections() throws IOException {
    InetSocketAddress server = serve(limits(SHORT, LONG));
    Socket silent = connect(server);
    Socket once = connect(server);
    Sockets.send(once, WWW);
    Sockets.receive(once);
    assertThat(Sockets.closed(silent)).isTrue();
    assertThat(Sockets.closed(once)).isTrue();
    assertThat(drops()).containsExactly("NO_QUERY 1", "IDLE 1");
  }

  @Test
  void theFirstQueryHasATimeOfItsOwn() throws IOException {
    InetSocketAddress server = serve(new TcpLimits(SHORT, LONG, LONG, 1024, 1000, 1000));
    Socket asks = connect(server);
    Sockets.send(asks, WWW);
    Sockets.receive(asks);
    assertThat(Sockets.closed(connect(server))).isTrue();
    Sockets.send(asks, WWW);
    assertThat(Asking.answers(Sockets.receive(asks))).hasSize(1);
    assertThat(drops()).containsExactly("NO_QUERY 1");
  }

  @Test
  void whoEndsAfterTheLastQueryGetsEveryAnswer() throws IOException {
    // More than both kernels hold: a close at the end of the queries would lose most of it.
    InetSocketAddress at = serve(limits(LONG, LONG));
    Socket client = new Socket();
    open.addFirst(client);
    client.setSoTimeout(20_000);
    client.setReceiveBufferSize(4096);
    client.connect(at);
    int queries = 400;
    byte[] frame = Sockets.framed(Packets.query("huge.example.com", "A"));
    var sent = new ByteArrayOutputStream();
    for (int i = 0; i < queries; i++) {
      sent.writeBytes(frame);
    }
    client.getOutputStream().write(sent.toByteArray());
    client.shutdownOutput();
    for (int i = 0; i < queries; i++) {
      assertThat(Asking.answers(Sockets.receive(client))).hasSize(200);
    }
    assertThat(client.getInputStream().read()).isEqualTo(-1);
    assertThat(drops()).isEmpty();
  }

  @Test
  void whoEndsInTheMiddleOfAQueryIsClosed() throws IOException {
    Socket client = connect(serve(limits(LONG, LONG)));
    client.getOutputStream().write(Sockets.framed(WWW));
    client.getOutputStream().write(Sockets.framed(WWW), 0, 9);
    client.shutdownOutput();
    assertThat(Asking.answers(Sockets.receive(client))).hasSize(1);
    assertThat(client.getInputStream().read()).isEqualTo(-1);
  }

  @Test
  void aSlowReaderThatHasEndedIsDroppedToo() throws IOException {
    InetSocketAddress at = serve(limits(LONG, SHORT));
    Socket slow = new Socket();
    open.addFirst(slow);
    slow.setReceiveBufferSize(4096);
    slow.connect(at);
    byte[] frame = Sockets.framed(Packets.query("huge.example.com", "A"));
    var sent = new ByteArrayOutputStream();
    while (sent.size() < 60_000) {
      sent.writeBytes(frame);
    }
    slow.getOutputStream().write(sent.toByteArray());
    slow.shutdownOutput();
    Awaiting.until(() -> drops().contains("SLOW 1"));
  }

  @Test
  void halfAQueryDoesNotKeepAConnection() throws IOException {
    InetSocketAddress server = serve(limits(SHORT, LONG));
    Socket half = connect(server);
    half.getOutputStream().write(0);
    Socket most = connect(server);
    most.getOutputStream().write(Sockets.framed(WWW), 0, 20);
    assertThat(Sockets.closed(half)).isTrue();
    assertThat(Sockets.closed(most)).isTrue();
  }

  @Test
  void octetsThatDripInDoNotKeepAConnection() throws IOException {
    Socket client = connect(serve(limits(SHORT, LONG)));
    client.setSoTimeout(20);
    client.getOutputStream().write(new byte[] {0x0F, (byte) 0xFF});
    long start = System.nanoTime();
    boolean closed = false;
    while (!closed && System.nanoTime() - start < 20_000_000_000L) {
      try {
        client.getOutputStream().write(0);
        closed = client.getInputStream().read() < 0;
      } catch (SocketTimeoutException e) {
        // 20 ms have gone by: the next octet
      } catch (SocketException e) {
        closed = true;
      }
    }
    assertThat(closed).isTrue();
  }

  @Test
  void aSlowReaderIsDropped() throws IOException {
    InetSocketAddress server = serve(limits(LONG, SHORT));
    Socket slow = new Socket();
    open.addFirst(slow);
    slow.setReceiveBufferSize(4096);
    slow.connect(server);
    // Far more replies than both kernels take, never read until the server gives up.
    byte[] queries = new byte[64 * 1024];
    byte[] frame = Sockets.framed(Packets.query("huge.example.com", "A"));
    for (int at = 0; at + frame.length <= queries.length; at += frame.length) {
      System.arraycopy(frame, 0, queries, at, frame.length);
    }
    boolean dropped = false;
    try {
      for (int i = 0; i < 1000; i++) {
        slow.getOutputStream().write(queries);
      }
    } catch (SocketException e) {
      dropped = true;
    }
    assertThat(dropped).isTrue();
    assertThat(Asking.answers(Sockets.tcp(server, WWW))).hasSize(1);
    assertThat(drops()).containsExactly("SLOW 1");
  }

  @Test
  void aReaderThatWasSlowGetsEverything() throws IOException {
    Socket client = connect(serve(limits(LONG, LONG)));
    int queries = 400;
    byte[] frame = Sockets.framed(Packets.query("huge.example.com", "A"));
    var writer =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    for (int i = 0; i < queries; i++) {
                      client.getOutputStream().write(frame);
                    }
                  } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                  }
                });
    for (int i = 0; i < queries; i++) {
      assertThat(Asking.answers(Sockets.receive(client))).hasSize(200);
    }
    assertThat(writer).isNotNull();
  }

  @Test
  void theOneIdleForLongestMakesRoom() throws IOException {
    InetSocketAddress server = serve(new TcpLimits(LONG, LONG, LONG, 1024, 3, 1000));
    Socket first = connect(server);
    Socket second = connect(server);
    Socket third = connect(server);
    for (Socket client : List.of(first, second, third, first)) {
      Sockets.send(client, WWW);
      Sockets.receive(client);
    }
    Socket fourth = connect(server);
    for (Socket client : List.of(fourth, first, third)) {
      Sockets.send(client, WWW);
      assertThat(Asking.answers(Sockets.receive(client))).hasSize(1);
    }
    assertThat(Sockets.closed(second)).isTrue();
    assertThat(drops()).containsExactly("EVICTED 1");
  }

  @Test
  void oneAddressHasItsLimitAndGetsItBack() throws IOException {
    InetSocketAddress server = serve(new TcpLimits(LONG, LONG, LONG, 1024, 1000, 2));
    Socket first = connect(server);
    Socket second = connect(server);
    for (Socket client : List.of(first, second)) {
      Sockets.send(client, WWW);
      Sockets.receive(client);
    }
    assertThat(Sockets.closed(connect(server))).isTrue();
    assertThat(drops()).containsExactly("REFUSED 1");
    first.close();
    assertThat(eventually(server)).isTrue();
  }

  @Test
  void clientsAreToldTheIdleTimeoutAndAtTheEndToGo() throws IOException {
    assertThat(idleTold(Duration.ofMillis(1_250))).containsExactly(12, 0);
    assertThat(idleTold(Duration.ofDays(1))).containsExactly(0xFFFF, 0);
  }

  /** What clients are told before and after the server begins to drain. */
  private List<Integer> idleTold(Duration idle) throws IOException {
    TcpLimits limits = limits(idle, LONG);
    var options = new ServerOptions(1, 1 << 16, transport, limits, () -> Sample.NOW, faults::add);
    var gallery = new Gallery(Sample.picture());
    TcpLoops loops = TcpLoops.open(options, gallery, () -> new Turns(1));
    open.add(loops::close);
    TcpServer listening = TcpServer.open(loops, Sockets.loopback(0), false);
    int before = listening.idleTold();
    listening.drain();
    return List.of(before, listening.idleTold());
  }

  /** Whether a new connection is answered before long: the server learns of a close a bit later. */
  private static boolean eventually(InetSocketAddress server) {
    for (int attempt = 0; attempt < 500; attempt++) {
      try {
        return Sockets.tcp(server, WWW).getRcode() == Wire.NOERROR;
      } catch (IOException e) {
        // refused: not yet
      }
    }
    return false;
  }
}

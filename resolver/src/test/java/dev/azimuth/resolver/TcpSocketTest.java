package dev.azimuth.resolver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.azimuth.net.BindFailure;
import dev.azimuth.net.Transport;
import dev.azimuth.steering.Turns;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What clients do to the sockets of a server: either way to have them bears the same. */
@ParameterizedClass
@EnumSource(names = {"NATIVE", "NIO"})
class TcpSocketTest {
  private static final byte[] WWW = Packets.query("www.example.com", "A");
  private static final byte[] HUGE = Packets.query("huge.example.com", "A");
  private static final Duration LONG = Duration.ofMinutes(1);
  private static final Listener LISTENER =
      new Listener(Sockets.loopback(53), Sockets.loopback(53), "any", 1);

  private final Transport transport;
  private final List<Throwable> faults = new CopyOnWriteArrayList<>();
  private final List<AutoCloseable> open = new ArrayList<>();
  private final Gallery gallery = new Gallery(Sample.picture());

  private TcpLoops loops;
  private TcpServer server;

  TcpSocketTest(Transport transport) {
    this.transport = transport;
  }

  @AfterEach
  void nothingWentWrong() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
    server.drain();
    server.close(5_000);
    assertThat(counted().open).isZero();
    assertThat(loops.all()).extracting(TcpLoop::connections).containsOnly(0);
    loops.close();
    assertThat(faults).isEmpty();
  }

  private InetSocketAddress serve(String address, int workers, int connections) throws IOException {
    return serve(address, workers, new TcpLimits(LONG, LONG, LONG, 1024, connections, 1000));
  }

  private InetSocketAddress serve(String address, int workers, TcpLimits limits)
      throws IOException {
    var options =
        new ServerOptions(workers, 1 << 16, transport, limits, () -> Sample.NOW, faults::add);
    loops = TcpLoops.open(options, gallery, () -> new Turns(1));
    for (int attempt = 0; server == null; attempt++) {
      try {
        server = TcpServer.open(loops, Sockets.at(address, free()), false);
      } catch (BindFailure e) {
        assertThat(attempt).as("ports that others were quicker to take").isLessThan(10);
      }
    }
    server.start();
    return Sockets.loopback(server.localAddress().getPort());
  }

  private static int free() throws IOException {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private InetSocketAddress serve() throws IOException {
    return serve("127.0.0.1", 1, 1000);
  }

  private Socket connect(InetSocketAddress server) throws IOException {
    Socket socket = Sockets.connect(server);
    open.addFirst(socket);
    return socket;
  }

  private DnsServerTest.Counter counted() {
    var counter = new DnsServerTest.Counter();
    server.traffic(LISTENER, counter);
    return counter;
  }

  private static void answered(Socket client) throws IOException {
    Sockets.send(client, WWW);
    assertThat(Asking.answers(Sockets.receive(client))).hasSize(1);
  }

  /** Ends a connection by RST. */
  private static void reset(Socket client) throws IOException {
    client.setSoLinger(true, 0);
    client.close();
  }

  private static byte[] frames(byte[] query, int count) {
    var frames = new ByteArrayOutputStream();
    for (int i = 0; i < count; i++) {
      frames.writeBytes(Sockets.framed(query));
    }
    return frames.toByteArray();
  }

  /** A client with a small window, which leaves most of what it asks for unread. */
  private Socket slow(InetSocketAddress server, int queries) throws IOException {
    var slow = new Socket();
    open.addFirst(slow);
    slow.setSoTimeout(20_000);
    slow.setReceiveBufferSize(4096);
    slow.connect(server);
    slow.getOutputStream().write(frames(HUGE, queries));
    return slow;
  }

  @Test
  void aResetInAnyStateEndsThatConnectionAndNoOther() throws Exception {
    InetSocketAddress at = serve();
    Socket other = connect(at);
    for (int round = 0; round < 20; round++) {
      reset(connect(at));
      Socket half = connect(at);
      half.getOutputStream().write(Sockets.framed(WWW), 0, 1 + round);
      reset(half);
      Socket asked = connect(at);
      asked.getOutputStream().write(Sockets.framed(WWW));
      reset(asked);
      Socket idle = connect(at);
      answered(idle);
      reset(idle);
      Socket ended = connect(at);
      answered(ended);
      ended.shutdownOutput();
      reset(ended);
      answered(other);
    }
    Awaiting.until(() -> counted().open == 1);
    answered(other);
    assertThat(counted().connections).containsExactly("ACCEPTED 101");
  }

  @Test
  void aResetByOneThatReadsNothingIsFoundOut() throws Exception {
    InetSocketAddress at = serve();
    Socket reads = slow(at, 1_000);
    Socket ended = slow(at, 1_000);
    ended.shutdownOutput();
    Sockets.receive(reads);
    Sockets.receive(ended);
    assertThat(counted().open).isEqualTo(2);
    reset(reads);
    reset(ended);
    Awaiting.until(() -> counted().open == 0);
    assertThat(counted().connections).as("no limit").containsExactly("ACCEPTED 2");
    answered(connect(at));
  }

  @Test
  void whoNeverReadsCostsNoTime() throws Exception {
    costNothing(serve());
  }

  @Test
  void whoNeverReadsThoughMoreMayBeUnreadCostsNoTime() throws Exception {
    costNothing(serve("127.0.0.1", 1, new TcpLimits(LONG, LONG, LONG, 1 << 24, 1000, 1000)));
  }

  /** One that has more to say, and one that has ended: both leave replies unread. */
  private void costNothing(InetSocketAddress at) throws Exception {
    Sockets.receive(slow(at, 1_000));
    Socket ended = slow(at, 1_000);
    ended.shutdownOutput();
    Sockets.receive(ended);
    Socket other = connect(at);
    answered(other);
    long before = cpuNanos();
    long began = System.nanoTime();
    Awaiting.until(() -> System.nanoTime() - began > 300_000_000);
    assertThat(cpuNanos() - before).as("of 300 ms").isLessThan(100_000_000);
    assertThat(counted().open).isEqualTo(3);
    answered(other);
  }

  /** What the loop's thread has used. */
  private long cpuNanos() throws Exception {
    var thread = new CompletableFuture<Long>();
    loops.all().getFirst().execute(() -> thread.complete(Thread.currentThread().threadId()));
    return ManagementFactory.getThreadMXBean().getThreadCpuTime(thread.get());
  }

  @Test
  void connectionsThatComeAndGoAtOnceAreServedEachByItself() throws Exception {
    // Their descriptors have the same few numbers, again and again.
    InetSocketAddress at = serve();
    var random = new SplittableRandom(7);
    var clients = new ArrayList<Socket>();
    for (int i = 0; i < 2_000; i++) {
      clients.add(connect(at));
      for (int gone = random.nextInt(3); gone > 0 && !clients.isEmpty(); gone--) {
        Socket client = clients.remove(random.nextInt(clients.size()));
        byte[] query = WWW.clone();
        Wire.put16(query, 0, i);
        Sockets.send(client, query);
        if (random.nextInt(4) == 0) {
          reset(client);
        } else {
          assertThat(Sockets.receive(client).getHeader().getID()).isEqualTo(i);
          client.close();
        }
        open.remove(client);
      }
    }
    Awaiting.until(() -> counted().open == clients.size());
    for (Socket client : clients) {
      answered(client);
    }
  }

  @Test
  void repliesBeforeWhatIsNoQueryArriveThoughMoreCameAfterIt() throws IOException {
    InetSocketAddress at = serve();
    assumeThat(transport).as("the JDK's sockets end by a reset then").isEqualTo(Transport.NATIVE);
    for (int round = 0; round < 50; round++) {
      Socket client = connect(at);
      var sent = new ByteArrayOutputStream();
      sent.writeBytes(frames(WWW, 100));
      sent.writeBytes(new byte[] {(byte) 0xFF, (byte) 0xFF});
      sent.writeBytes(new byte[12_000]);
      client.getOutputStream().write(sent.toByteArray());
      for (int i = 0; i < 100; i++) {
        assertThat(Asking.answers(Sockets.receive(client))).hasSize(1);
      }
      assertThat(client.getInputStream().read()).as("an end, and no reset").isEqualTo(-1);
    }
  }

  @Test
  void asManyAsThereMayBeAreThereWhicheverLoopAcceptsThem() throws IOException {
    InetSocketAddress at = serve("127.0.0.1", 2, 80);
    var clients = new ArrayList<Socket>();
    for (int i = 0; i < 80; i++) {
      Socket client = connect(at);
      answered(client);
      clients.add(client);
    }
    assertThat(counted().connections).containsExactly("ACCEPTED 80");
    assertThat(loops.all()).extracting(TcpLoop::connections).containsExactly(40, 40);
    for (Socket client : clients) {
      answered(client);
    }
    answered(connect(at));
    assertThat(counted().connections).contains("EVICTED 1");
  }

  @Test
  void whoHasBeenAcceptedIsServedThoughTheListenerIsClosed() throws Exception {
    InetSocketAddress at = serve("127.0.0.1", 2, 1000);
    assumeThat(transport).as("one loop accepts for all").isEqualTo(Transport.NIO);
    var goesOn = new AtomicBoolean();
    loops.all().getLast().execute(() -> Awaiting.until(goesOn::get));
    var clients = new ArrayList<Socket>();
    for (int i = 0; i < 4; i++) {
      clients.add(connect(at)); // the busy loop has to serve the first and the third
    }
    Awaiting.until(() -> counted().open == 2);
    var left =
        CompletableFuture.supplyAsync(
            () -> {
              server.leave();
              return counted().open;
            });
    Awaiting.until(() -> isFree(at));
    goesOn.set(true);

    assertThat(left.get()).isEqualTo(4);
    for (Socket client : clients) {
      answered(client);
    }
  }

  private static boolean isFree(InetSocketAddress address) {
    try (ServerSocket _ = new ServerSocket(address.getPort(), 1, address.getAddress())) {
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void theLogSaysToWhichOfAllAddressesAClientIsConnected() throws IOException {
    InetSocketAddress at = serve("0.0.0.0", 1, 1000);
    gallery.queryLog().sample(1);
    answered(connect(at));
    answered(connect(Sockets.at("127.0.0.2", at.getPort())));
    var lines = new ArrayList<String>();
    var text = new QueryText();
    Awaiting.until(
        () -> {
          gallery
              .queryLog()
              .drain(
                  new QueryRecord(false, slot -> "pool/b" + slot),
                  10,
                  each ->
                      lines.add(
                          new String(text.write(each).getFirst(), StandardCharsets.US_ASCII)));
          return lines.size() == 2;
        });
    assertThat(lines.getFirst()).contains(" 127.0.0.1:" + at.getPort());
    assertThat(lines.getLast()).contains(" 127.0.0.2:" + at.getPort());
  }
}

package dev.azimuth.balancer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.azimuth.balancer.Settings.By;
import dev.azimuth.balancer.Settings.Limits;
import dev.azimuth.balancer.Settings.Passive;
import dev.azimuth.balancer.Settings.Pick;
import dev.azimuth.balancer.Settings.ProxyHeader;
import dev.azimuth.balancer.Settings.Times;
import dev.azimuth.balancer.Settings.WhenDown;
import dev.azimuth.steering.Cidr;
import dev.azimuth.steering.Reason;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A balancer on loopback with servers behind it that do as they are told. */
final class Lab implements AutoCloseable {
  static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
  static final List<Cidr> ANYBODY = List.of(new Cidr(true, 0, 0, 0), new Cidr(false, 0, 0, 0));

  final List<ConnectionRecord> ended = new CopyOnWriteArrayList<>();
  final List<String> failing = new CopyOnWriteArrayList<>();
  final List<Throwable> faults = new CopyOnWriteArrayList<>();

  /** Done by a loop, once more when a connection of it has ended. */
  volatile Runnable atEnd = () -> {};

  final Balancers balancers;
  private final List<Closeable> open = new ArrayList<>();

  Lab() {
    this(Balancers.adopts() ? new NetSockets() : null, 1);
  }

  /**
   * @param sockets null for those of the JDK
   */
  Lab(@Nullable Sockets sockets, int loops) {
    this(sockets, loops, new Budget(new PooledByteBufAllocator(true)));
  }

  /** With this much memory. */
  Lab(@Nullable Sockets sockets, int loops, Budget budget) {
    balancers =
        Balancers.open(
            loops,
            sockets,
            new Observer() {
              @Override
              public void ended(ConnectionRecord connection) {
                ended.add(connection);
                atEnd.run();
              }

              @Override
              public void failing(String balancer, String backend) {
                failing.add(balancer + " " + backend);
              }

              @Override
              public void fault(Throwable fault) {
                faults.add(fault);
              }
            },
            new SplittableRandom(7),
            budget);
    balancers.start();
  }

  /** The settings of a balancer that forwards TCP without any limit that matters. */
  static Settings settings() {
    return new Settings(
        "web",
        List.of(new Listen(Listen.Protocol.TCP, new InetSocketAddress(LOOPBACK, 0))),
        Pick.by(By.P2C),
        List.of(),
        new Settings.Access(ANYBODY, List.of(), List.of()),
        new Limits(10_000, Limits.NONE, 100, Limits.NONE, OptionalInt.empty(), 1),
        times(),
        List.of(),
        3,
        new Passive(0, Duration.ofSeconds(10), Duration.ofMinutes(5), 0.5),
        0,
        WhenDown.KEEP,
        ProxyHeader.NONE,
        null,
        null,
        1);
  }

  /** Longer than anything takes on a busy machine, but for a test that shortens one. */
  static Times times() {
    return new Times(
        Duration.ofSeconds(30),
        Duration.ofSeconds(30),
        Duration.ofSeconds(30),
        Duration.ofMinutes(5),
        Duration.ofSeconds(30),
        Duration.ZERO,
        Duration.ofSeconds(30),
        Duration.ZERO,
        Duration.ZERO);
  }

  static Settings with(Limits limits) {
    Settings s = settings();
    return new Settings(
        s.name(),
        s.listen(),
        s.pick(),
        s.matches(),
        s.access(),
        limits,
        s.times(),
        s.source(),
        s.tries(),
        s.passive(),
        s.panic(),
        s.whenDown(),
        s.send(),
        s.tls(),
        s.onward(),
        s.log());
  }

  static Settings with(UnaryOperator<Times> change) {
    Settings s = settings();
    return new Settings(
        s.name(),
        s.listen(),
        s.pick(),
        s.matches(),
        s.access(),
        s.limits(),
        change.apply(s.times()),
        s.source(),
        s.tries(),
        s.passive(),
        s.panic(),
        s.whenDown(),
        s.send(),
        s.tls(),
        s.onward(),
        s.log());
  }

  /** Has the balancer forward to these ports of this machine. */
  InetSocketAddress forward(Settings settings, int... ports) throws IOException {
    balancers.prepare(List.of(settings));
    supply(settings, ports);
    return report().listeners().getFirst().at();
  }

  void supply(Settings settings, int... ports) {
    balancers.put(List.of(new Setup(settings, List.of(to(ports)), Departing.NONE)));
  }

  /** Has it forward to the first of these ports, and by each match to one of the others. */
  InetSocketAddress route(Settings settings, int... ports) throws IOException {
    balancers.prepare(List.of(settings));
    List<Supply> supplies = Arrays.stream(ports).mapToObj(Lab::to).toList();
    balancers.put(List.of(new Setup(settings, supplies, Departing.NONE)));
    return report().listeners().getFirst().at();
  }

  /** These ports of this machine. */
  static Supply to(int... ports) {
    List<Supply.Candidate> candidates = new ArrayList<>();
    for (int port : ports) {
      candidates.add(
          new Supply.Candidate("eu/" + port, List.of(new InetSocketAddress(LOOPBACK, port)), 1));
    }
    return new Supply(Reason.RULE, false, candidates, null);
  }

  BalancerReport report() {
    return balancers.reports().getFirst();
  }

  long count(End end) {
    return report().listeners().getFirst().ends().getOrDefault(end, 0L);
  }

  long openNow() {
    return report().listeners().getFirst().open();
  }

  /** Does something with each connection that a server on a free port accepts. */
  interface Serving {
    void serve(Socket socket) throws Exception;
  }

  int server(Serving serving) throws IOException {
    ServerSocket server = new ServerSocket(0, 1000, LOOPBACK);
    open.add(server);
    Thread.ofVirtual()
        .start(
            () -> {
              while (!server.isClosed()) {
                try {
                  Socket socket = server.accept();
                  open.add(socket);
                  Thread.ofVirtual()
                      .start(
                          () -> {
                            try {
                              serving.serve(socket);
                            } catch (Exception e) {
                              // The client sees what it sees.
                            }
                          });
                } catch (IOException e) {
                  return;
                }
              }
            });
    return server.getLocalPort();
  }

  /** A port of which the system drops every attempt to connect. */
  int deaf() throws IOException {
    ServerSocket server = new ServerSocket(0, 1, LOOPBACK);
    open.add(server);
    for (int i = 0; i < 2; i++) { // as many as Linux lets wait with a backlog of 1
      client((InetSocketAddress) server.getLocalSocketAddress());
    }
    return server.getLocalPort();
  }

  /** Closes a socket so that the other end sees RST. */
  static void reset(Socket socket) throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  /** That all connections have ended, each in one way, and nothing is left of them. */
  void assertAtRest() {
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () -> {
              BalancerReport.ListenerReport listener = report().listeners().getFirst();
              assertThat(listener.open()).isZero();
              assertThat(listener.ends().values().stream().mapToLong(Long::longValue).sum())
                  .isEqualTo(listener.accepted());
              assertThat(report().waiting()).isZero();
              assertThat(report().backends())
                  .extracting(BalancerReport.BackendReport::open)
                  .containsOnly(0);
              assertThat(balancers.held()).isZero();
            });
    assertThat(faults).isEmpty();
    assertThat(balancers.healthy()).isTrue();
  }

  Socket client(InetSocketAddress to) throws IOException {
    return client(to, 0);
  }

  /**
   * @param receiveBuffer how much the system may take for it; 0 for as much as usual
   */
  Socket client(InetSocketAddress to, int receiveBuffer) throws IOException {
    Socket socket = new Socket();
    open.add(socket);
    if (receiveBuffer > 0) {
      socket.setReceiveBufferSize(receiveBuffer);
    }
    socket.setSoTimeout(20_000);
    socket.connect(to, 20_000);
    return socket;
  }

  @Override
  public void close() throws IOException {
    balancers.close();
    for (Closeable each : List.copyOf(open)) {
      each.close();
    }
  }
}

package dev.azimuth.balancer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Clients that come while reloads keep their listener, pass it from one balancer to another, rename
 * its balancer, or take it out.
 */
@Timeout(120)
class PassingTest {
  private static final int CLIENTS = 2_000;

  private static final Duration LONG = Duration.ofMinutes(10);

  private final Draft draft = new Draft();
  private final AtomicInteger served = new AtomicInteger();
  private final List<Throwable> unserved = new CopyOnWriteArrayList<>();

  PassingTest() {
    draft.bound(draft.times.queue(), draft.times.age(), LONG);
  }

  private static Lab lab(boolean nio) {
    return nio ? new Lab(null, 2) : new Lab(new NetSockets(), 2);
  }

  private static void echo(Socket socket) throws IOException {
    try (socket) {
      socket.getInputStream().transferTo(socket.getOutputStream());
    }
  }

  private static int free() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, Lab.LOOPBACK)) {
      return socket.getLocalPort();
    }
  }

  private Setup balancer(String name, Listen.Protocol protocol, int to, int... ports) {
    draft.listen = new ArrayList<>();
    for (int port : ports) {
      draft.listen.add(new Listen(protocol, new InetSocketAddress(Lab.LOOPBACK, port)));
    }
    draft.name = name;
    return new Setup(draft.settings(), List.of(Lab.to(to)), Departing.NONE);
  }

  /** Two listeners and who has them, other than the time before. */
  private List<Setup> next(int turn, Listen.Protocol protocol, int to, int one, int two) {
    return switch (turn % 4) {
      case 0 -> List.of(balancer("web", protocol, to, one, two));
      case 1 -> List.of(balancer("web", protocol, to, two), balancer("other", protocol, to, one));
      case 2 -> List.of(balancer("other", protocol, to, one, two));
      default -> List.of(balancer("turn" + turn, protocol, to, one, two));
    };
  }

  private static void reload(Lab lab, List<Setup> all) throws IOException {
    lab.balancers.prepare(all.stream().map(Setup::settings).toList());
    lab.balancers.put(all);
  }

  /** What one client does. */
  private interface Visit {
    void pay(InetSocketAddress at) throws IOException;
  }

  private void visits(Lab lab, Listen.Protocol protocol, int to, Visit visit) throws Exception {
    int one = free();
    int two = free();
    reload(lab, next(0, protocol, to, one, two));
    List<Thread> clients = new ArrayList<>();
    for (int port : new int[] {one, two, one, two}) {
      InetSocketAddress at = new InetSocketAddress(Lab.LOOPBACK, port);
      clients.add(Thread.ofPlatform().start(() -> visit(visit, at)));
    }
    int turn = 1;
    while (served.get() < CLIENTS && unserved.isEmpty()) {
      int before = served.get();
      reload(lab, next(turn, protocol, to, one, two));
      turn++;
      while (served.get() == before && unserved.isEmpty()) {
        Thread.onSpinWait(); // loops have more to do than to take up reloads
      }
    }
    for (Thread each : clients) {
      each.join();
    }
    assertThat(turn).as("reloads").isGreaterThan(20);
    assertThat(unserved).isEmpty();
    assertThat(lab.ended).extracting(ConnectionRecord::end).doesNotContain(End.DRAINED);
    assertThat(lab.faults).isEmpty();
  }

  private void visit(Visit visit, InetSocketAddress at) {
    try {
      while (served.get() < CLIENTS && unserved.isEmpty()) {
        visit.pay(at);
        served.incrementAndGet();
      }
    } catch (IOException | AssertionError e) {
      unserved.add(e);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void notOneConnectionIsRefusedOrResetWhileReloadsPassListenersOn(boolean nio) throws Exception {
    try (Lab lab = lab(nio)) {
      visits(
          lab,
          Listen.Protocol.TCP,
          lab.server(PassingTest::echo),
          at -> {
            try (Socket client = new Socket()) {
              client.setSoTimeout(20_000);
              client.connect(at, 20_000);
              client.getOutputStream().write(7);
              assertThat(client.getInputStream().read()).isEqualTo(7);
              client.setSoLinger(true, 0); // or the ports of this machine would run out
            }
          });
    }
  }

  @Test
  void notOneDatagramIsLostWhileReloadsPassListenersOn() throws Exception {
    try (Lab lab = lab(false);
        DatagramSocket backend = new DatagramSocket(new InetSocketAddress(Lab.LOOPBACK, 0))) {
      Thread.ofVirtual().start(() -> echo(backend));
      visits(
          lab,
          Listen.Protocol.UDP,
          backend.getLocalPort(),
          at -> {
            try (DatagramSocket client =
                new DatagramSocket(new InetSocketAddress(Lab.LOOPBACK, 0))) {
              client.setSoTimeout(20_000);
              client.send(new DatagramPacket(new byte[] {7}, 1, at));
              client.receive(new DatagramPacket(new byte[1], 1));
            }
          });
    }
  }

  private static void echo(DatagramSocket socket) {
    try {
      while (true) {
        DatagramPacket packet = new DatagramPacket(new byte[1], 1);
        socket.receive(packet);
        socket.send(packet);
      }
    } catch (IOException e) {
      // It is closed.
    }
  }

  /** Who takes a client is asked all the while in which one balancer after the other is left. */
  @Test
  void whileAListenerPassesOnSomebodyAlwaysTakesTheClient() throws Exception {
    Listener listener = Listener.open(draft.listen.getFirst(), new NoPort(), List.of());
    listener.serve(nobodys());
    AtomicInteger turns = new AtomicInteger();
    Thread reloads =
        Thread.ofPlatform()
            .start(
                () -> {
                  for (; turns.get() < 100_000; turns.incrementAndGet()) {
                    Balancer left = listener.balancer();
                    listener.serve(nobodys());
                    left.drain(true);
                  }
                });
    int untaken = 0;
    while (turns.get() < 100_000) {
      untaken += listener.admits() == null ? 1 : 0;
    }
    reloads.join();
    assertThat(untaken).isZero();
    listener.balancer().drain(true);
    assertThat(listener.admits()).as("drained, but not left").isNull();
  }

  private Balancer nobodys() {
    return new Balancer(draft.settings(), Credentials.NONE, List.of(), new DepartingTest.Silent());
  }

  /** Of a listener that no loop looks at. */
  private record NoPort() implements Sockets.Port {
    @Override
    public InetSocketAddress localAddress() {
      return new InetSocketAddress(Lab.LOOPBACK, 9);
    }

    @Override
    public int duplicate() throws IOException {
      throw new IOException("there is none");
    }

    @Override
    public void close() {}
  }

  /** To a client it is connected; only the JDK gives no chance to accept it in time. */
  @Test
  void whoWaitsInTheKernelWhenAListenerLeavesIsServed() throws Exception {
    CountDownLatch busy = new CountDownLatch(1);
    CountDownLatch idle = new CountDownLatch(1);
    try (Lab lab = new Lab(new NetSockets(), 1)) {
      InetSocketAddress at = lab.forward(draft.settings(), lab.server(PassingTest::echo));
      AtomicBoolean first = new AtomicBoolean(true);
      lab.atEnd =
          () -> {
            if (first.getAndSet(false)) {
              busy.countDown();
              await().atMost(Duration.ofMinutes(1)).until(() -> idle.getCount() == 0);
            }
          };
      Socket other = lab.client(at);
      await().until(() -> lab.openNow() == 1);
      Lab.reset(other);
      busy.await();
      List<Socket> waiting = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        waiting.add(lab.client(at));
      }
      Thread reload = Thread.ofPlatform().start(() -> lab.balancers.put(List.of()));
      await().until(() -> reload.getState() == Thread.State.TIMED_WAITING); // for the loop
      idle.countDown();
      for (Socket client : waiting) {
        client.getOutputStream().write(7);
        assertThat(client.getInputStream().read()).isEqualTo(7);
      }
      reload.join();
    }
  }
}

package dev.azimuth.balancer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.azimuth.balancer.BalancerReport.ListenerReport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of connections when the memory that they may hold runs short. */
class BudgetTest {
  private static final int MIB = 1024 * 1024;
  private static final int CLIENTS = 30;

  /** What each may hold then: one small read, or for the JDK's channels as many as may wait. */
  private static final long TIGHT = 16 * 1024;

  private static final long TIGHT_CHANNEL = 64 * 1024;

  private final PooledByteBufAllocator allocator = new PooledByteBufAllocator(true);
  private final Budget budget = new Budget(allocator, 16 * MIB);

  private ByteBuf hold(int mib) {
    return allocator.directBuffer(mib * MIB);
  }

  private Lab lab(boolean nio) {
    return new Lab(nio ? null : new NetSockets(), 1, budget);
  }

  private static void echo(Socket socket) throws IOException {
    try (socket) {
      socket.getInputStream().transferTo(socket.getOutputStream());
    }
  }

  private static Socket answered(Lab lab, InetSocketAddress at) throws IOException {
    Socket client = lab.client(at);
    answered(client);
    return client;
  }

  private static void answered(Socket client) throws IOException {
    client.getOutputStream().write(1);
    assertThat(client.getInputStream().read()).isOne();
  }

  @Test
  void memoryIsTightFromTheHalfOnAndFullFromNineTenths() {
    assertThat(budget.level()).isEqualTo(Budget.Level.AMPLE);
    ByteBuf some = hold(7);
    assertThat(budget.level()).isEqualTo(Budget.Level.AMPLE);
    ByteBuf more = hold(2);
    assertThat(budget.level()).isEqualTo(Budget.Level.TIGHT);
    ByteBuf most = hold(5);
    assertThat(budget.level()).isEqualTo(Budget.Level.TIGHT);
    ByteBuf last = hold(1);
    assertThat(budget.level()).isEqualTo(Budget.Level.FULL);
    List.of(some, more, most, last).forEach(ByteBuf::release);
    assertThat(budget.level()).isEqualTo(Budget.Level.AMPLE);
    assertThat(budget.held()).isZero();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void withoutMemoryWhoIsThereIsServedAndWhoComesWaitsToBeAccepted(boolean nio) throws Exception {
    try (Lab lab = lab(nio)) {
      InetSocketAddress at = lab.forward(Lab.settings(), lab.server(BudgetTest::echo));
      ByteBuf all = hold(15);
      Socket first = answered(lab, at); // only the next look at a door closes it
      try (Socket second = lab.client(at)) {
        second.getOutputStream().write(1);
        await()
            .during(Duration.ofMillis(250)) // two looks
            .until(() -> lab.report().listeners().getFirst().accepted() == 1);
        answered(first);
        assertThat(lab.report().acceptPauses()).isOne();
        all.release();
        assertThat(second.getInputStream().read()).isOne();
        first.close();
      }
      lab.assertAtRest();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whileMemoryIsShortEachConnectionHoldsLittle(boolean nio) throws Exception {
    List<Socket> backends = new CopyOnWriteArrayList<>();
    try (Lab lab = lab(nio)) {
      InetSocketAddress at =
          lab.forward(
              Lab.settings(),
              lab.server(
                  socket -> {
                    backends.add(socket);
                    socket.getOutputStream().write(socket.getInputStream().read());
                  }));
      List<Socket> clients = new ArrayList<>();
      while (clients.size() < CLIENTS / 2) {
        clients.add(answered(lab, at)); // before memory is short
      }
      ByteBuf shortage = hold(9);
      ByteBuf rest = hold(6);
      clients.add(answered(lab, at));
      Socket next = lab.client(at);
      rest.release();
      answered(next); // so a loop has looked how much is left
      clients.add(next);
      while (clients.size() < CLIENTS) {
        clients.add(answered(lab, at));
      }
      for (Socket client : clients) {
        Thread.ofVirtual().start(() -> flood(client));
      }
      await().during(Duration.ofMillis(200)).until(() -> stopped(lab));
      long each = (budget.held() - 9 * MIB) / CLIENTS;
      assertThat(each).isPositive().isLessThanOrEqualTo(nio ? TIGHT_CHANNEL : TIGHT);
      shortage.release();
      for (Socket backend : backends) {
        Lab.reset(backend);
      }
      lab.assertAtRest();
    }
  }

  private static void flood(Socket socket) {
    try {
      while (true) {
        socket.getOutputStream().write(new byte[64 * 1024]);
      }
    } catch (IOException e) {
      // until it is closed
    }
  }

  private long before;

  /** Whether nothing has come in since it was asked last. */
  private boolean stopped(Lab lab) {
    ListenerReport listener = lab.report().listeners().getFirst();
    long now = listener.fromClients();
    boolean still = now == before && now > CLIENTS;
    before = now;
    return still;
  }
}

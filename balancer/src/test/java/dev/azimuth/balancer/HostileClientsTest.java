package dev.azimuth.balancer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.azimuth.health.Secure;
import dev.azimuth.steering.Cidr;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that do what nobody should: the balancer is none the worse, and forgets nothing. */
class HostileClientsTest {
  private static final int CLIENTS = 50;
  private static final byte[] SOME = new byte[100_000];
  private static final String HEADER = "PROXY TCP4 198.51.100.7 203.0.113.1 54321 443\r\n";
  private static Leaks leaks;

  @TempDir Path folder;

  private final Draft draft = new Draft();
  private final List<Socket> clients = new ArrayList<>();

  @BeforeAll
  static void watch() {
    leaks = new Leaks();
  }

  @AfterAll
  static void assertNothingForgotten() {
    leaks.close();
  }

  private static Lab lab(boolean nio) {
    return nio ? new Lab(null, 2) : new Lab();
  }

  /** A backend does as the first octet says: sends without end, or nothing. */
  private static void obey(Socket socket) throws IOException {
    if (socket.getInputStream().read() == 'f') {
      flood(socket);
    }
  }

  private static void flood(Socket socket) {
    try {
      while (true) {
        socket.getOutputStream().write(SOME);
      }
    } catch (IOException e) {
      // until it is closed
    }
  }

  private static void echo(Socket socket) throws IOException {
    try (socket) {
      socket.getInputStream().transferTo(socket.getOutputStream());
    }
  }

  private void connect(Lab lab, InetSocketAddress to, int number) throws IOException {
    for (int i = 0; i < number; i++) {
      clients.add(lab.client(to, 4096));
    }
  }

  private void resetAll() throws IOException {
    for (Socket client : clients) {
      Lab.reset(client);
    }
  }

  private static long connections(Lab lab) {
    return lab.report().backends().getFirst().connections();
  }

  private static void ended(Lab lab, End how, long times) {
    lab.assertAtRest();
    assertThat(lab.count(how)).isEqualTo(times);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void thoseThatJustStayCostNoTimeOfALoop(boolean nio) throws Exception {
    try (Lab lab = lab(nio)) {
      draft.hurry(Duration.ofSeconds(5));
      InetSocketAddress to = lab.forward(draft.settings(), lab.server(HostileClientsTest::obey));
      connect(lab, to, 4 * CLIENTS);
      for (int i = 0; i < clients.size(); i++) {
        Socket client = clients.get(i);
        switch (i % 4) {
          case 0 -> client.shutdownOutput();
          case 1 -> client.getOutputStream().write('f');
          case 2 -> client.getOutputStream().write('s');
          default -> {} // says nothing
        }
      }
      await().until(() -> lab.balancers.held() > 0 && connections(lab) == 4 * CLIENTS);
      assertIdle();
      resetAll();
      lab.assertAtRest();
      assertThat(lab.count(End.CLIENT_RESET) + lab.count(End.HALF_CLOSED)).isEqualTo(4 * CLIENTS);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void thoseThatOweAHeaderCostNoTimeOfALoop(boolean nio) throws Exception {
    try (Lab lab = lab(nio)) {
      proxied();
      InetSocketAddress to = lab.forward(draft.settings(), lab.server(HostileClientsTest::echo));
      connect(lab, to, 4 * CLIENTS);
      for (int i = 0; i < clients.size(); i += 2) {
        clients.get(i).getOutputStream().write("PROXY TCP4".getBytes(StandardCharsets.US_ASCII));
      }
      await().until(() -> lab.openNow() == 4 * CLIENTS);
      assertIdle();
      resetAll();
      ended(lab, End.CLIENT_LEFT, 4 * CLIENTS);
      assertThat(connections(lab)).isZero();
    }
  }

  private void proxied() {
    draft.access =
        new Settings.Access(Lab.ANYBODY, List.of(), List.of(new Cidr(true, 0, 0x7f000000L, 8)));
  }

  /** That loops are at work for less than a tenth of one second, once what came is dealt with. */
  private static void assertIdle() {
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () -> {
              long before = worked();
              Thread.sleep(1_000);
              return worked() - before < TimeUnit.MILLISECONDS.toNanos(100);
            });
  }

  private static long worked() {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    return Arrays.stream(threads.getThreadInfo(threads.getAllThreadIds()))
        .filter(each -> each != null && each.getThreadName().startsWith("azimuth-balancer"))
        .mapToLong(each -> Math.max(0, threads.getThreadCpuTime(each.getThreadId())))
        .sum();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void thoseThatNeverReadHaveOneReadKeptForEach(boolean nio) throws Exception {
    try (Lab lab = lab(nio)) {
      InetSocketAddress to = lab.forward(draft.settings(), lab.server(HostileClientsTest::obey));
      connect(lab, to, 2 * CLIENTS);
      for (Socket client : clients) {
        client.getOutputStream().write('f');
      }
      await().until(() -> connections(lab) == 2 * CLIENTS);
      await().until(() -> lab.balancers.held() > CLIENTS * 1024);
      await()
          .during(Duration.ofMillis(300))
          .untilAsserted(
              () ->
                  assertThat(lab.balancers.held())
                      .isLessThanOrEqualTo(2L * CLIENTS * Incoming.MOST));
      resetAll();
      ended(lab, End.CLIENT_RESET, 2 * CLIENTS);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void oneOctetAtATimeComesBackAsItWas(boolean nio) throws Exception {
    try (Lab lab = lab(nio)) {
      InetSocketAddress to = lab.forward(draft.settings(), lab.server(HostileClientsTest::echo));
      connect(lab, to, CLIENTS);
      for (int i = 0; i < 100; i++) {
        for (Socket client : clients) {
          client.setTcpNoDelay(true);
          client.getOutputStream().write(i);
        }
      }
      for (Socket client : clients) {
        client.shutdownOutput();
        byte[] got = client.getInputStream().readAllBytes();
        assertThat(got).hasSize(100).startsWith(0, 1, 2).endsWith(98, 99);
      }
      ended(lab, End.DONE, CLIENTS);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aResetBeforeBeingAcceptedIsNoFault(boolean nio) throws Exception {
    try (Lab lab = lab(nio)) {
      resetInAcceptQueue(lab);
    }
  }

  @Test
  void aResetBeforeBeingAcceptedIsNoFaultWhereTlsIsEnded() throws Exception {
    terminated();
    try (Lab lab = new Lab()) {
      resetInAcceptQueue(lab);
    }
  }

  private void resetInAcceptQueue(Lab lab) throws Exception {
    draft.limits =
        new Settings.Limits(
            CLIENTS, Settings.Limits.NONE, 0, Settings.Limits.NONE, OptionalInt.empty(), 1);
    InetSocketAddress to = lab.forward(draft.settings(), lab.server(HostileClientsTest::echo));
    connect(lab, to, CLIENTS);
    await().until(() -> lab.openNow() == CLIENTS);
    connect(lab, to, CLIENTS);
    resetAll();
    await()
        .untilAsserted(
            () ->
                assertThat(lab.report().listeners().getFirst().accepted()).isEqualTo(2 * CLIENTS));
    lab.assertAtRest();
    assertThat(lab.count(End.CLIENT_LEFT) + lab.count(End.CLIENT_RESET)).isEqualTo(2 * CLIENTS);
  }

  @Test
  void aResetWhileWaitingForAPlaceGivesTheOneInTheQueueBack() throws Exception {
    try (Lab lab = new Lab()) {
      draft.limits =
          new Settings.Limits(1_000, 1, CLIENTS, Settings.Limits.NONE, OptionalInt.empty(), 1);
      InetSocketAddress to = lab.forward(draft.settings(), lab.server(HostileClientsTest::echo));
      Socket first = lab.client(to);
      await().until(() -> connections(lab) == 1);
      connect(lab, to, CLIENTS);
      await().until(() -> lab.report().waiting() == CLIENTS);
      resetAll();
      await().untilAsserted(() -> assertThat(lab.count(End.CLIENT_LEFT)).isEqualTo(CLIENTS));
      assertThat(lab.report().waiting()).isZero();
      first.close();
      lab.assertAtRest();
      assertThat(connections(lab)).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aResetWhileTheBackendIsBeingReachedLeavesItAtOnce(boolean nio) throws Exception {
    try (Lab lab = lab(nio)) {
      InetSocketAddress to = lab.forward(draft.settings(), lab.deaf());
      connect(lab, to, CLIENTS);
      await().until(() -> lab.report().backends().getFirst().open() == CLIENTS);
      resetAll();
      lab.assertAtRest();
      assertThat(lab.count(End.CLIENT_LEFT)).isEqualTo(CLIENTS);
    }
  }

  /** A selector of the JDK tells of it while so much is read, and no more is kept than that. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aResetBehindMoreThanIsReadBeforeThereIsABackendIsNoticedAtOnceButWithTheJdk(boolean nio)
      throws Exception {
    try (Lab lab = lab(nio)) {
      if (nio) {
        draft.hurry(Duration.ofSeconds(4)); // in which all must have come
      }
      InetSocketAddress to = lab.forward(draft.settings(), lab.deaf());
      connect(lab, to, CLIENTS);
      for (Socket client : clients) {
        client.getOutputStream().write(SOME);
      }
      await().until(() -> lab.report().backends().getFirst().open() == CLIENTS);
      assertThat(lab.balancers.held()).isLessThan(CLIENTS * 128L * 1024);
      resetAll();
      lab.assertAtRest();
      assertThat(lab.count(nio ? End.NOT_REACHED : End.CLIENT_LEFT)).isEqualTo(CLIENTS);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aResetWhileOctetsGoBothWaysEndsBothSides(boolean nio) throws Exception {
    try (Lab lab = lab(nio)) {
      InetSocketAddress to = lab.forward(draft.settings(), lab.server(HostileClientsTest::echo));
      connect(lab, to, CLIENTS);
      for (Socket client : clients) {
        Thread.ofVirtual().start(() -> flood(client));
      }
      for (Socket client : clients) {
        assertThat(client.getInputStream().readNBytes(1000)).hasSize(1000);
      }
      resetAll();
      ended(lab, End.CLIENT_RESET, CLIENTS);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aResetAfterTheEndOfTheClientOrOfTheBackendEndsBothSides(boolean nio) throws Exception {
    try (Lab lab = lab(nio)) {
      if (nio) {
        draft.hurry(Duration.ofSeconds(4)); // in which all must have come
      }
      int port =
          lab.server(
              socket -> {
                if (socket.getInputStream().read() == 'e') {
                  socket.shutdownOutput();
                }
              });
      InetSocketAddress to = lab.forward(draft.settings(), port);
      connect(lab, to, CLIENTS);
      for (int i = 0; i < CLIENTS; i++) {
        Socket client = clients.get(i);
        if (i % 2 == 0) {
          client.getOutputStream().write('e');
          assertThat(client.getInputStream().read()).isEqualTo(-1);
        } else {
          client.getOutputStream().write('s');
          client.shutdownOutput();
        }
      }
      await().until(() -> lab.report().listeners().getFirst().fromClients() == CLIENTS);
      resetAll();
      lab.assertAtRest();
      // After the end a selector of the JDK tells of nothing: then the limit is what ends it.
      assertThat(lab.count(End.CLIENT_RESET)).isEqualTo(nio ? CLIENTS / 2 : CLIENTS);
      assertThat(lab.count(End.HALF_CLOSED)).isEqualTo(nio ? CLIENTS / 2 : 0);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whoSaysNothingBeforeTheHeaderRunsOutOfTime(boolean nio) throws Exception {
    try (Lab lab = lab(nio)) {
      proxied();
      draft.hurry(Duration.ofMillis(300));
      InetSocketAddress to = lab.forward(draft.settings(), lab.server(HostileClientsTest::echo));
      connect(lab, to, CLIENTS);
      ended(lab, End.FIRST, CLIENTS);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aSourceThatResetsHasItsPlaceBack(boolean nio) throws Exception {
    try (Lab lab = lab(nio)) {
      proxied();
      draft.limits = new Settings.Limits(100, Settings.Limits.NONE, 0, 1, OptionalInt.empty(), 1);
      InetSocketAddress to = lab.forward(draft.settings(), lab.server(HostileClientsTest::echo));
      for (int i = 0; i < 20; i++) {
        Socket client = lab.client(to);
        client.getOutputStream().write((HEADER + "x").getBytes(StandardCharsets.US_ASCII));
        assertThat(client.getInputStream().read()).isEqualTo('x');
        Lab.reset(client);
        lab.assertAtRest();
      }
      assertThat(lab.count(End.CLIENT_RESET)).isEqualTo(20);
    }
  }

  private void terminated() throws Exception {
    Secure.Identity own = new Pki(folder).issue("own", Pki.Key.PKCS_8_EC, "own.example");
    draft.tls =
        new Settings.Termination(List.of(own), false, Set.of("TLSv1.2", "TLSv1.3"), List.of());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aHandshakeThatIsCutOffOrGoesOnWithGarbageLeavesNothing(boolean nio) throws Exception {
    terminated();
    draft.hurry(Duration.ofSeconds(3));
    try (Lab lab = lab(nio)) {
      InetSocketAddress to = lab.forward(draft.settings(), lab.server(HostileClientsTest::echo));
      byte[] hello = Hellos.captured("openssl-tls13");
      byte[] garbage = new byte[1000];
      new Random(3).nextBytes(garbage);
      for (int i = 0; i < CLIENTS; i++) {
        Socket client = lab.client(to, 4096);
        OutputStream out = client.getOutputStream();
        switch (i % 5) {
          case 0 -> out.write(hello, 0, hello.length / 2);
          case 1 -> out.write(hello);
          case 2 -> {
            out.write(hello);
            assertThat(client.getInputStream().read()).isEqualTo(22);
            Lab.reset(client);
          }
          case 3 -> {
            out.write(hello);
            assertThat(client.getInputStream().read()).isEqualTo(22);
            out.write(garbage);
          }
          default -> {
            out.write(hello);
            client.shutdownOutput();
          }
        }
      }
      lab.assertAtRest();
      assertThat(lab.count(End.FIRST)).isEqualTo(2 * CLIENTS / 5);
      assertThat(lab.count(End.FIRST) + lab.count(End.CLIENT_LEFT) + lab.count(End.CLIENT_TLS))
          .isEqualTo(CLIENTS);
      assertThat(connections(lab)).isZero();
    }
  }
}

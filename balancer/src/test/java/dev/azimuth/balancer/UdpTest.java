package dev.azimuth.balancer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.azimuth.balancer.BalancerReport.BackendReport;
import dev.azimuth.balancer.BalancerReport.DatagramCounts;
import dev.azimuth.balancer.BalancerReport.ListenerReport;
import dev.azimuth.balancer.Settings.By;
import dev.azimuth.balancer.Settings.Limits;
import dev.azimuth.balancer.Settings.Pick;
import dev.azimuth.balancer.Settings.WhenDown;
import dev.azimuth.steering.Cidr;
import dev.azimuth.steering.Reason;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sessions over loopback. */
@Timeout(60)
class UdpTest {
  private static Lab lab(boolean nio) {
    return nio ? new Lab(null, 2) : new Lab(new NetSockets(), 2);
  }

  /** A balancer of UDP on any port of 127.0.0.1, without any limit that matters. */
  private static Settings settings() {
    return settings(draft -> {});
  }

  private static Settings settings(Consumer<Draft> change) {
    var draft = new Draft();
    draft.listen = List.of(listen("127.0.0.1", 0));
    change.accept(draft);
    return draft.settings();
  }

  private static Listen listen(String address, int port) {
    return new Listen(
        Listen.Protocol.UDP, new InetSocketAddress(InetAddress.ofLiteral(address), port));
  }

  private static Settings listening(String address) {
    return settings(draft -> draft.listen = List.of(listen(address, 0)));
  }

  private static Settings.Times times(Duration idle, Duration drain) {
    Settings.Times t = Lab.times();
    return new Settings.Times(
        t.connect(),
        t.queue(),
        t.first(),
        idle,
        t.halfClosed(),
        t.age(),
        drain,
        t.keepAlive(),
        t.user());
  }

  private static Limits sessions(int most) {
    return new Limits(most, Limits.NONE, 0, Limits.NONE, OptionalInt.empty(), 1);
  }

  private static DatagramSocket client() throws IOException {
    return client("127.0.0.1");
  }

  private static DatagramSocket client(String address) throws IOException {
    DatagramSocket socket = new DatagramSocket(new InetSocketAddress(address, 0));
    socket.setSoTimeout(10_000);
    return socket;
  }

  private static void send(DatagramSocket from, InetSocketAddress to, byte... octets)
      throws IOException {
    from.send(new DatagramPacket(octets, octets.length, to));
  }

  private static DatagramPacket receive(DatagramSocket at) throws IOException {
    DatagramPacket packet = new DatagramPacket(new byte[65_536], 65_536);
    at.receive(packet);
    return packet;
  }

  private static byte[] content(DatagramPacket packet) {
    return Arrays.copyOf(packet.getData(), packet.getLength());
  }

  private static byte[] ask(DatagramSocket client, InetSocketAddress at, byte... octets)
      throws IOException {
    send(client, at, octets);
    return content(receive(client));
  }

  private static void hearsNothing(DatagramSocket client) throws IOException {
    client.setSoTimeout(150);
    assertThatThrownBy(() -> receive(client)).isInstanceOf(SocketTimeoutException.class);
    client.setSoTimeout(10_000);
  }

  private static ListenerReport listener(Lab lab) {
    return lab.report().listeners().getFirst();
  }

  /** Gives back what comes, and remembers from whom. */
  private static final class Echo implements AutoCloseable {
    final DatagramSocket socket;
    final Set<Integer> ports = new HashSet<>();

    Echo() throws IOException {
      socket = client();
      socket.setSoTimeout(0);
      Thread.ofVirtual().start(this::run);
    }

    private void run() {
      try {
        while (true) {
          DatagramPacket packet = receive(socket);
          synchronized (ports) {
            ports.add(packet.getPort());
          }
          socket.send(packet);
        }
      } catch (IOException e) {
        // It is closed.
      }
    }

    int port() {
      return socket.getLocalPort();
    }

    int clients() {
      synchronized (ports) {
        return ports.size();
      }
    }

    @Override
    public void close() {
      socket.close();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void datagramsOfEveryLengthPassBothWaysUnaltered(boolean nio) throws Exception {
    try (Lab lab = lab(nio);
        Echo echo = new Echo();
        DatagramSocket client = client()) {
      InetSocketAddress at = lab.forward(settings(), echo.port());
      Random random = new Random(1);
      long octets = 0;
      int[] lengths = {1, 512, 1472, 1473, 9000, 40_000, 65_507};
      for (int length : lengths) {
        byte[] sent = new byte[length];
        random.nextBytes(sent);
        octets += length;
        assertThat(ask(client, at, sent)).isEqualTo(sent);
      }
      long all = octets;
      // The last one may be heard before it is counted.
      await()
          .untilAsserted(
              () -> {
                assertThat(listener(lab).datagrams())
                    .isEqualTo(new DatagramCounts(lengths.length, lengths.length, 0, 0));
                assertThat(listener(lab).fromClients()).isEqualTo(all);
                assertThat(listener(lab).toClients()).isEqualTo(all);
                assertThat(lab.report().backends().getFirst().toBackend()).isEqualTo(all);
              });
      assertThat(listener(lab).accepted()).isEqualTo(1);
      assertThat(listener(lab).open()).isEqualTo(1);
      BackendReport backend = lab.report().backends().getFirst();
      assertThat(backend.fromBackend()).isEqualTo(all);
      assertThat(backend.connections()).isEqualTo(1);
      assertThat(backend.open()).isEqualTo(1);
      assertThat(backend.firstOctet().count()).isEqualTo(1);
      assertThat(lab.faults).isEmpty();
    }
  }

  @Test
  void anEmptyDatagramIsADatagram() throws Exception {
    try (Lab lab = lab(false);
        Echo echo = new Echo();
        DatagramSocket client = client()) {
      assertThat(ask(client, lab.forward(settings(), echo.port()))).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aClientKeepsItsBackendAndIsOneClientThere(boolean nio) throws Exception {
    try (Lab lab = lab(nio);
        Echo one = new Echo();
        Echo other = new Echo();
        DatagramSocket first = client();
        DatagramSocket second = client()) {
      Settings settings = settings(draft -> draft.pick = Pick.by(By.ROTATE));
      InetSocketAddress at = lab.forward(settings, one.port(), other.port());
      for (byte i = 0; i < 50; i++) {
        assertThat(ask(first, at, i)).containsExactly(i);
        assertThat(ask(second, at, (byte) -i)).containsExactly(-i);
      }
      assertThat(one.clients()).isEqualTo(1);
      assertThat(other.clients()).isEqualTo(1);
      assertThat(listener(lab).accepted()).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void bothSidesMaySpeakAlone(boolean nio) throws Exception {
    try (Lab lab = lab(nio);
        DatagramSocket backend = client();
        DatagramSocket client = client()) {
      InetSocketAddress at = lab.forward(settings(), backend.getLocalPort());
      for (byte i = 0; i < 5; i++) {
        send(client, at, i);
        assertThat(content(receive(backend))).containsExactly(i);
      }
      send(client, at, (byte) 9);
      InetSocketAddress session = (InetSocketAddress) receive(backend).getSocketAddress();
      for (byte i = 0; i < 5; i++) {
        send(backend, session, i);
        DatagramPacket heard = receive(client);
        assertThat(content(heard)).containsExactly(i);
        assertThat(heard.getSocketAddress()).isEqualTo(at);
      }
      try (DatagramSocket stranger = client()) {
        send(stranger, session, (byte) 66); // a session hears its backend alone
      }
      hearsNothing(client);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0.0.0.0,127.0.0.1,false",
    "0.0.0.0,127.0.0.2,false",
    "::,::1,false",
    "0.0.0.0,127.0.0.1,true",
    "::,::1,true"
  })
  void aWildcardAnswersFromTheAddressThatWasAsked(String wildcard, String asked, boolean nio)
      throws Exception {
    try (Lab lab = lab(nio);
        Echo echo = new Echo();
        DatagramSocket client = client(asked.contains(":") ? "::1" : "127.0.0.1")) {
      int port = lab.forward(listening(wildcard), echo.port()).getPort();
      InetSocketAddress to = new InetSocketAddress(asked, port);
      send(client, to, (byte) 1);
      assertThat(receive(client).getSocketAddress()).isEqualTo(to);
    }
  }

  @Test
  void oneClientHasASessionForEachAddressThatItAsks() throws Exception {
    try (Lab lab = lab(false);
        Echo echo = new Echo();
        DatagramSocket client = client()) {
      int port = lab.forward(listening("0.0.0.0"), echo.port()).getPort();
      for (int round = 0; round < 3; round++) {
        for (String asked : List.of("127.0.0.1", "127.0.0.2")) {
          InetSocketAddress to = new InetSocketAddress(asked, port);
          send(client, to, (byte) 1);
          assertThat(receive(client).getSocketAddress()).isEqualTo(to);
        }
      }
      assertThat(listener(lab).open()).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aSessionEndsAfterTheIdleTimeAndIsLogged(boolean nio) throws Exception {
    try (Lab lab = lab(nio);
        Echo echo = new Echo();
        DatagramSocket client = client()) {
      Settings settings =
          settings(d -> d.times = times(Duration.ofSeconds(1), Duration.ofSeconds(30)));
      InetSocketAddress at = lab.forward(settings, echo.port());
      assertThat(ask(client, at, (byte) 1, (byte) 2)).hasSize(2);
      await().untilAsserted(() -> assertThat(lab.count(End.IDLE)).isEqualTo(1));
      assertThat(lab.openNow()).isZero();
      assertThat(lab.report().backends().getFirst().open()).isZero();
      ConnectionRecord logged = lab.ended.getFirst();
      assertThat(logged.client()).isEqualTo(client.getLocalSocketAddress());
      assertThat(logged.listener()).isEqualTo(at);
      assertThat(logged.backend()).isEqualTo("eu/" + echo.port());
      assertThat(logged.end()).isEqualTo(End.IDLE);
      assertThat(logged.fromClient()).isEqualTo(2);
      assertThat(logged.fromBackend()).isEqualTo(2);
      assertThat(logged.micros()).isGreaterThanOrEqualTo(1_000_000);
      assertThat(logged.firstOctetMicros()).isPositive();

      assertThat(ask(client, at, (byte) 3)).containsExactly(3);
      assertThat(listener(lab).accepted()).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theSessionIdleForLongestGivesItsPlaceToANewOne(boolean nio) throws Exception {
    try (Lab lab = lab(nio);
        Echo echo = new Echo();
        DatagramSocket one = client();
        DatagramSocket two = client();
        DatagramSocket three = client()) {
      InetSocketAddress at =
          lab.forward(settings(draft -> draft.limits = sessions(2)), echo.port());
      ask(one, at, (byte) 1);
      ask(two, at, (byte) 2);
      ask(one, at, (byte) 1); // so that the second is idle for longer
      ask(three, at, (byte) 3);
      await().untilAsserted(() -> assertThat(lab.count(End.EVICTED)).isEqualTo(1));
      assertThat(lab.ended.getFirst().client()).isEqualTo(two.getLocalSocketAddress());
      assertThat(lab.openNow()).isEqualTo(2);
      ask(one, at, (byte) 1);
      assertThat(listener(lab).accepted()).isEqualTo(3);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void clientsThatTakeEachOthersPlaceLoseNoDatagram(boolean nio) throws Exception {
    try (Lab lab = lab(nio);
        DatagramSocket backend = client();
        DatagramSocket one = client();
        DatagramSocket two = client()) {
      InetSocketAddress at =
          lab.forward(settings(draft -> draft.limits = sessions(1)), backend.getLocalPort());
      for (byte i = 0; i < 20; i++) {
        send(i % 2 == 0 ? one : two, at, i);
      }
      Set<Byte> heard = new HashSet<>();
      for (int i = 0; i < 20; i++) {
        heard.add(content(receive(backend))[0]);
      }
      assertThat(heard).hasSize(20);
      assertThat(lab.count(End.EVICTED)).isEqualTo(19);
      assertThat(lab.openNow()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aBackendWhosePortIsClosedFailsAndItsSessionEnds(boolean nio) throws Exception {
    try (Lab lab = lab(nio);
        DatagramSocket client = client()) {
      int gone;
      try (DatagramSocket closed = client()) {
        gone = closed.getLocalPort();
      }
      InetSocketAddress at = lab.forward(settings(), gone);
      send(client, at, (byte) 1);
      await().untilAsserted(() -> assertThat(lab.count(End.NOT_REACHED)).isEqualTo(1));
      BackendReport backend = lab.report().backends().getFirst();
      assertThat(backend.failures()).containsEntry(Failure.REFUSED, 1L);
      assertThat(backend.open()).isZero();
      assertThat(lab.openNow()).isZero();
      assertThat(lab.faults).isEmpty();

      try (Echo echo = new Echo()) {
        lab.supply(settings(), echo.port());
        assertThat(ask(client, at, (byte) 2)).containsExactly(2);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aBackendThatGoesAwayAfterItHasAnsweredIsOneThatBrokeOff(boolean nio) throws Exception {
    try (Lab lab = lab(nio);
        Echo echo = new Echo();
        DatagramSocket client = client()) {
      InetSocketAddress at = lab.forward(settings(), echo.port());
      ask(client, at, (byte) 1);
      echo.socket.close();
      await()
          .untilAsserted(
              () -> {
                send(client, at, (byte) 2);
                assertThat(lab.count(End.BACKEND_RESET)).isEqualTo(1);
              });
    }
  }

  @Test
  void backendsThatFailInARowAreReported() throws Exception {
    try (Lab lab = lab(false);
        DatagramSocket client = client()) {
      int gone;
      try (DatagramSocket closed = client()) {
        gone = closed.getLocalPort();
      }
      Settings settings =
          settings(
              draft ->
                  draft.passive =
                      new Settings.Passive(3, Duration.ofSeconds(10), Duration.ofMinutes(5), 0.5));
      InetSocketAddress at = lab.forward(settings, gone);
      for (int i = 1; i <= 3; i++) {
        long wanted = i;
        assertThat(lab.failing).isEmpty();
        send(client, at, (byte) 1);
        await().untilAsserted(() -> assertThat(lab.count(End.NOT_REACHED)).isEqualTo(wanted));
      }
      await().untilAsserted(() -> assertThat(lab.failing).containsExactly("web eu/" + gone));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void withNothingToForwardToDatagramsAreDroppedAndCounted(boolean nio) throws Exception {
    try (Lab lab = lab(nio);
        DatagramSocket client = client()) {
      InetSocketAddress at = lab.forward(settings());
      send(client, at, (byte) 1);
      send(client, at, (byte) 2);
      await().untilAsserted(() -> assertThat(listener(lab).datagrams().fromClients()).isEqualTo(2));
      assertThat(lab.count(End.NO_BACKEND)).isEqualTo(2);
      assertThat(lab.openNow()).isZero();
    }
  }

  @Test
  void aBackendTakesAsManySessionsAsItMay() throws Exception {
    try (Lab lab = lab(false);
        Echo echo = new Echo();
        DatagramSocket one = client();
        DatagramSocket two = client()) {
      Limits limits = new Limits(100, 1, 0, Limits.NONE, OptionalInt.empty(), 1);
      InetSocketAddress at = lab.forward(settings(draft -> draft.limits = limits), echo.port());
      ask(one, at, (byte) 1);
      send(two, at, (byte) 2);
      await().untilAsserted(() -> assertThat(lab.count(End.QUEUE_FULL)).isEqualTo(1));
      assertThat(ask(one, at, (byte) 3)).containsExactly(3);
    }
  }

  @Test
  void whoIsNotAllowedOrHasTooManySessionsIsDroppedAndCounted() throws Exception {
    try (Lab lab = lab(false);
        Echo echo = new Echo();
        DatagramSocket one = client();
        DatagramSocket two = client();
        DatagramSocket barred = client("127.0.0.3")) {
      Settings settings =
          settings(
              draft -> {
                draft.access =
                    new Settings.Access(
                        List.of(new Cidr(true, 0, 0x7f000000L, 8)),
                        List.of(new Cidr(true, 0, 0x7f000003L, 32)),
                        List.of());
                draft.limits = new Limits(100, Limits.NONE, 0, 1, OptionalInt.empty(), 1);
                draft.times = times(Duration.ofSeconds(2), Duration.ofSeconds(30));
              });
      InetSocketAddress at = lab.forward(settings, echo.port());
      send(barred, at, (byte) 1);
      await().untilAsserted(() -> assertThat(lab.count(End.NOT_ALLOWED)).isEqualTo(1));
      ask(one, at, (byte) 2);
      send(two, at, (byte) 3);
      await().untilAsserted(() -> assertThat(lab.count(End.PER_SOURCE)).isEqualTo(1));
      await().untilAsserted(() -> assertThat(lab.openNow()).isZero());
      assertThat(ask(two, at, (byte) 4)).containsExactly(4); // its place is free again
    }
  }

  @Test
  void stickyClientsMeetTheSameBackendInEverySession() throws Exception {
    try (Lab lab = lab(false);
        Echo one = new Echo();
        Echo two = new Echo();
        Echo three = new Echo()) {
      Settings settings = settings(draft -> draft.pick = Pick.by(By.STICKY));
      InetSocketAddress at = lab.forward(settings, one.port(), two.port(), three.port());
      for (int i = 0; i < 20; i++) {
        try (DatagramSocket client = client()) {
          ask(client, at, (byte) i);
        }
      }
      assertThat(List.of(one.clients(), two.clients(), three.clients()))
          .containsExactlyInAnyOrder(0, 0, 20);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aDrainedBalancerServesOldSessionsForAWhileAndNoNewOnes(boolean nio) throws Exception {
    try (Lab lab = lab(nio);
        Echo echo = new Echo();
        DatagramSocket old = client();
        DatagramSocket late = client()) {
      InetSocketAddress at = lab.forward(settings(), echo.port());
      ask(old, at, (byte) 1);
      lab.balancers.drain("web", true);
      assertThat(ask(old, at, (byte) 2)).containsExactly(2);
      send(late, at, (byte) 3);
      await().untilAsserted(() -> assertThat(lab.count(End.DRAINED)).isOne());
      assertThat(lab.openNow()).isOne();
      hearsNothing(late);

      lab.balancers.drain("web", false);
      lab.supply(settings(d -> d.times = times(d.times.idle(), Duration.ZERO)), echo.port());
      lab.balancers.drain("web", true);
      await().untilAsserted(() -> assertThat(lab.count(End.DRAINED)).isEqualTo(2));
      assertThat(lab.openNow()).isZero();
      lab.balancers.drain("web", false);
      assertThat(ask(late, at, (byte) 4)).containsExactly(4);
    }
  }

  @Test
  void aBackendThatLeavesTheSupplyKeepsItsSessionsAndOneThatIsDownNeedNot() throws Exception {
    try (Lab lab = lab(false);
        Echo old = new Echo();
        Echo next = new Echo();
        DatagramSocket client = client()) {
      Settings settings = settings(draft -> draft.whenDown = WhenDown.CLOSE);
      InetSocketAddress at = lab.forward(settings, old.port());
      ask(client, at, (byte) 1);
      lab.supply(settings, next.port());
      ask(client, at, (byte) 2);
      assertThat(next.clients()).isZero();

      Supply.Candidate there =
          new Supply.Candidate(
              "eu/" + next.port(), List.of(new InetSocketAddress(Lab.LOOPBACK, next.port())), 1);
      lab.balancers.put(
          List.of(
              new Setup(
                  settings,
                  List.of(new Supply(Reason.RULE, false, List.of(there), null)),
                  new Departing(Set.of("eu/" + old.port()), Set.of()))));
      await().untilAsserted(() -> assertThat(lab.count(End.BACKEND_DOWN)).isEqualTo(1));
      ask(client, at, (byte) 3);
      assertThat(next.clients()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aListenerThatIsTakenOutServesItsSessionsOnAndIsThereAgainWhenPutBack(boolean nio)
      throws Exception {
    try (Lab lab = lab(nio);
        Echo echo = new Echo();
        DatagramSocket old = client();
        DatagramSocket late = client()) {
      int port;
      try (DatagramSocket free = client()) {
        port = free.getLocalPort();
      }
      Settings settings = settings(draft -> draft.listen = List.of(listen("127.0.0.1", port)));
      InetSocketAddress at = lab.forward(settings, echo.port());
      ask(old, at, (byte) 1);
      lab.balancers.put(List.of());
      assertThat(ask(old, at, (byte) 2)).containsExactly(2);
      send(late, at, (byte) 3);
      hearsNothing(late);
      lab.balancers.prepare(List.of(settings));
      lab.balancers.discard(); // something else of that file was wrong
      assertThat(ask(old, at, (byte) 2)).containsExactly(2);
      assertThat(lab.balancers.open()).isEqualTo(1);
      lab.forward(settings, echo.port());
      assertThat(ask(late, at, (byte) 4)).containsExactly(4);
      assertThat(lab.balancers.open()).isEqualTo(2);

      lab.balancers.put(List.of());
      lab.balancers.close();
      try (DatagramSocket free = new DatagramSocket(at)) {
        assertThat(free.getLocalPort()).isEqualTo(port);
      }
    }
  }

  @Test
  void anotherProcessGetsWhatClientsSendWhileBackendsMayStillAnswer() throws Exception {
    InetSocketAddress at;
    try (var shared = new SharedUdp();
        Lab before = new Lab(shared, 1);
        Lab after = new Lab(shared, 1);
        DatagramSocket backend = client();
        DatagramSocket client = client()) {
      at = before.forward(settings(), backend.getLocalPort());
      after.forward(settings(), backend.getLocalPort());
      before.balancers.retire(true);
      send(client, at, (byte) 1);
      InetSocketAddress session = (InetSocketAddress) receive(backend).getSocketAddress();
      assertThat(before.report().listeners().getFirst().accepted()).isZero();
      assertThat(after.openNow()).isEqualTo(1);
      send(backend, session, (byte) 2);
      assertThat(content(receive(client))).containsExactly(2);
    }
  }

  @Test
  void manyClientsAtOnceMeetTheirOwnAnswersOnly() throws Exception {
    try (Lab lab = lab(false);
        Echo one = new Echo();
        Echo two = new Echo()) {
      InetSocketAddress at = lab.forward(settings(), one.port(), two.port());
      List<DatagramSocket> clients = new ArrayList<>();
      for (int i = 0; i < 300; i++) {
        clients.add(client());
      }
      for (int round = 0; round < 3; round++) {
        for (int i = 0; i < clients.size(); i++) {
          send(clients.get(i), at, (byte) i, (byte) (i >> 8), (byte) round);
          if (i % 20 == 19) {
            for (int j = i - 19; j <= i; j++) {
              assertThat(content(receive(clients.get(j)))).containsExactly(j, j >> 8, round);
            }
          }
        }
      }
      assertThat(lab.openNow()).isEqualTo(300);
      // The last one may be heard before it is counted.
      await()
          .untilAsserted(
              () ->
                  assertThat(listener(lab).datagrams())
                      .isEqualTo(new DatagramCounts(900, 900, 0, 0)));
      clients.forEach(DatagramSocket::close);
      assertThat(lab.faults).isEmpty();
    }
  }

  @Test
  void aDatagramOfASessionAllocatesNothing() throws Exception {
    try (Lab lab = new Lab(new NetSockets(), 1);
        DatagramSocket backend = client();
        DatagramSocket client = client()) {
      InetSocketAddress at = lab.forward(settings(), backend.getLocalPort());
      long least = Long.MAX_VALUE;
      for (int round = 0; round < 400 && least >= 1_000; round++) {
        long before = allocatedByLoops();
        for (int i = 0; i < 1_000; i++) {
          send(client, at, (byte) i);
          DatagramPacket there = receive(backend);
          backend.send(there);
          receive(client);
        }
        least = Math.min(least, allocatedByLoops() - before);
      }
      // The loop's own clock ticks meanwhile, a few times.
      assertThat(least).as("octets for 1,000 datagrams each way").isLessThan(1_000);
      assertThat(lab.openNow()).isEqualTo(1);
    }
  }

  private static long allocatedByLoops() {
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("azimuth-balancer"))
        .mapToLong(thread -> threads.getThreadAllocatedBytes(thread.threadId()))
        .sum();
  }

  /** Else a socket that is opened in that round could get its number, and what is told of it. */
  @Test
  void aSocketIsClosedAfterTheRoundInWhichItsSessionEnds() throws Exception {
    var watched = new WatchedSockets();
    try (Lab lab = new Lab(watched, 1);
        DatagramSocket client = client()) {
      DatagramSocket gone = client();
      Settings settings = settings(draft -> draft.limits = sessions(1));
      InetSocketAddress at = lab.forward(settings, gone.getLocalPort());
      for (int i = 0; i < 3; i++) {
        try (DatagramSocket other = client()) {
          send(other, at, (byte) i); // takes the place of the one before
        }
      }
      gone.close();
      send(client, at, (byte) 1); // ended by ICMP
      await().until(() -> watched.closed.size() == 4);
      assertThat(watched.closed).containsOnly(false);
    }
  }

  /** Sockets that remember whether they were closed while the loop was handling events. */
  private static final class WatchedSockets implements Sockets {
    final List<Boolean> closed = new CopyOnWriteArrayList<>();
    private final NetSockets sockets = new NetSockets();

    @Override
    public Port open(Listen listen) throws IOException {
      return sockets.open(listen);
    }

    @Override
    public Datagrams.Bound bind(Listen listen) throws IOException {
      return sockets.bind(listen);
    }

    @Override
    public Datagrams datagrams() {
      return new NetDatagrams() {
        @Override
        public Socket connect(InetSocketAddress to, @Nullable InetAddress from) throws IOException {
          NetSocket made = (NetSocket) super.connect(to, from);
          return new NetSocket(made.socket()) {
            @Override
            public void close() {
              closed.add(inARound());
              super.close();
            }
          };
        }
      };
    }

    @Override
    public Pipe pipe() throws IOException {
      return sockets.pipe();
    }

    private static boolean inARound() {
      return StackWalker.getInstance()
          .walk(frames -> frames.anyMatch(frame -> frame.getMethodName().equals("handle")));
    }
  }
}

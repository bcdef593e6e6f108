package dev.azimuth.balancer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.azimuth.balancer.Settings.WhenDown;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Connections whose backend, listener or balancer is taken away. How long exactly they have is the
 * matter of {@link DepartingTest}: here it is either more than a test takes, or nothing.
 */
class LeavingTest {
  private final Draft draft = new Draft();

  private void drainAtOnce() {
    draft.bound(draft.times.queue(), draft.times.age(), Duration.ZERO);
  }

  private static Lab lab(boolean nio) {
    return nio ? new Lab(null, 2) : new Lab(new NetSockets(), 2);
  }

  /** A server that says its number for each octet. */
  private static int server(Lab lab, int number) throws IOException {
    return lab.server(
        socket -> {
          while (socket.getInputStream().read() >= 0) {
            socket.getOutputStream().write(number);
          }
          socket.close();
        });
  }

  private static int ask(Socket client) throws IOException {
    client.getOutputStream().write(1);
    return client.getInputStream().read();
  }

  /** A new client of whom this server has heard. */
  private static Socket client(Lab lab, InetSocketAddress at, int server) throws IOException {
    Socket client = lab.client(at);
    assertThat(ask(client)).isEqualTo(server);
    return client;
  }

  private static Setup setup(Settings settings, Departing departing, int... ports) {
    return new Setup(settings, List.of(Lab.to(ports)), departing);
  }

  private static void assertEnds(Socket client) throws IOException {
    assertThat(client.getInputStream().read()).isEqualTo(-1);
  }

  /** The JDK closes a socket only when the loop looks again. */
  private static void assertNobodyListens(Lab lab, int port) {
    await()
        .untilAsserted(
            () ->
                assertThatThrownBy(() -> lab.client(at(port)))
                    .isInstanceOf(ConnectException.class));
  }

  /** Long enough for a loop to look at what has to end. */
  private static void assertStaysFor(Socket client, int server) {
    await()
        .during(Duration.ofMillis(250))
        .untilAsserted(() -> assertThat(ask(client)).as("it has its time").isEqualTo(server));
  }

  private static void assertDrained(Lab lab, int howMany) {
    await().until(() -> lab.ended.size() == howMany);
    assertThat(lab.ended).extracting(ConnectionRecord::end).containsOnly(End.DRAINED);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aDrainedBackendLosesItsConnectionsInTimeAndNoOtherDoes(boolean nio) throws Exception {
    try (Lab lab = lab(nio)) {
      int one = server(lab, 1);
      int two = server(lab, 2);
      InetSocketAddress at = lab.forward(draft.settings(), one);
      Socket old = client(lab, at, 1);
      Departing departing = new Departing(Set.of(), Set.of("eu/" + one));
      lab.balancers.put(List.of(setup(draft.settings(), departing, two)));
      Socket next = client(lab, at, 2);
      assertStaysFor(old, 1);

      drainAtOnce();
      lab.supply(draft.settings(), two);
      lab.balancers.put(List.of(setup(draft.settings(), departing, two)));
      assertEnds(old);
      assertDrained(lab, 1);
      assertThat(lab.count(End.DRAINED)).isOne();
      assertThat(ask(next)).isEqualTo(2);
      assertThat(lab.openNow()).isOne();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aBackendThatIsDownLosesThemAtOnceWhereThatIsAskedFor(boolean nio) throws Exception {
    draft.whenDown = WhenDown.CLOSE;
    try (Lab lab = lab(nio)) {
      int one = server(lab, 1);
      int two = server(lab, 2);
      InetSocketAddress at = lab.forward(draft.settings(), one);
      Socket old = client(lab, at, 1);
      lab.supply(draft.settings(), two);
      Socket next = client(lab, at, 2);
      assertThat(ask(old)).as("it has left the supply, no more").isOne();
      lab.balancers.put(
          List.of(setup(draft.settings(), new Departing(Set.of("eu/" + one), Set.of()), two)));
      assertEnds(old);
      await().until(() -> lab.count(End.BACKEND_DOWN) == 1);
      assertThat(ask(next)).isEqualTo(2);
      assertThat(lab.openNow()).isOne();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whoIsStillBeingConnectedGoesToAnotherBackendAndNobodyIsBlamed(boolean nio) throws Exception {
    drainAtOnce();
    try (Lab lab = lab(nio)) {
      int deaf = lab.deaf();
      int two = server(lab, 2);
      InetSocketAddress at = lab.forward(draft.settings(), deaf);
      try (Socket client = lab.client(at)) {
        await().until(() -> lab.report().backends().getFirst().open() == 1);
        lab.balancers.put(
            List.of(setup(draft.settings(), new Departing(Set.of(), Set.of("eu/" + deaf)), two)));
        assertThat(ask(client)).isEqualTo(2);
        assertThat(lab.report().listeners().getFirst().retries()).isOne();
        assertThat(lab.report().backends())
            .allSatisfy(each -> assertThat(each.failures().values()).containsOnly(0L));
      }
      lab.assertAtRest();
    }
  }

  private static int free() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, Lab.LOOPBACK)) {
      return socket.getLocalPort();
    }
  }

  private static List<Listen> listen(int... ports) {
    return Arrays.stream(ports)
        .mapToObj(
            port -> new Listen(Listen.Protocol.TCP, new InetSocketAddress(Lab.LOOPBACK, port)))
        .toList();
  }

  private static InetSocketAddress at(int port) {
    return new InetSocketAddress(Lab.LOOPBACK, port);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aListenerThatIsTakenOutLetsNobodyInAndItsConnectionsHaveTheirTime(boolean nio)
      throws Exception {
    int gone = free();
    int stays = free();
    try (Lab lab = lab(nio)) {
      int one = server(lab, 1);
      draft.listen = listen(gone, stays);
      lab.forward(draft.settings(), one);
      Socket old = client(lab, at(gone), 1);
      Socket other = client(lab, at(stays), 1);
      draft.listen = listen(stays);
      lab.forward(draft.settings(), one);
      assertNobodyListens(lab, gone);
      assertStaysFor(old, 1);
      assertThat(lab.balancers.open()).isEqualTo(2);
      assertThat(lab.openNow()).as("of those listened on").isOne();

      drainAtOnce();
      draft.listen = listen(stays, gone);
      lab.forward(draft.settings(), one);
      Socket next = client(lab, at(gone), 1);
      draft.listen = listen(stays);
      lab.forward(draft.settings(), one);
      assertEnds(next);
      assertDrained(lab, 1);
      assertThat(ask(old)).as("it keeps the time that it was given").isOne();
      assertThat(ask(other)).as("all along").isOne();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aBalancerThatIsTakenOutLetsNobodyInAndItsConnectionsHaveTheirTime(boolean nio)
      throws Exception {
    int port = free();
    try (Lab lab = lab(nio)) {
      draft.listen = listen(port);
      lab.forward(draft.settings(), server(lab, 1));
      Socket old = client(lab, at(port), 1);
      lab.balancers.prepare(List.of());
      lab.balancers.put(List.of());
      assertThat(lab.balancers.reports()).isEmpty();
      assertNobodyListens(lab, port);
      assertStaysFor(old, 1);
      assertThat(lab.balancers.open()).isOne();
      old.close();
      await().until(() -> lab.balancers.open() == 0);

      drainAtOnce();
      lab.forward(draft.settings(), server(lab, 2));
      Socket next = client(lab, at(port), 2);
      lab.balancers.prepare(List.of());
      lab.balancers.put(List.of());
      assertEnds(next);
      await().until(() -> lab.balancers.open() == 0);
      assertThat(lab.ended).extracting(ConnectionRecord::end).contains(End.DRAINED);
    }
  }

  /** The socket stays open all the while: who waits in the kernel is let in by the next one. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aListenerThatPassesToAnotherBalancerGivesItsNewConnectionsToThatOnly(boolean nio)
      throws Exception {
    int moved = free();
    int kept = free();
    drainAtOnce();
    try (Lab lab = lab(nio)) {
      int one = server(lab, 1);
      int two = server(lab, 2);
      draft.listen = listen(moved, kept);
      lab.forward(draft.settings(), one);
      Socket old = client(lab, at(moved), 1);
      draft.listen = listen(kept);
      Settings web = draft.settings();
      draft.listen = listen(moved);
      draft.name = "other";
      Settings other = draft.settings();
      lab.balancers.prepare(List.of(web, other));
      lab.balancers.put(
          List.of(setup(web, Departing.NONE, one), setup(other, Departing.NONE, two)));
      client(lab, at(moved), 2);
      assertThat(ask(old)).as("what is established stays with its backend").isOne();
      client(lab, at(kept), 1).close();
      assertThat(report(lab, "other").listeners().getFirst().accepted())
          .as("a listener's counts go with it")
          .isEqualTo(2);
      assertStaysFor(old, 1);
      assertThat(lab.balancers.open()).isEqualTo(2);
    }
  }

  /** Nobody tells them anything later. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void connectionsFromBeforeARenameHaveTheTimeThatTheirBalancerGaveThem(boolean nio)
      throws Exception {
    int port = free();
    try (Lab lab = lab(nio)) {
      draft.listen = listen(port);
      lab.forward(draft.settings(), server(lab, 1));
      Socket old = client(lab, at(port), 1);
      draft.name = "renamed";
      drainAtOnce();
      lab.forward(draft.settings(), server(lab, 2));
      Socket next = client(lab, at(port), 2);
      assertStaysFor(old, 1);
      draft.name = "again";
      lab.forward(draft.settings(), server(lab, 3));
      client(lab, at(port), 3);
      assertEnds(next);
      assertDrained(lab, 1);
      assertThat(ask(old)).isOne();
    }
  }

  private static BalancerReport report(Lab lab, String name) {
    return lab.balancers.reports().stream()
        .filter(each -> each.name().equals(name))
        .findAny()
        .orElseThrow();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatCannotBeListenedOnChangesNothing(boolean nio) throws Exception {
    int port = free();
    try (Lab lab = lab(nio);
        ServerSocket taken = new ServerSocket(0, 1, Lab.LOOPBACK)) {
      draft.listen = listen(port);
      lab.forward(draft.settings(), server(lab, 1));
      Socket old = client(lab, at(port), 1);
      draft.listen = listen(free(), taken.getLocalPort());
      assertThatThrownBy(() -> lab.balancers.prepare(List.of(draft.settings())))
          .isInstanceOf(IOException.class);
      assertThat(ask(old)).isOne();
      client(lab, at(port), 1).close();
      int opened = draft.listen.getFirst().at().getPort();
      assertNobodyListens(lab, opened);
    }
  }
}

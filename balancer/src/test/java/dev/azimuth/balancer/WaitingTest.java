package dev.azimuth.balancer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.azimuth.steering.Reason;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who waits, for what, and where he comes then. */
class WaitingTest {
  private final Lab lab = new Lab();
  private final Draft draft = new Draft();

  @AfterEach
  void close() throws IOException {
    lab.close();
    assertThat(lab.faults).isEmpty();
  }

  /** Says a letter at once and then whatever it hears. */
  private int saying(Lab where, char letter) throws IOException {
    return where.server(
        socket -> {
          try (socket) {
            socket.getOutputStream().write(letter);
            socket.getInputStream().transferTo(socket.getOutputStream());
          }
        });
  }

  private int saying(char letter) throws IOException {
    return saying(lab, letter);
  }

  private static Settings.Limits places(int connections, int perBackend) {
    return new Settings.Limits(
        connections, perBackend, 100, Settings.Limits.NONE, OptionalInt.empty(), 1);
  }

  private static int nobody() throws IOException {
    try (ServerSocket server = new ServerSocket(0, 1, Lab.LOOPBACK)) {
      return server.getLocalPort();
    }
  }

  private static Settings.Match server(String name) {
    return new Settings.Match(List.of(name), List.of());
  }

  private void awaitQueued(int many) {
    await().untilAsserted(() -> assertThat(lab.report().waiting()).isEqualTo(many));
  }

  @Test
  void whoWaitsComesWhereItsRouteLeadsWhenThereIsAPlace() throws Exception {
    int one = saying('1');
    int other = saying('2');
    int rest = saying('r');
    draft.limits = places(100, 1);
    draft.matches = List.of(server("one.example.com"), server("other.example.com"));
    InetSocketAddress at = lab.route(draft.settings(), rest, one, other);
    byte[] hello = Hellos.jdk("one.example.com", List.of());
    Socket first = lab.client(at);
    Socket second = lab.client(at);
    Socket third = lab.client(at);
    first.getOutputStream().write(hello);
    assertThat(first.getInputStream().read()).isEqualTo('1');
    second.getOutputStream().write(hello);
    awaitQueued(1);
    third.getOutputStream().write(hello, 0, hello.length / 2);

    draft.matches = List.of(server("other.example.com"), server("one.example.com"));
    lab.balancers.put(
        List.of(
            new Setup(
                draft.settings(),
                List.of(Lab.to(rest), Lab.to(other), Lab.to(one)),
                Departing.NONE)));
    third.getOutputStream().write(hello, hello.length / 2, hello.length - hello.length / 2);
    awaitQueued(2);
    first.close();
    assertThat(second.getInputStream().read()).isEqualTo('1');
    second.close();
    assertThat(third.getInputStream().read()).isEqualTo('1');
    third.close();
    lab.assertAtRest();
  }

  @Test
  void whoseRouteIsGoneComesWhereThoseWithoutOneDo() throws Exception {
    int own = saying('1');
    int rest = saying('r');
    draft.matches = List.of(server("one.example.com"));
    InetSocketAddress at = lab.route(draft.settings(), rest, own);
    byte[] hello = Hellos.jdk("one.example.com", List.of());
    try (Socket client = lab.client(at)) {
      client.getOutputStream().write(hello, 0, hello.length / 2);
      await().untilAsserted(() -> assertThat(lab.openNow()).isOne());
      draft.matches = List.of();
      lab.supply(draft.settings(), rest);
      client.getOutputStream().write(hello, hello.length / 2, hello.length - hello.length / 2);
      assertThat(client.getInputStream().read()).isEqualTo('r');
    }
    lab.assertAtRest();
  }

  @Test
  void whoFailsToReachOneWaitsForAPlaceAtAnother() throws Exception {
    draft.limits = places(100, 1);
    InetSocketAddress at = lab.forward(draft.settings(), nobody(), saying('a'));
    Socket holding = lab.client(at);
    assertThat(holding.getInputStream().read()).isEqualTo('a');
    List<Socket> waiting = List.of(lab.client(at), lab.client(at), lab.client(at));
    awaitQueued(3);
    Socket before = holding;
    Set<Socket> served = new HashSet<>();
    while (served.size() < 3) {
      before.close();
      before = next(waiting, served);
      assertThat(before.getInputStream().read()).isEqualTo('a');
      served.add(before);
    }
    before.close();
    lab.assertAtRest();
    assertThat(lab.count(End.NOT_REACHED)).isZero();
    assertThat(lab.count(End.DONE)).isEqualTo(4);
  }

  /** The one of these that is served next. */
  private static Socket next(List<Socket> waiting, Set<Socket> served) {
    return await()
        .until(
            () ->
                waiting.stream().filter(each -> !served.contains(each) && hears(each)).findFirst(),
            Optional::isPresent)
        .orElseThrow();
  }

  private static boolean hears(Socket client) {
    try {
      return client.getInputStream().available() > 0;
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void anotherAddressOfABackendIsTriedWhereOneCannotBeReached() throws Exception {
    int there = saying('a');
    Supply.Candidate dual =
        new Supply.Candidate(
            "eu/a",
            List.of(
                new InetSocketAddress(Lab.LOOPBACK, nobody()),
                new InetSocketAddress(Lab.LOOPBACK, there)),
            1);
    Settings settings = draft.settings();
    lab.balancers.prepare(List.of(settings));
    Supply supply = new Supply(Reason.RULE, false, List.of(dual), null);
    lab.balancers.put(List.of(new Setup(settings, List.of(supply), Departing.NONE)));
    InetSocketAddress at = lab.report().listeners().getFirst().at();
    for (int i = 0; i < 10; i++) {
      assertThat(heard(lab, at)).isEqualTo('a');
    }
    lab.assertAtRest();
    assertThat(lab.count(End.DONE)).isEqualTo(10);
    assertThat(lab.report().listeners().getFirst().retries()).isEqualTo(5);
  }

  @Test
  void aSourceThatSticksKeepsItsAddressOfABackend() throws Exception {
    draft.pick = new Settings.Pick(Settings.By.STICKY, 0, 32, 128);
    int one = saying('a');
    int other = saying('b');
    Supply.Candidate dual =
        new Supply.Candidate(
            "eu/a",
            List.of(
                new InetSocketAddress(Lab.LOOPBACK, one),
                new InetSocketAddress(Lab.LOOPBACK, other)),
            1);
    Settings settings = draft.settings();
    lab.balancers.prepare(List.of(settings));
    Supply supply = new Supply(Reason.RULE, false, List.of(dual), null);
    lab.balancers.put(List.of(new Setup(settings, List.of(supply), Departing.NONE)));
    InetSocketAddress at = lab.report().listeners().getFirst().at();
    Set<Integer> all = new HashSet<>();
    for (int source = 2; source < 34; source++) {
      Set<Integer> heard = new HashSet<>();
      for (int i = 0; i < 3; i++) {
        try (Socket client = new Socket()) {
          byte[] from = {127, 0, 0, (byte) source};
          client.bind(new InetSocketAddress(InetAddress.getByAddress(from), 0));
          client.setSoTimeout(10_000);
          client.connect(at, 5_000);
          heard.add(client.getInputStream().read());
        }
      }
      assertThat(heard).hasSize(1);
      all.addAll(heard);
    }
    assertThat(all).as("sources are spread over its addresses").containsExactlyInAnyOrder(97, 98);
  }

  private static int heard(Lab where, InetSocketAddress at) throws IOException {
    try (Socket client = where.client(at)) {
      return client.getInputStream().read();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aPlaceIsGivenToOneOfThoseThatWait(boolean nio) throws Exception {
    draft.limits = places(2, Settings.Limits.NONE);
    try (Lab here = nio ? new Lab(null, 2) : new Lab()) {
      InetSocketAddress at = here.forward(draft.settings(), saying(here, 'a'));
      List<Socket> clients = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        clients.add(here.client(at));
      }
      Set<Socket> served = new HashSet<>();
      for (int i = 0; i < 6; i++) {
        Socket next = next(clients, served);
        assertThat(next.getInputStream().read()).isEqualTo('a');
        served.add(next);
        assertThat(here.report().listeners().getFirst().accepted()).isLessThanOrEqualTo(i + 2);
        next.close();
      }
      here.assertAtRest();
      assertThat(here.count(End.DONE)).isEqualTo(6);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aPlaceThatIsFreeAgainIsGivenAtOnce(boolean nio) throws Exception {
    draft.limits = places(2, Settings.Limits.NONE);
    try (Lab here = nio ? new Lab(null, 2) : new Lab();
        ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      InetSocketAddress at = here.forward(draft.settings(), saying(here, 'a'));
      long begun = System.nanoTime();
      List<Future<Integer>> all = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        all.add(clients.submit(() -> heard(here, at)));
      }
      for (Future<Integer> each : all) {
        assertThat(each.get()).isEqualTo('a');
      }
      // Two for each tenth of a second, as ticks come, would take ten.
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(5));
      here.assertAtRest();
      assertThat(here.count(End.DONE)).isEqualTo(200);
    }
  }
}

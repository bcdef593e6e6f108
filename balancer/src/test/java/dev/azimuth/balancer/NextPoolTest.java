package dev.azimuth.balancer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.azimuth.steering.Reason;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Where connections go when nobody of the pool that serves can be reached. */
class NextPoolTest {
  private final Lab lab = new Lab();
  private final Draft draft = new Draft();

  @AfterEach
  void close() throws IOException {
    lab.close();
    assertThat(lab.faults).isEmpty();
  }

  private static Supply pool(String name, boolean elsewhere, @Nullable Supply next, int... ports) {
    List<Supply.Candidate> candidates = new ArrayList<>();
    for (int port : ports) {
      candidates.add(
          new Supply.Candidate(
              name + "/" + port, List.of(new InetSocketAddress(Lab.LOOPBACK, port)), 1));
    }
    return new Supply(Reason.RULE, elsewhere, candidates, next);
  }

  private InetSocketAddress forward(Supply supply) throws IOException {
    Settings settings = draft.settings();
    lab.balancers.prepare(List.of(settings));
    lab.balancers.put(List.of(new Setup(settings, List.of(supply), Departing.NONE)));
    return lab.report().listeners().getFirst().at();
  }

  /** A port at which nobody listens. */
  private static int nobody() throws IOException {
    try (ServerSocket server = new ServerSocket(0, 1, Lab.LOOPBACK)) {
      return server.getLocalPort();
    }
  }

  private int saying(int what) throws IOException {
    return lab.server(
        socket -> {
          int _ = socket.getInputStream().read();
          socket.getOutputStream().write(what);
          socket.close();
        });
  }

  private int heard(InetSocketAddress at) throws IOException {
    try (Socket client = lab.client(at)) {
      client.getOutputStream().write(1);
      return client.getInputStream().read();
    }
  }

  private BalancerReport.ListenerReport listener() {
    return lab.report().listeners().getFirst();
  }

  @Test
  void whoReachesNobodyIsRescuedByTheNextPoolThatHasSomebody() throws IOException {
    Supply third = pool("ap", true, null, saying('c'));
    Supply second = pool("us", true, third, nobody());
    InetSocketAddress at = forward(pool("eu", false, second, nobody()));

    assertThat(heard(at)).isEqualTo('c');
    lab.assertAtRest();
    assertThat(lab.count(End.DONE)).isEqualTo(1);
    assertThat(listener().retries()).isEqualTo(2);
    assertThat(listener().rescued()).isEqualTo(1);
    assertThat(lab.report().backends().stream().mapToLong(each -> failures(each)).sum())
        .isEqualTo(2);
  }

  private static long failures(BalancerReport.BackendReport backend) {
    return backend.failures().getOrDefault(Failure.REFUSED, 0L);
  }

  @Test
  void allOfThePoolThatServesAreTriedFirst() throws IOException {
    Supply next = pool("us", true, null, saying('b'));
    InetSocketAddress at = forward(pool("eu", false, next, nobody(), saying('a')));

    for (int i = 0; i < 20; i++) {
      assertThat(heard(at)).isEqualTo('a');
    }
    lab.assertAtRest();
    assertThat(listener().rescued()).isZero();
  }

  @Test
  void anotherPoolOfTheSameSiteRescuesNobody() throws IOException {
    Supply next = pool("behind", false, null, saying('b'));
    InetSocketAddress at = forward(pool("eu", false, next, nobody()));

    assertThat(heard(at)).isEqualTo('b');
    lab.assertAtRest();
    assertThat(listener().retries()).isEqualTo(1);
    assertThat(listener().rescued()).isZero();
  }

  @Test
  void noMoreAreTriedThanTriesSays() throws IOException {
    draft.tries = 2;
    Supply next = pool("us", true, null, saying('b'));
    InetSocketAddress at = forward(pool("eu", false, next, nobody(), nobody()));

    assertThat(lab.client(at)).satisfies(client -> assertThat(brokenOff(client)).isTrue());
    lab.assertAtRest();
    assertThat(lab.count(End.NOT_REACHED)).isEqualTo(1);
    assertThat(listener().retries()).isEqualTo(1);
    assertThat(listener().rescued()).isZero();
  }

  private static boolean brokenOff(Socket client) {
    try {
      return client.getInputStream().read() < 0;
    } catch (IOException e) {
      return true;
    }
  }

  @Test
  void nothingIsTriedAgainOnceABackendIsReached() throws IOException {
    Supply next = pool("us", true, null, saying('b'));
    int breaks =
        lab.server(
            socket -> {
              int _ = socket.getInputStream().read();
              Lab.reset(socket);
            });
    InetSocketAddress at = forward(pool("eu", false, next, breaks));

    Socket client = lab.client(at);
    client.getOutputStream().write(1);
    assertThat(brokenOff(client)).isTrue();
    lab.assertAtRest();
    assertThat(lab.count(End.BACKEND_RESET)).isEqualTo(1);
    assertThat(listener().retries()).isZero();
  }

  @Test
  void whoFindsThePoolThatServesFullWaitsThere() throws IOException {
    draft.limits =
        new Settings.Limits(10_000, 1, 100, Settings.Limits.NONE, OptionalInt.empty(), 1);
    Supply next = pool("us", true, null, saying('b'));
    InetSocketAddress at = forward(pool("eu", false, next, saying('a')));

    Socket first = lab.client(at);
    await().until(() -> lab.report().backends().stream().anyMatch(each -> each.open() == 1));
    try (Socket second = lab.client(at)) {
      await().until(() -> lab.report().waiting() == 1);
      first.getOutputStream().write(1);
      assertThat(first.getInputStream().read()).isEqualTo('a');
      first.close();
      second.getOutputStream().write(1);
      assertThat(second.getInputStream().read()).isEqualTo('a');
    }
    lab.assertAtRest();
    assertThat(listener().rescued()).isZero();
  }
}

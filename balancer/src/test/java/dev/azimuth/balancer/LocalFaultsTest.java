package dev.azimuth.balancer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.azimuth.balancer.BalancerReport.BackendReport;
import dev.azimuth.steering.Reason;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What this machine lacks is no failure of a backend: it is counted, and whoever comes waits for a
 * moment instead of being turned away too.
 */
class LocalFaultsTest {
  /** Of documentation (RFC 5737), so of no machine: nothing can be bound to it. */
  private static final InetAddress NOBODYS = InetAddress.ofLiteral("192.0.2.1");

  /** How often doors are looked at. */
  private static final Duration TICK = Duration.ofMillis(100);

  private final Draft draft = new Draft();

  LocalFaultsTest() {
    draft.passive = new Settings.Passive(1, draft.passive.eject(), draft.passive.longest(), 0.5);
  }

  private static void echo(Socket socket) throws IOException {
    try (socket) {
      socket.getInputStream().transferTo(socket.getOutputStream());
    }
  }

  private static void endsUnserved(Socket client) throws IOException {
    assertThat(client.getInputStream().read()).isEqualTo(-1);
  }

  private static void assertNobodyIsBlamed(Lab lab) {
    assertThat(lab.failing).isEmpty();
    for (BackendReport backend : lab.report().backends()) {
      assertThat(backend.failures().values()).containsOnly(0L);
      assertThat(backend.lastFailure()).isNull();
      assertThat(backend.connections()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anAddressThatThisMachineHasNotCostsEachConnectionAMomentAndNoBackendAnything(boolean nio)
      throws Exception {
    draft.source = List.of(NOBODYS);
    try (Lab lab = new Lab(nio ? null : new NetSockets(), 1)) {
      int port = lab.server(LocalFaultsTest::echo);
      InetSocketAddress at = lab.forward(draft.settings(), port);
      long began = System.nanoTime();
      for (int i = 0; i < 5; i++) {
        try (Socket client = lab.client(at)) {
          endsUnserved(client);
        }
      }
      assertThat(System.nanoTime() - began).isGreaterThan(3 * TICK.toNanos());
      lab.assertAtRest(); // what a client sees is counted a moment later
      assertNobodyIsBlamed(lab);
      assertThat(lab.count(End.LOCAL)).isEqualTo(5);
      // Who comes while a door is closed for another is no further pause.
      assertThat(lab.report().acceptPauses()).isBetween(3L, 5L);
      assertThat(lab.report().acceptFailures()).isZero();

      draft.source = List.of();
      lab.supply(draft.settings(), port);
      try (Socket client = lab.client(at)) {
        client.getOutputStream().write(1);
        assertThat(client.getInputStream().read()).isOne();
      }
      lab.assertAtRest();
    }
  }

  @Test
  void thoseWhoComeTogetherAreLetInOneByOne() throws Exception {
    draft.source = List.of(NOBODYS);
    try (Lab lab = new Lab()) {
      InetSocketAddress at = lab.forward(draft.settings(), lab.server(LocalFaultsTest::echo));
      List<Socket> clients = new ArrayList<>();
      long began = System.nanoTime();
      for (int i = 0; i < 8; i++) {
        clients.add(lab.client(at));
      }
      for (Socket client : clients) {
        endsUnserved(client);
      }
      assertThat(System.nanoTime() - began).isGreaterThan(5 * TICK.toNanos());
      lab.assertAtRest();
      assertThat(lab.count(End.LOCAL)).isEqualTo(8);
      assertNobodyIsBlamed(lab);
    }
  }

  /** Every loop has a door of its own, and what one lacks all lack. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatOneLoopLacksClosesTheDoorsOfAll(boolean nio) throws Exception {
    draft.source = List.of(NOBODYS);
    try (Lab lab = new Lab(nio ? null : new NetSockets(), 3)) {
      InetSocketAddress at = lab.forward(draft.settings(), lab.server(LocalFaultsTest::echo));
      try (Socket client = lab.client(at)) {
        endsUnserved(client);
      }
      await().untilAsserted(() -> assertThat(lab.report().acceptPauses()).isEqualTo(nio ? 1 : 3));
    }
  }

  /**
   * Linux refuses to connect to a link-local address without an interface, though the socket has a
   * port: like a lack of memory it is told of at once, and by nobody but this machine.
   */
  @Test
  void whatConnectingTellsOfAtOnceIsNoBackendsFailure() throws Exception {
    InetAddress own = InetAddress.ofLiteral("::1");
    assumeThat(NetworkInterface.getByInetAddress(own)).as("IPv6 on loopback").isNotNull();
    draft.source = List.of(own);
    try (Lab lab = new Lab()) {
      InetSocketAddress at = lab.forward(draft.settings());
      InetSocketAddress linked = new InetSocketAddress(InetAddress.ofLiteral("fe80::1"), 9);
      lab.balancers.put(
          List.of(
              new Setup(
                  draft.settings(),
                  List.of(
                      new Supply(
                          Reason.RULE,
                          false,
                          List.of(new Supply.Candidate("eu/linked", List.of(linked), 1)),
                          null)),
                  Departing.NONE)));
      try (Socket client = lab.client(at)) {
        endsUnserved(client);
      }
      lab.assertAtRest();
      assertThat(lab.count(End.LOCAL)).isOne();
      assertThat(lab.report().acceptPauses()).isOne();
      assertNobodyIsBlamed(lab);
    }
  }
}

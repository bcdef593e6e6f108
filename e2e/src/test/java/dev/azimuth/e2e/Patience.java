package dev.azimuth.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** Waiting for answers to change. */
final class Patience {
  /** Longer than any change takes on a busy machine; what is timed is timed in its test. */
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private Patience() {}

  static void until(Callable<Boolean> condition) {
    Awaitility.await().atMost(LIMIT).pollInterval(Duration.ofMillis(10)).until(condition);
  }

  /** Waits for as long as a long proof takes. */
  static void until(Duration limit, Callable<Boolean> condition) {
    Awaitility.await().atMost(limit).pollInterval(Duration.ofMillis(10)).until(condition);
  }

  /** Waits without a pause between looks, for what is timed. */
  static void quickly(Callable<Boolean> condition) throws Exception {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (!condition.call()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not within " + LIMIT);
      }
    }
  }

  /**
   * Does something up to five times until it once takes less than this: other work on the machine
   * makes it late now and then, a wait of its own each time.
   *
   * @param attempt does it, and says how long it took
   */
  static void within(Duration limit, Callable<Duration> attempt) throws Exception {
    Duration quickest = attempt.call();
    for (int i = 1; i < 5 && quickest.compareTo(limit) >= 0; i++) {
      Duration next = attempt.call();
      quickest = next.compareTo(quickest) < 0 ? next : quickest;
    }
    assertThat(quickest).isLessThan(limit);
  }

  /** Waits until a node shows all of this: it may show a change a bit later than it answers so. */
  static void untilMetrics(AzimuthProcess node, String... wanted) {
    until(
        () -> {
          String body = node.get("/metrics").body();
          return Stream.of(wanted).allMatch(body::contains);
        });
  }

  /** Waits until {@code azimuth status} says so. */
  static void untilStatus(AzimuthProcess node, String wanted) {
    until(() -> node.operate("status").out().contains(wanted));
  }

  /** Waits until twelve answers in a row give these addresses and no other. */
  static void untilAnswersAre(DnsClient client, String name, Collection<String> wanted) {
    until(() -> seen(client, name).equals(Set.copyOf(wanted)));
  }

  static void untilAnswersAre(DnsClient client, String name, String... wanted) {
    untilAnswersAre(client, name, List.of(wanted));
  }

  /** Every address in twelve answers to A queries: two full rounds of up to six backends. */
  static Set<String> seen(DnsClient client, String name) throws Exception {
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < 12; i++) {
      seen.addAll(client.a(name));
    }
    return seen;
  }
}

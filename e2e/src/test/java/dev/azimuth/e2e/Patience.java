package dev.azimuth.e2e;

import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
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

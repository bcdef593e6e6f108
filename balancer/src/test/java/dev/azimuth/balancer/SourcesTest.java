package dev.azimuth.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SourcesTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  /** A clock may begin anywhere. */
  private static final long START = -77 * SECOND;

  private static Sources sources(int connections, int perSource, OptionalInt rate, int burst) {
    var limits = new Settings.Limits(connections, Settings.Limits.NONE, 0, perSource, rate, burst);
    return new Sources(limits, new SplittableRandom(1), START);
  }

  private static long of(String address) {
    return Sources.of(InetAddress.ofLiteral(address));
  }

  @Test
  void aSourceIsAnAddressOfVersionFourOrANetworkOfVersionSix() {
    assertThat(of("192.0.2.1")).isNotEqualTo(of("192.0.2.2"));
    assertThat(of("255.0.0.1")).isEqualTo(0xff000001L);
    assertThat(of("2001:db8:0:1::1")).isEqualTo(of("2001:db8:0:1:ffff::2"));
    assertThat(of("2001:db8:0:1::1")).isNotEqualTo(of("2001:db8:0:2::1"));
  }

  @Test
  void withoutLimitsNothingIsCounted() {
    Sources sources = sources(10, Settings.Limits.NONE, OptionalInt.empty(), 1);
    for (int i = 0; i < 1000; i++) {
      assertThat(sources.enter(7, START)).isEqualTo(Sources.UNCOUNTED);
    }
    sources.leave(Sources.UNCOUNTED);
  }

  @Test
  void noSourceHasMoreThanItsLimitAndNoneFewer() {
    Sources sources = sources(5000, 3, OptionalInt.empty(), 1);
    Random random = new Random(2);
    Map<Long, List<Integer>> tickets = new HashMap<>();
    int open = 0;
    for (int i = 0; i < 200_000; i++) {
      long source = random.nextInt(3000);
      List<Integer> its = tickets.computeIfAbsent(source, s -> new ArrayList<>());
      if (!its.isEmpty() && random.nextInt(open + 5000) < open) {
        sources.leave(its.removeLast());
        open--;
        continue;
      }
      int ticket = open < 5000 ? sources.enter(source, START) : Sources.TOO_MANY;
      if (its.size() < 3 && open < 5000) {
        assertThat(ticket).isNotNegative();
        its.add(ticket);
        open++;
      } else {
        assertThat(ticket).isEqualTo(Sources.TOO_MANY);
      }
    }
  }

  @Test
  void aTableThatIsFullLetsInUncounted() {
    Sources sources = sources(1, 1, OptionalInt.empty(), 1);
    int uncounted = 0;
    for (long source = 0; source < 100; source++) {
      uncounted += sources.enter(source, START) == Sources.UNCOUNTED ? 1 : 0;
    }
    assertThat(uncounted).isEqualTo(96);
  }

  @Test
  void aSourceGetsItsRateAndABurst() {
    Sources sources = sources(10, Settings.Limits.NONE, OptionalInt.of(10), 5);
    assertThat(let(sources, 7, START, 20)).isEqualTo(5);
    assertThat(let(sources, 7, START + SECOND / 10 - 1, 20)).isZero();
    assertThat(let(sources, 7, START + SECOND / 10, 20)).isOne();
    assertThat(let(sources, 8, START + SECOND / 10, 20)).isEqualTo(5);
    assertThat(let(sources, 7, START + 100 * SECOND, 20)).isEqualTo(5);
    int admitted = 0;
    for (long at = 101 * SECOND; at < 111 * SECOND; at += SECOND / 1000) {
      admitted += let(sources, 7, START + at, 1);
    }
    assertThat(admitted).isBetween(100, 105);
  }

  @Test
  void whoIsTooFastIsNotCountedAsOpen() {
    Sources sources = sources(10, 2, OptionalInt.of(1), 1);
    assertThat(sources.enter(7, START)).isNotNegative();
    assertThat(sources.enter(7, START)).isEqualTo(Sources.TOO_FAST);
    assertThat(sources.enter(7, START + SECOND)).isNotNegative();
    assertThat(sources.enter(7, START + 2 * SECOND)).isEqualTo(Sources.TOO_MANY);
  }

  @Test
  void aFloodFromEverywhereHoldsUpHardlyAnybodyElse() {
    Sources sources = sources(10, Settings.Limits.NONE, OptionalInt.of(10), 5);
    for (long flood = 0; flood < 1000; flood++) {
      assertThat(let(sources, 1_000_000 + flood, START, 20)).isLessThanOrEqualTo(5);
    }
    int heldUp = 0;
    for (long source = 0; source < 10_000; source++) {
      heldUp += let(sources, source, START, 1) == 1 ? 0 : 1;
    }
    assertThat(heldUp).isLessThan(10);
  }

  private static int let(Sources sources, long source, long now, int times) {
    int let = 0;
    for (int i = 0; i < times; i++) {
      let += sources.enter(source, now) == Sources.TOO_FAST ? 0 : 1;
    }
    return let;
  }

  @Test
  void severalLoopsCountAsOne() throws InterruptedException {
    Sources sources = sources(1000, 100, OptionalInt.empty(), 1);
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      var random = new SplittableRandom(t);
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    for (int i = 0; i < 50_000; i++) {
                      int one = sources.enter(random.nextInt(3), START);
                      int other = sources.enter(random.nextInt(100), START);
                      sources.leave(one);
                      sources.leave(other);
                    }
                  }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    for (long source = 0; source < 100; source++) {
      int ticket = sources.enter(source, START);
      for (int i = 1; i < 100; i++) {
        assertThat(sources.enter(source, START)).isEqualTo(ticket);
      }
      assertThat(sources.enter(source, START)).isEqualTo(Sources.TOO_MANY);
    }
  }

  private static Settings.Limits limits(int connections, int perSource, OptionalInt rate) {
    return new Settings.Limits(connections, Settings.Limits.NONE, 0, perSource, rate, 2);
  }

  @Test
  void whatIsCountedStaysWhenLimitsChange() {
    Random random = new Random(5);
    Sources sources = sources(100, 4, OptionalInt.empty(), 1);
    record Place(Sources by, int ticket) {}
    Map<Long, List<Place>> open = new HashMap<>();
    for (int i = 0; i < 50; i++) {
      int most = 1 + random.nextInt(6);
      sources = sources.under(limits(100 << random.nextInt(6), most, OptionalInt.empty()));
      for (int j = 0; j < 200; j++) {
        long source = random.nextInt(30);
        List<Place> its = open.computeIfAbsent(source, s -> new ArrayList<>());
        if (!its.isEmpty() && random.nextInt(3) == 0) {
          Place left = its.remove(random.nextInt(its.size()));
          left.by().leave(left.ticket());
          continue;
        }
        int ticket = sources.enter(source, START);
        assertThat(ticket == Sources.TOO_MANY).isEqualTo(its.size() >= most);
        if (ticket >= 0) {
          its.add(new Place(sources, ticket));
        }
      }
    }
  }

  @Test
  void whatASourceOwesStaysWhenLimitsChangeAndWhileThereIsNone() {
    Sources sources = sources(10, Settings.Limits.NONE, OptionalInt.of(1), 2);
    assertThat(let(sources, 7, START, 5)).isEqualTo(2);
    Sources none = sources.under(limits(10, Settings.Limits.NONE, OptionalInt.empty()));
    assertThat(let(none, 7, START, 5)).isEqualTo(5);
    Sources again = none.under(limits(1000, 5, OptionalInt.of(1)));
    assertThat(let(again, 7, START, 5)).isZero();
    assertThat(let(again, 7, START + SECOND, 5)).isOne();
  }

  @Test
  void aHigherRateIsThatOfASourceThatOwesToALowerOne() {
    Sources sources = sources(10, Settings.Limits.NONE, OptionalInt.of(1), 100);
    assertThat(let(sources, 7, START, 200)).isEqualTo(100);
    Sources faster = sources.under(limits(10, Settings.Limits.NONE, OptionalInt.of(10)));
    assertThat(let(faster, 7, START, 5)).isZero();
    assertThat(let(faster, 7, START + SECOND / 10 - 1, 5)).isZero();
    assertThat(let(faster, 7, START + SECOND / 10, 5)).isOne();
    assertThat(let(faster, 7, START + SECOND, 5)).isEqualTo(2);
  }

  @Test
  void countingAllocatesNothing() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    Sources sources = sources(1000, 10, OptionalInt.of(1000), 1000);
    long least = Long.MAX_VALUE;
    for (int round = 0; round < 10; round++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < 10_000; i++) {
        sources.leave(sources.enter(i, START + i * 1_000L));
      }
      least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
    }
    assertThat(least).isZero();
  }
}

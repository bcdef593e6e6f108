package dev.azimuth.health;

import static dev.azimuth.health.Samples.result;
import static dev.azimuth.health.Samples.target;
import static dev.azimuth.health.Samples.tcp;
import static dev.azimuth.health.Samples.timing;
import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.health.ProbeResult.Code;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScheduleTest {
  private static final long NOW = 1_000_000;
  private static final Timing TIMING = timing(10_000, 1_000, 2_000, 2, 3);
  private static final Target ONE = target(1, tcp(TIMING));
  private static final Target TWO = target(2, tcp(TIMING));

  private final Schedule schedule = new Schedule(new Random(7), 5_000);

  private static TargetHealth known(State state, int streak) {
    return new TargetHealth(state, streak, 0, null);
  }

  private static Map<Target, TargetHealth> unknown(Target... targets) {
    Map<Target, TargetHealth> all = new HashMap<>();
    for (Target target : targets) {
      all.put(target, TargetHealth.unknown(NOW));
    }
    return all;
  }

  private Schedule.Slot polled(long now) {
    Schedule.Slot slot = schedule.poll(now);
    assertThat(slot).isNotNull();
    return slot;
  }

  /** Runs a probe of the only target now; gives the milliseconds to the start of the next. */
  private long nextAfter(Code code, long started, long took) {
    Schedule.Slot slot = polled(started);
    schedule.finished(slot, result(code, started), started + took);
    return schedule.nextDue() - started;
  }

  @Test
  void aTargetOfWhichNothingIsKnownIsDueAtOnce() {
    schedule.replace(unknown(ONE), NOW);

    assertThat(schedule.nextDue()).isEqualTo(NOW);
    assertThat(polled(NOW).target).isEqualTo(ONE);
  }

  @Test
  void knownTargetsAreSpreadOverTheirInterval() {
    Map<Target, TargetHealth> targets = new HashMap<>();
    for (int port = 1; port <= 2_000; port++) {
      targets.put(target(port, tcp(TIMING)), known(State.UP, 0));
    }
    schedule.replace(targets, NOW);

    assertThat(due(NOW + 10_000)).hasSize(2_000);
    assertThat(dueAt(targets, NOW + 2_500)).isBetween(400, 600);
    assertThat(dueAt(targets, NOW + 5_000)).isBetween(900, 1_100);
  }

  private List<Schedule.Slot> due(long now) {
    List<Schedule.Slot> slots = new ArrayList<>();
    for (Schedule.Slot slot = schedule.poll(now); slot != null; slot = schedule.poll(now)) {
      slots.add(slot);
    }
    return slots;
  }

  private static int dueAt(Map<Target, TargetHealth> targets, long now) {
    ScheduleTest fresh = new ScheduleTest();
    fresh.schedule.replace(targets, NOW);
    return fresh.due(now).size();
  }

  @Test
  void aKnownTargetInAStreakIsDueWithinRetry() {
    for (int seed = 0; seed < 200; seed++) {
      Schedule other = new Schedule(new Random(seed), 4);
      other.replace(Map.of(ONE, known(State.UP, 1)), NOW);
      assertThat(other.nextDue()).isBetween(NOW, NOW + 1_000);
    }
  }

  @Test
  void aSettledTargetWaitsForEveryWithTenPercentOfJitter() {
    schedule.replace(unknown(ONE), NOW);
    long[] waits = new long[2_000];
    long start = NOW;
    for (int i = 0; i < waits.length; i++) {
      waits[i] = nextAfter(Code.L4OK, start, 3);
      start = schedule.nextDue();
    }

    assertThat(LongStream.of(waits).min().orElseThrow()).isBetween(9_000L, 9_050L);
    assertThat(LongStream.of(waits).max().orElseThrow()).isBetween(10_950L, 11_000L);
    assertThat(LongStream.of(waits).average().orElseThrow()).isBetween(9_950.0, 10_050.0);
  }

  @Test
  void retryReplacesEveryUntilTheStateIsSettled() {
    schedule.replace(unknown(ONE), NOW);

    assertThat(nextAfter(Code.L4OK, NOW, 3)).isBetween(9_000L, 11_000L);
    assertThat(nextAfter(Code.L4CON, schedule.nextDue(), 3)).isBetween(900L, 1_100L);
    assertThat(nextAfter(Code.L4CON, schedule.nextDue(), 3)).isBetween(900L, 1_100L);
    assertThat(nextAfter(Code.L4CON, schedule.nextDue(), 3)).isBetween(9_000L, 11_000L);
    assertThat(nextAfter(Code.L4OK, schedule.nextDue(), 3)).isBetween(900L, 1_100L);
    assertThat(nextAfter(Code.L4CON, schedule.nextDue(), 3)).isBetween(9_000L, 11_000L);
  }

  @Test
  void anInconclusiveProbeIsRunAgainAfterRetry() {
    schedule.replace(unknown(ONE), NOW);

    assertThat(nextAfter(Code.INCONCLUSIVE, NOW, 3)).isBetween(900L, 1_100L);
    assertThat(nextAfter(Code.L4OK, schedule.nextDue(), 3)).isBetween(9_000L, 11_000L);
    assertThat(nextAfter(Code.INCONCLUSIVE, schedule.nextDue(), 3)).isBetween(900L, 1_100L);
  }

  @Test
  void aProbeThatTookLongerThanItsIntervalIsFollowedAtOnce() {
    schedule.replace(Map.of(ONE, known(State.UP, 0)), NOW);

    assertThat(nextAfter(Code.L4TOUT, NOW + 10_000, 2_000)).isEqualTo(2_000);
  }

  @Test
  void aTargetIsNotDueWhileItIsBeingProbed() {
    schedule.replace(unknown(ONE), NOW);
    polled(NOW);

    assertThat(schedule.poll(NOW + 100_000)).isNull();
    assertThat(schedule.nextDue()).isEqualTo(Long.MAX_VALUE);
    assertThat(schedule.replace(unknown(ONE), NOW)).isEmpty();
    assertThat(schedule.poll(NOW + 100_000)).isNull();
  }

  @Test
  void aTargetThatStaysKeepsItsTimeAndItsHealth() {
    schedule.replace(unknown(ONE), NOW);
    assertThat(nextAfter(Code.L4OK, NOW, 3)).isBetween(9_000L, 11_000L);
    long due = schedule.nextDue();

    assertThat(schedule.replace(unknown(ONE, TWO), NOW + 10)).isEmpty();

    assertThat(polled(NOW + 10).target).isEqualTo(TWO);
    assertThat(schedule.nextDue()).isEqualTo(due);
    assertThat(nextAfter(Code.L4CON, due, 3)).isBetween(900L, 1_100L);
  }

  @Test
  void aTargetThatIsGoneIsNeverDueAndIsNamedWhenItIsBeingProbed() {
    schedule.replace(unknown(ONE), NOW);
    Schedule.Slot one = polled(NOW);
    schedule.replace(unknown(ONE, TWO), NOW);

    assertThat(schedule.replace(Map.of(), NOW)).containsExactly(one);
    assertThat(schedule.nextDue()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void underOverloadEveryTargetGetsItsTurn() {
    Timing fast = timing(100, 50, 50, 1, 1);
    Map<Target, Integer> turns = new HashMap<>();
    for (int port = 1; port <= 50; port++) {
      turns.put(target(port, tcp(fast)), 0);
    }
    schedule.replace(unknown(turns.keySet().toArray(Target[]::new)), NOW);

    // One probe of 10 ms at a time: a fifth of what is asked for.
    for (long now = NOW; now < NOW + 50_000; now += 10) {
      Schedule.Slot slot = polled(now);
      turns.merge(slot.target, 1, Integer::sum);
      schedule.finished(slot, result(Code.L4CON, now), now + 10);
    }

    assertThat(turns.values()).allSatisfy(count -> assertThat(count).isBetween(99, 101));
  }

  private static Target at(int host, int port, Timing timing) {
    byte[] address = {10, 0, (byte) (host >> 8), (byte) host};
    try {
      return new Target(InetAddress.getByAddress(address), port, tcp(timing));
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void noAddressIsProbedMoreOftenAtOnceThanItMay() {
    Schedule polite = new Schedule(new Random(7), 2);
    Target[] all = new Target[12];
    for (int i = 0; i < all.length; i++) {
      all[i] = at(i / 6, 1 + i, TIMING);
    }
    polite.replace(unknown(all), NOW);
    long now = NOW + 1_000;

    List<Schedule.Slot> first = polled(polite, now);
    assertThat(first).hasSize(4);
    assertThat(first.stream().map(slot -> slot.target.address()).distinct()).hasSize(2);
    assertThat(polite.nextDue()).as("only the end of a probe helps").isEqualTo(Long.MAX_VALUE);

    polite.finished(first.getFirst(), result(Code.L4OK, now), now + 1);
    List<Schedule.Slot> second = polled(polite, now + 1);
    assertThat(second).hasSize(1);
    assertThat(second.getFirst().target.address()).isEqualTo(first.getFirst().target.address());
  }

  private static List<Schedule.Slot> polled(Schedule schedule, long now) {
    List<Schedule.Slot> slots = new ArrayList<>();
    for (Schedule.Slot slot = schedule.poll(now); slot != null; slot = schedule.poll(now)) {
      slots.add(slot);
    }
    return slots;
  }

  @Test
  void aNewSetForgetsWhatWasHeldBackAndWhatIsGoneMakesRoom() {
    Schedule polite = new Schedule(new Random(7), 1);
    Target a = at(1, 1, TIMING);
    Target b = at(1, 2, TIMING);
    Target c = at(1, 3, TIMING);
    polite.replace(unknown(a, b), NOW);
    List<Schedule.Slot> running = polled(polite, NOW + 1_000);
    assertThat(running).hasSize(1);

    assertThat(polite.replace(unknown(c), NOW + 1_000)).isEqualTo(running);

    List<Schedule.Slot> now = polled(polite, NOW + 2_000);
    assertThat(now).singleElement().matches(slot -> slot.target.equals(c));
  }

  /** Any order of sets, starts and ends: the bounds hold, and nothing that is due is forgotten. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void limitsHoldAndNothingIsForgotten(long seed) {
    Random random = new Random(seed);
    int most = 1 + (int) (seed % 3);
    Schedule polite = new Schedule(random, most);
    Timing timing = timing(1_000, 100, 200, 1, 1);
    Map<Target, Schedule.Slot> running = new HashMap<>();
    Map<Target, Long> last = new HashMap<>();
    Set<Target> set = new HashSet<>();
    for (long now = 0; now < 60_000; now += random.nextInt(20)) {
      if (now == 0 || random.nextInt(1_500) == 0) {
        set = new HashSet<>();
        for (int i = random.nextInt(30); i > 0; i--) {
          set.add(at(random.nextInt(5), 1 + random.nextInt(6), timing));
        }
        for (Schedule.Slot gone : polite.replace(unknown(set.toArray(Target[]::new)), now)) {
          assertThat(running.remove(gone.target)).isEqualTo(gone);
        }
        last.keySet().retainAll(set);
        for (Target target : set) {
          last.putIfAbsent(target, now);
        }
      }
      for (Schedule.Slot slot : polled(polite, now)) {
        assertThat(running.put(slot.target, slot)).isNull();
        last.put(slot.target, now);
      }
      Map<InetAddress, Integer> counts = new HashMap<>();
      running.keySet().forEach(target -> counts.merge(target.address(), 1, Integer::sum));
      assertThat(counts.values()).allMatch(count -> count <= most);
      List<Target> ends = running.keySet().stream().filter(_ -> random.nextInt(4) == 0).toList();
      for (Target end : ends) {
        polite.finished(running.remove(end), result(Code.L4OK, now), now);
      }
    }
    // Each address has at most six targets, of which each takes some 40 ms.
    assertThat(last.values()).allMatch(at -> at > 60_000 - 3_000);
  }

  @Test
  void manyUnknownTargetsStartOneAfterTheOtherWithinASecond() {
    Target[] many = new Target[5_000];
    for (int i = 0; i < many.length; i++) {
      many[i] = at(i, 1, TIMING);
    }
    schedule.replace(unknown(many), NOW);

    int before = 0;
    for (long now = NOW; now <= NOW + 1_000; now += 10) {
      before = due(now).size() + before;
      assertThat(before).isLessThanOrEqualTo((int) (now - NOW) * 8 + 200);
    }
    assertThat(before).isEqualTo(many.length);
  }

  @Test
  void theSpreadLeavesTimeForAVerdictToThoseWhoWait() {
    Timing slow = timing(60_000, 1_000, 4_400, 1, 1);
    Timing slower = timing(60_000, 1_000, 30_000, 1, 1);
    Target[] many = new Target[2_000];
    for (int i = 0; i < many.length; i++) {
      many[i] = at(i, 1, i % 2 == 0 ? slow : slower);
    }
    schedule.replace(unknown(many), NOW);

    assertThat(due(NOW)).hasSizeGreaterThanOrEqualTo(1_000);
    due(NOW + 100);
    assertThat(schedule.nextDue()).isEqualTo(Long.MAX_VALUE);
  }

  /** The formula of detection time, over random settings: the backend dies at any moment. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void deathIsDetectedWithinTheFormula(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < 500; round++) {
      int every = 100 + random.nextInt(20_000);
      int retry = 50 + random.nextInt(every - 49);
      int timeout = 10 + random.nextInt(5_000);
      int fall = 1 + random.nextInt(5);
      Target target = target(1, tcp(timing(every, retry, timeout, 1, fall)));
      Schedule pacing = new Schedule(random, 4);
      pacing.replace(Map.of(target, TargetHealth.unknown(0)), 0);
      long death = 1L + random.nextInt(5 * every);
      TargetHealth health = TargetHealth.unknown(0);
      long now = 0;
      while (health.state() != State.DOWN) {
        now = Math.max(now, pacing.nextDue());
        Schedule.Slot slot = pacing.poll(now);
        assertThat(slot).isNotNull();
        long took = now < death ? 1 : timeout;
        ProbeResult result =
            new ProbeResult(now < death ? Code.L4OK : Code.L4TOUT, "", now, took * 1_000);
        health = health.after(result, target.check().timing());
        now += took;
        pacing.finished(slot, result, now);
      }
      double bound = 1.1 * every + (fall - 1) * Math.max(1.1 * retry, timeout) + timeout + 1;
      assertThat((double) (now - death)).isLessThanOrEqualTo(bound);
    }
  }
}

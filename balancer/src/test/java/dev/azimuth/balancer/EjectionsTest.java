package dev.azimuth.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EjectionsTest {
  private static final long SECOND = 1000;
  private static final Settings.Passive PASSIVE = passive(0.5);
  private static final List<String> POOL = List.of("eu/a", "eu/b", "eu/c", "eu/d");

  private static Settings.Passive passive(double most) {
    return new Settings.Passive(5, Duration.ofSeconds(10), Duration.ofSeconds(35), most);
  }

  private static Set<String> out(Ejections ejections, long now) {
    return ejections.out(POOL, PASSIVE.most(), now);
  }

  @Test
  void aBackendIsLeftOutForAWhile() {
    Ejections ejections = Ejections.NONE.failed("eu/a", PASSIVE, POOL, 100 * SECOND);
    assertThat(out(ejections, 100 * SECOND)).containsExactly("eu/a");
    assertThat(out(ejections, 110 * SECOND - 1)).containsExactly("eu/a");
    assertThat(out(ejections, 110 * SECOND)).isEmpty();
    assertThat(ejections.nextChange(100 * SECOND)).isEqualTo(110 * SECOND);
    assertThat(ejections.nextChange(110 * SECOND)).isEqualTo(Long.MAX_VALUE);
    assertThat(ejections.until("eu/a")).isEqualTo(110 * SECOND);
    assertThat(ejections.until("eu/b")).isEqualTo(Long.MIN_VALUE);
  }

  @Test
  void eachTimeIsLongerUpToTheLongest() {
    Ejections ejections = Ejections.NONE;
    long now = 0;
    for (int seconds : new int[] {10, 20, 30, 35, 35, 35}) {
      ejections = ejections.failed("eu/a", PASSIVE, POOL, now);
      assertThat(ejections.until("eu/a") - now).isEqualTo(seconds * SECOND);
      now = ejections.until("eu/a") + SECOND;
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 40", "29, 40", "30, 30", "59, 30", "60, 20", "90, 10", "100000, 10"})
  void oneTimeIsForgottenForEachSpentWell(int well, int seconds) {
    var longer = new Settings.Passive(5, Duration.ofSeconds(10), Duration.ofSeconds(100), 1);
    Ejections ejections = Ejections.NONE;
    for (int i = 0; i < 3; i++) {
      ejections = ejections.failed("eu/a", longer, POOL, Math.max(0, ejections.until("eu/a")));
    }
    long now = ejections.until("eu/a") + well * SECOND;
    ejections = ejections.failed("eu/a", longer, POOL, now);
    assertThat(ejections.until("eu/a") - now).isEqualTo(seconds * SECOND);
  }

  @Test
  void whoIsEjectedIsNotEjectedAgain() {
    Ejections once = Ejections.NONE.failed("eu/a", PASSIVE, POOL, 0);
    assertThat(once.failed("eu/a", PASSIVE, POOL, 5 * SECOND)).isSameAs(once);
  }

  @Test
  void whomChecksFoundDownAndUpAgainIsAsGoodAsNew() {
    Ejections ejections = Ejections.NONE.failed("eu/a", PASSIVE, POOL, 0);
    assertThat(ejections.checked(Set.of("eu/b"))).isEqualTo(ejections);
    Ejections down = ejections.checked(Set.of("eu/a"));
    assertThat(down.checked(Set.of("eu/a"))).isEqualTo(down);
    assertThat(out(down, SECOND)).containsExactly("eu/a");
    assertThat(down.checked(Set.of())).isEqualTo(Ejections.NONE);
  }

  @ParameterizedTest
  @CsvSource({
    "0.5, 1, 0",
    "0.5, 2, 1",
    "0.5, 3, 1",
    "0.5, 4, 2",
    "1, 1, 0",
    "1, 4, 3",
    "0.1, 5, 0",
    "0.29, 100, 29",
    "0, 4, 0"
  })
  void neverMoreThanTheirShareAndNeverTheLast(double most, int size, int expected) {
    List<String> pool = IntStream.range(0, size).mapToObj(i -> "eu/" + i).toList();
    Ejections ejections = Ejections.NONE;
    for (String key : pool) {
      ejections = ejections.failed(key, passive(most), pool, 0);
    }
    assertThat(ejections.ejections()).hasSize(expected);
    assertThat(ejections.out(pool, most, 0)).hasSize(expected);
  }

  @Test
  void whenOthersGoDownSomeAreTakenBack() {
    Ejections ejections =
        Ejections.NONE.failed("eu/b", PASSIVE, POOL, 0).failed("eu/a", PASSIVE, POOL, SECOND);
    assertThat(out(ejections, SECOND)).containsExactlyInAnyOrder("eu/a", "eu/b");
    assertThat(ejections.out(List.of("eu/a", "eu/b"), 0.5, SECOND)).containsExactly("eu/b");
    assertThat(ejections.out(List.of("eu/a"), 0.5, SECOND)).isEmpty();
    assertThat(ejections.out(List.of(), 0.5, SECOND)).isEmpty();
  }

  @Test
  void whoIsConfiguredNoLongerIsForgotten() {
    Ejections ejections = Ejections.NONE.failed("eu/a", PASSIVE, POOL, 0);
    assertThat(ejections.only(Set.of("eu/a", "eu/b"))).isSameAs(ejections);
    assertThat(ejections.only(Set.of("eu/b"))).isEqualTo(Ejections.NONE);
  }

  @Test
  void whateverHappensEnoughAreLeftAndEveryEjectionEnds() {
    for (int seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      double most = random.nextInt(11) / 10.0;
      var passive =
          new Settings.Passive(
              1,
              Duration.ofMillis(random.nextInt(1, 20_000)),
              Duration.ofMillis(random.nextInt(1, 100_000)),
              most);
      long longest = Math.max(passive.eject().toMillis(), passive.longest().toMillis());
      List<String> pool =
          IntStream.range(0, random.nextInt(1, 9)).mapToObj(i -> "eu/" + i).toList();
      Ejections ejections = Ejections.NONE;
      Set<String> down = new HashSet<>();
      long now = random.nextInt();
      for (int step = 0; step < 200; step++) {
        now += random.nextInt(5000);
        String key = pool.get(random.nextInt(pool.size()));
        List<String> usable = new ArrayList<>(pool);
        usable.removeAll(down);
        switch (random.nextInt(4)) {
          case 0 -> {
            if (!down.remove(key)) {
              down.add(key);
            }
            ejections = ejections.checked(down);
          }
          default -> {
            Ejections before = ejections;
            ejections = ejections.failed(key, passive, usable, now);
            assertThat(down.contains(key) && !ejections.equals(before)).isFalse();
          }
        }
        usable = new ArrayList<>(pool);
        usable.removeAll(down);
        Set<String> out = ejections.out(usable, most, now);
        assertThat(usable).containsAll(out);
        assertThat(out.size()).isLessThanOrEqualTo((int) Math.floor(most * usable.size() + 1e-9));
        assertThat(usable.isEmpty() || out.size() < usable.size()).isTrue();
        long next = ejections.nextChange(now);
        assertThat(next).isGreaterThan(now);
        assertThat(next == Long.MAX_VALUE || next - now <= longest).isTrue();
        assertThat(ejections.out(usable, most, next == Long.MAX_VALUE ? now : next - 1))
            .isEqualTo(out);
        assertThat(ejections.out(usable, most, now + longest)).isEmpty();
      }
    }
  }

  @Test
  void aRowOfFailuresIsToldOnceAndEndsWithSuccess() {
    Backend backend = new Backend("eu/a");
    assertThat(backend.failed(Failure.REFUSED, "why", 3)).isFalse();
    assertThat(backend.failed(Failure.TIMED_OUT, "why", 3)).isFalse();
    backend.succeeded();
    assertThat(backend.failed(Failure.RESET, "why", 3)).isFalse();
    assertThat(backend.failed(Failure.RESET, "why", 3)).isFalse();
    assertThat(backend.failed(Failure.REFUSED, "why", 3)).isTrue();
    assertThat(backend.failed(Failure.REFUSED, "why", 3)).isFalse();
    assertThat(backend.failures())
        .containsEntry(Failure.REFUSED, 3L)
        .containsEntry(Failure.TIMED_OUT, 1L)
        .containsEntry(Failure.RESET, 2L);
    for (int i = 0; i < 100; i++) {
      assertThat(backend.failed(Failure.REFUSED, "why", 0)).isFalse();
    }
  }
}

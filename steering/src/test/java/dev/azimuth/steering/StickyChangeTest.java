package dev.azimuth.steering;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.health.HealthTable;
import dev.azimuth.health.State;
import dev.azimuth.health.TargetHealth;
import java.util.Arrays;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What one change costs in a large sticky pool, in what is made anew and not in time. */
class StickyChangeTest {
  private static final int BACKENDS = 1_000;

  private final Scene scene = new Scene();
  private Bound bound;

  StickyChangeTest() {
    scene.pick = new Pick(Pick.By.STICKY, 1);
    scene.pool("large", backends(1)).pool("other", backends(2));
    scene.name("a", null, 0, 1).name("b", null, 0, 1).name("c", null, 1);
    bound = scene.bind();
  }

  private static Scene.B[] backends(int pool) {
    return IntStream.range(0, BACKENDS)
        .mapToObj(i -> Scene.b("b" + i, "10.%d.%d.%d".formatted(pool, i >> 8, i & 255)))
        .toArray(Scene.B[]::new);
  }

  private Schedule schedule(int name) {
    return bound.steering().v4[name][0].schedule;
  }

  /** By bucket: the counter of the backend that it gives. */
  private static int[] given(Schedule schedule) {
    return Arrays.stream(schedule.order).map(set -> schedule.slots[set][0]).toArray();
  }

  private static int[] buckets(IntPredicate which) {
    return IntStream.range(0, Buckets.COUNT).filter(which).toArray();
  }

  private void change(int backend, State state) {
    TargetHealth[] health = scene.health.toArray(TargetHealth[]::new);
    health[backend] = new TargetHealth(state, 0, scene.now, null);
    scene.health.set(backend, health[backend]);
    HealthTable table = bound.table().with(health);
    bound = scene.binder.bind(bound.plan(), table, bound.memory(), scene.basis, scene.now);
  }

  @Test
  void eachChangeLaysThatPoolOutOnceAndMovesTheBucketsOfThatBackendAlone() {
    Schedule whole = schedule(0);
    int[] all = given(whole);
    Schedule other = schedule(2);
    for (int backend = 0; backend < BACKENDS; backend++) {
      Schedule before = schedule(0);
      change(backend, State.DOWN);
      Schedule without = schedule(0);
      assertThat(without).as("laid out once for all names").isNotSameAs(before);
      assertThat(schedule(1)).isSameAs(without);
      assertThat(schedule(2)).as("not what did not change").isSameAs(other);
      int[] left = given(without);
      int failed = backend;
      assertThat(buckets(bucket -> left[bucket] != all[bucket]))
          .isEqualTo(buckets(bucket -> all[bucket] == failed));
      change(backend, State.UP);
      assertThat(given(schedule(0))).isEqualTo(all);
    }
  }

  @Test
  void aChangeThatLeavesTheSameBackendsLaysNothingOut() {
    Schedule before = schedule(0);
    TargetHealth[] health = scene.health.toArray(TargetHealth[]::new);
    health[0] = new TargetHealth(State.UP, 1, scene.now, null);
    HealthTable table = bound.table().with(health);
    Bound next = scene.binder.bind(bound.plan(), table, bound.memory(), scene.basis, scene.now);
    assertThat(next.steering().v4[0][0].schedule).isSameAs(before);
    assertThat(next.steering().v4[0][0].ttl).as("it fails").isEqualTo(15);
  }
}

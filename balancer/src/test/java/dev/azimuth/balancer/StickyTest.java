package dev.azimuth.balancer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StickyTest {
  @Test
  void aClientAlwaysGetsTheSameWhateverTheOrderOfBackends() {
    Scene scene = new Scene(1, 1, 2, 3, 4, 5);
    Chooser chooser = scene.chooser(Settings.By.STICKY);
    List<Backend> shuffled = new ArrayList<>(scene.backends);
    Collections.shuffle(shuffled, new Random(1));
    int[] weights = shuffled.stream().mapToInt(b -> 1 + scene.backends.indexOf(b)).toArray();
    Chooser other = Choosers.of(Settings.Pick.by(Settings.By.STICKY), shuffled, weights);
    for (int i = 0; i < 10_000; i++) {
      long source = 0x0a000000L + i;
      Backend backend = scene.choose(chooser, source);
      assertThat(scene.choose(chooser, source)).isSameAs(backend);
      assertThat(scene.choose(other, source)).isSameAs(backend);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 10, 100, 1000})
  void equalWeightsGiveEqualNumbersOfSlots(int size) {
    int[] slots = slots(backends(size), ones(size));
    assertThat(Arrays.stream(slots)).allMatch(n -> Math.abs(n - Maglev.SLOTS / size) <= 1);
  }

  @Test
  void slotsAreInProportionToWeights() {
    int[] weights = {1, 2, 3, 10, 100, 884};
    int[] slots = slots(backends(weights.length), weights);
    for (int i = 0; i < slots.length; i++) {
      assertThat((double) slots[i]).isCloseTo(Maglev.SLOTS * weights[i] / 1000.0, within(6.0));
    }
  }

  /** Google's own figures for tables of this size: below 2 % of the slots beside the lost ones. */
  @ParameterizedTest
  @ValueSource(ints = {2, 3, 5, 10, 50, 100})
  void whenOneGoesHardlyAnySlotMovesButItsOwn(int size) {
    List<Backend> before = backends(size);
    int[] table = Maglev.table(before, ones(size));
    for (int gone = 0; gone < size; gone += 1 + size / 5) {
      List<Backend> after = new ArrayList<>(before);
      after.remove(gone);
      int[] changed = Maglev.table(after, ones(size - 1));
      int moved = 0;
      for (int slot = 0; slot < Maglev.SLOTS; slot++) {
        if (table[slot] != gone && before.get(table[slot]) != after.get(changed[slot])) {
          moved++;
        }
      }
      assertThat(moved).isLessThan(Maglev.SLOTS * 2 / 100);
    }
  }

  @Test
  void whenAWeightChangesHardlyAnySlotMovesButToThatOne() {
    List<Backend> backends = backends(10);
    int[] weights = ones(10);
    Arrays.fill(weights, 10);
    int[] before = Maglev.table(backends, weights);
    weights[4] = 5;
    int[] after = Maglev.table(backends, weights);
    long moved =
        IntStream.range(0, Maglev.SLOTS)
            .filter(slot -> before[slot] != after[slot] && before[slot] != 4)
            .count();
    assertThat(moved).isLessThan(Maglev.SLOTS * 2 / 100);
  }

  @Test
  void clientsOfOneThatIsBarredSpreadOverAllOthersAndAlwaysTheSameWay() {
    Scene scene = new Scene(2, 1, 1, 1, 1, 1);
    Chooser chooser = scene.chooser(Settings.By.STICKY);
    Backend barred = scene.backends.get(3);
    long[] counts = new long[5];
    for (long source = 0; source < 100_000; source++) {
      Backend home = scene.choose(chooser, source);
      scene.ask.tried(barred);
      Backend second = chooser.choose(scene.ask);
      assertThat(chooser.choose(scene.ask)).isSameAs(second);
      if (home == barred) {
        counts[scene.backends.indexOf(second)]++;
      } else {
        assertThat(second).isSameAs(home);
      }
    }
    Scene.assertShares(counts, 1, 1, 1, 0, 1);
  }

  @Test
  void noneGetsMoreThanItsBoundOfTheConnections() {
    double bound = 1.25;
    Scene scene = new Scene(3, 1, 2, 3, 4);
    Chooser chooser =
        Choosers.of(
            new Settings.Pick(Settings.By.STICKY, bound, 32, 128), scene.backends, scene.weights);
    // Half of all clients are one.
    Random random = new Random(3);
    for (int total = 1; total <= 5000; total++) {
      Backend chosen = scene.choose(chooser, random.nextBoolean() ? 7 : random.nextLong());
      chosen.enter(Settings.Limits.NONE);
      double share = scene.weights[scene.backends.indexOf(chosen)] / 10.0;
      assertThat(chosen.open()).isLessThanOrEqualTo((int) Math.ceil(bound * share * total));
    }
  }

  @Test
  void aBoundMovesOnlyClientsOfThoseThatAreBeyondIt() {
    Scene scene = new Scene(4, 1, 1, 1, 1);
    Chooser free = scene.chooser(Settings.By.STICKY);
    Chooser bounded =
        Choosers.of(
            new Settings.Pick(Settings.By.STICKY, 1.5, 32, 128), scene.backends, scene.weights);
    Backend full = scene.backends.get(2);
    for (int i = 0; i < 100; i++) {
      full.enter(Settings.Limits.NONE);
    }
    long moved = 0;
    for (long source = 0; source < 10_000; source++) {
      Backend home = scene.choose(free, source);
      Backend chosen = scene.choose(bounded, source);
      if (home == full) {
        assertThat(chosen).isNotSameAs(full);
        moved++;
      } else {
        assertThat(chosen).isSameAs(home);
      }
    }
    assertThat(moved).isBetween(2200L, 2800L);
  }

  private static int[] slots(List<Backend> backends, int[] weights) {
    int[] slots = new int[backends.size()];
    for (int number : Maglev.table(backends, weights)) {
      slots[number]++;
    }
    return slots;
  }

  private static List<Backend> backends(int count) {
    return IntStream.range(0, count).mapToObj(i -> new Backend("pool/b" + i)).toList();
  }

  private static int[] ones(int count) {
    int[] ones = new int[count];
    Arrays.fill(ones, 1);
    return ones;
  }
}

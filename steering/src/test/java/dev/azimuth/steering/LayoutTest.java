package dev.azimuth.steering;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LayoutTest {

  @Test
  void weightsThatFitAreExact() {
    assertThat(Layout.counts(new int[] {3, 1}, 4096)).containsExactly(3, 1);
    assertThat(Layout.counts(new int[] {300, 100, 200}, 4096)).containsExactly(3, 1, 2);
    assertThat(Layout.counts(new int[] {4095, 1}, 4096)).containsExactly(4095, 1);
  }

  @Test
  void weightsThatDoNotFitKeepAtLeastOnePositionEach() {
    int[] counts = Layout.counts(new int[] {1_000_000, 999_999, 1}, 4096);
    assertThat(Arrays.stream(counts).sum()).isEqualTo(4096);
    assertThat(counts[2]).isEqualTo(1);
    assertThat(counts[0]).isBetween(2047, 2048);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void countsStayWithinOnePositionOfTheWeightsUnlessRaisedToOne(long seed) {
    Random random = new Random(seed);
    int[] weights = random.ints(2 + random.nextInt(50), 1, 1_000_001).toArray();
    int[] counts = Layout.counts(weights, 4096);
    long sum = Arrays.stream(weights).asLongStream().sum();
    int length = Arrays.stream(counts).sum();
    assertThat(length).isLessThanOrEqualTo(4096);
    int raised = (int) Arrays.stream(weights).filter(w -> (double) w * length / sum < 1).count();
    for (int i = 0; i < weights.length; i++) {
      double exact = (double) weights[i] * length / sum;
      assertThat((double) counts[i]).isBetween(Math.min(1, exact) - 1 - raised, exact + 1);
      assertThat(counts[i]).isPositive();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void everyStretchOfTheSequenceHoldsAboutItsShareOfEachMember(long seed) {
    Random random = new Random(seed);
    int[] counts = random.ints(2 + random.nextInt(10), 1, 40).toArray();
    int[] sequence = Layout.sequence(counts);
    for (int member = 0; member < counts.length; member++) {
      int seen = 0;
      for (int position = 0; position < sequence.length; position++) {
        seen += sequence[position] == member ? 1 : 0;
        double due = (double) counts[member] * (position + 1) / sequence.length;
        assertThat(Math.abs(seen - due)).isLessThan(counts.length);
      }
      assertThat(seen).isEqualTo(counts[member]);
    }
  }

  @Test
  void threeToOneIsNotGivenInABlock() {
    assertThat(Layout.sequence(new int[] {3, 1})).containsExactly(0, 0, 1, 0);
    assertThat(Layout.sequence(new int[] {2, 2})).containsExactly(0, 1, 0, 1);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void windowsAreTheNextDifferentMembersFromEachPosition(long seed) {
    Random random = new Random(seed);
    int[] counts = random.ints(1 + random.nextInt(8), 1, 12).toArray();
    int answers = 1 + random.nextInt(10);
    int[] sequence = Layout.sequence(counts);
    Grouping grouping = Grouping.of(new int[counts.length], 1, Pick.Groups.MIXED);
    int[][] windows = Layout.windows(sequence, grouping, answers);
    for (int position = 0; position < sequence.length; position++) {
      Set<Integer> expected = new LinkedHashSet<>();
      for (int i = 0; i < sequence.length && expected.size() < answers; i++) {
        expected.add(sequence[(position + i) % sequence.length]);
      }
      assertThat(windows[position])
          .containsExactly(expected.stream().mapToInt(Integer::intValue).toArray());
    }
  }
}

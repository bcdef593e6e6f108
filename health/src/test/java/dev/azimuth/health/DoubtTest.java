package dev.azimuth.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DoubtTest {
  private record Seen(boolean suspicious, boolean recovered, long recoveryMillis)
      implements Doubt.Sight {}

  private static final Seen WELL = new Seen(false, true, 20_000);
  private static final Seen BAD = new Seen(true, false, 20_000);

  @Test
  void aSuspicionAsksTheAnchorsAndHoldsMeanwhile() {
    assertThat(Doubt.None.FIRST.at(50, WELL)).isSameAs(Doubt.None.FIRST);
    Doubt asking = Doubt.None.FIRST.at(100, BAD);
    assertThat(asking).isEqualTo(new Doubt.Asking(100));
    assertThat(asking.holds()).isTrue();
    assertThat(asking.asked()).isEqualTo(100);
    assertThat(asking.next(BAD)).isEqualTo(1_100);
  }

  @ParameterizedTest
  @CsvSource({"0,2,true", "1,2,false", "1,3,true", "2,3,false", "1,4,true", "2,4,false"})
  void fewerThanHalfOfTheAnchorsMakeADoubt(int answering, int anchors, boolean doubt) {
    assertThat(new Doubt.Asking(100).answered(answering, anchors, 150).holds()).isEqualTo(doubt);
  }

  @Test
  void noAnswerWithinASecondIsNone() {
    assertThat(new Doubt.Asking(100).at(1_099, BAD)).isEqualTo(new Doubt.Asking(100));
    assertThat(new Doubt.Asking(100).at(1_100, BAD)).isEqualTo(new Doubt.Holding(100, 100, 0));
  }

  @Test
  void oneWhoIsRightIsNotAskedAgainAtOnce() {
    Doubt right = new Doubt.Asking(100).answered(2, 2, 150);
    assertThat(right.at(5_149, BAD).holds()).isFalse();
    assertThat(right.next(BAD)).isEqualTo(5_150);
    assertThat(right.next(WELL)).isEqualTo(Long.MAX_VALUE);
    assertThat(right.at(5_150, BAD)).isEqualTo(new Doubt.Asking(5_150));
  }

  @Test
  void aDoubtEndsWhenTheAnchorsAnswerAndTheTargetsHadTheirTime() {
    Doubt holding = new Doubt.Holding(100, 100, 0);
    assertThat(holding.at(5_100, BAD))
        .as("asked again")
        .isEqualTo(new Doubt.Holding(100, 5_100, 0));
    Doubt back = new Doubt.Holding(100, 5_100, 0).answered(1, 2, 5_200);
    assertThat(back).isEqualTo(new Doubt.Holding(100, 5_100, 5_200));
    assertThat(back.answered(2, 2, 6_000)).as("since the first").isEqualTo(back);
    assertThat(back.answered(0, 2, 6_000)).isEqualTo(new Doubt.Holding(100, 5_100, 0));
    assertThat(back.at(6_000, BAD).holds()).isTrue();
    assertThat(back.at(6_000, WELL).holds()).as("all is up again").isFalse();
    assertThat(back.at(25_200, BAD).holds()).as("they are down indeed").isFalse();
  }

  @Test
  void noDoubtLastsForever() {
    assertThat(new Doubt.Holding(100, 599_000, 0).at(600_099, BAD).holds()).isTrue();
    assertThat(new Doubt.Holding(100, 599_000, 0).at(600_100, BAD).holds()).isFalse();
  }

  /** Whatever comes: it holds at most 10 minutes, and never without a suspicion. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void whateverComesItIsBounded(long seed) {
    Random random = new Random(seed);
    Doubt doubt = Doubt.None.FIRST;
    long began = 0;
    for (long now = 1; now < 5_000_000; ) {
      Seen sight = new Seen(random.nextInt(3) > 0, random.nextInt(50) == 0, random.nextInt(60_000));
      Doubt before = doubt;
      doubt =
          random.nextInt(4) == 0 ? doubt.answered(random.nextInt(4), 3, now) : doubt.at(now, sight);
      if (!before.holds() && doubt.holds()) {
        assertThat(sight.suspicious()).isTrue();
        began = now;
      }
      long next = doubt.next(sight);
      if (doubt.holds()) {
        assertThat(now - began).isLessThanOrEqualTo(Doubt.LONGEST_MILLIS);
        assertThat(next).isLessThanOrEqualTo(began + Doubt.LONGEST_MILLIS);
      }
      now = Math.min(now + 1 + random.nextInt(3_000), Math.max(now + 1, next));
    }
  }
}

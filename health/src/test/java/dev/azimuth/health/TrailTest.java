package dev.azimuth.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.health.ProbeResult.Code;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TrailTest {
  @Test
  void theNewestSixteenAreKeptInTheirOrder() {
    Random random = new Random(5);
    Trail trail = Trail.EMPTY;
    List<ProbeResult> all = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      Code code = List.of(Code.values()).get(random.nextInt(Code.values().length));
      long took = random.nextLong(1L << random.nextInt(1, 27));
      ProbeResult result =
          new ProbeResult(code, "", 1_800_000_000_000L + random.nextLong(1L << 41), took);
      all.add(result);
      trail = trail.after(result);
      assertThat(trail.size()).isEqualTo(Math.min(all.size(), Trail.LENGTH));
      for (int age = 0; age < trail.size(); age++) {
        ProbeResult expected = all.get(all.size() - 1 - age);
        Trail.Entry entry = trail.get(age);
        assertThat(entry.code()).isEqualTo(expected.code());
        assertThat(entry.started()).isEqualTo(expected.started());
        assertThat(entry.tookMicros())
            .isBetween(expected.tookMicros() * 2047 / 2048, expected.tookMicros());
      }
    }
  }

  @Test
  void whatTakesTooLongForTheRoomIsCutAndNothingElseIsTouched() {
    ProbeResult odd = new ProbeResult(Code.L7TOUT, "", 7, Long.MAX_VALUE);
    Trail.Entry entry = Trail.EMPTY.after(odd).get(0);
    assertThat(entry.code()).isEqualTo(Code.L7TOUT);
    assertThat(entry.started()).isEqualTo(7);
    assertThat(entry.tookMicros()).isBetween(120_000_000L, 135_000_000L);
  }

  @Test
  void everyCodeHasRoom() {
    assertThat(Code.values()).hasSizeLessThanOrEqualTo(64);
  }
}

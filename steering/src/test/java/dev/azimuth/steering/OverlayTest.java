package dev.azimuth.steering;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OverlayTest {
  /** Few addresses, at the end of the space too, so that every one can be looked up. */
  @ParameterizedTest
  @EnumSource(Family.class)
  void everyAddressLiesInOnePieceWithTheRangesThatALookupFinds(Family family) {
    Random random = new Random(20261121);
    boolean v4 = family == Family.V4;
    for (int round = 0; round < 300; round++) {
      boolean end = random.nextBoolean();
      long base = end ? (v4 ? 0xffffffffL : -1L) - 63 : v4 ? 0 : -32;
      long high = v4 ? 0 : end ? -1L : 5;
      List<Starts> maps = new ArrayList<>();
      for (int map = 0; map < 1 + random.nextInt(3); map++) {
        Starts.Growing starts = new Starts.Growing(family);
        starts.add(0, 0);
        for (int i = 1; i < 64; i++) {
          if (random.nextInt(8) == 0) {
            long low = base + i;
            starts.add(!v4 && !end && low >= 0 ? high + 1 : high, low);
          }
        }
        maps.add(starts.starts());
      }
      int from = random.nextInt(64);
      int to = from + random.nextInt(64 - from);
      List<String> pieces = new ArrayList<>();
      Overlay.Sink sink =
          (ranges, atHigh, atLow, addresses) -> {
            for (int i = 0; i < addresses; i++) {
              long low = atLow + i;
              long upper = !v4 && atLow < 0 && low >= 0 ? atHigh + 1 : atHigh;
              pieces.add(upper + " " + low + " " + List.of(text(ranges)));
            }
          };
      new Overlay(maps)
          .walk(
              new Span(
                  v4,
                  high(v4, end, high, base + from),
                  base + from,
                  high(v4, end, high, base + to),
                  base + to),
              sink);
      List<String> expected = new ArrayList<>();
      for (int i = from; i <= to; i++) {
        long low = base + i;
        long upper = high(v4, end, high, low);
        int[] ranges = maps.stream().mapToInt(map -> map.find(upper, low)).toArray();
        expected.add(upper + " " + low + " " + List.of(text(ranges)));
      }
      assertThat(pieces).isEqualTo(expected);
    }
  }

  /** Half of the IPv6 addresses here lie behind a step of the upper half. */
  private static long high(boolean v4, boolean end, long high, long low) {
    return !v4 && !end && low >= 0 ? high + 1 : high;
  }

  private static String text(int[] ranges) {
    return Arrays.toString(ranges);
  }
}

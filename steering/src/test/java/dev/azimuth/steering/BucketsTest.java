package dev.azimuth.steering;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BucketsTest {
  private static final long KEY = Salt.of(new byte[] {1, 2, 3}).key("www.example.com.");

  @ParameterizedTest
  @CsvSource({"1", "8", "23", "24", "31", "32"})
  void ofAnIpv4AddressThePrefixAloneCounts(int length) {
    Random random = new Random(length);
    for (int i = 0; i < 1000; i++) {
      long low = random.nextInt() & 0xffffffffL;
      StickyPrefix prefix = new StickyPrefix(length, 56);
      int bucket = Buckets.of(KEY, true, 0, low, prefix);
      assertThat(bucket).isBetween(0, Buckets.COUNT - 1);
      long other = length == 32 ? low : low ^ random.nextLong(1L << (32 - length));
      assertThat(Buckets.of(KEY, true, 0, other, prefix)).isEqualTo(bucket);
    }
  }

  @ParameterizedTest
  @CsvSource({"1", "48", "56", "63", "64", "65", "100", "127", "128"})
  void ofAnIpv6AddressThePrefixAloneCounts(int length) {
    Random random = new Random(length);
    StickyPrefix prefix = new StickyPrefix(24, length);
    for (int i = 0; i < 1000; i++) {
      long high = random.nextLong();
      long low = random.nextLong();
      long otherHigh = length >= 64 ? high : high ^ (random.nextLong() >>> length);
      long otherLow =
          length == 128
              ? low
              : length <= 64 ? random.nextLong() : low ^ (random.nextLong() >>> (length - 64));
      assertThat(Buckets.of(KEY, false, otherHigh, otherLow, prefix))
          .isEqualTo(Buckets.of(KEY, false, high, low, prefix));
    }
  }

  @ParameterizedTest
  @CsvSource({"1", "24", "32", "64", "65", "128"})
  void theLastBitOfThePrefixCounts(int length) {
    StickyPrefix prefix = new StickyPrefix(Math.min(length, 32), length);
    Random random = new Random(length);
    int moved4 = 0;
    int moved6 = 0;
    for (int i = 0; i < 64; i++) {
      long key = random.nextLong();
      long high = random.nextLong();
      long low = random.nextLong();
      if (length <= 32) {
        long v4 = low & 0xffffffffL;
        moved4 +=
            Buckets.of(key, true, 0, v4, prefix)
                    == Buckets.of(key, true, 0, v4 ^ (1L << (32 - length)), prefix)
                ? 0
                : 1;
      }
      long otherHigh = length <= 64 ? high ^ (1L << (64 - length)) : high;
      long otherLow = length <= 64 ? low : low ^ (1L << (128 - length));
      moved6 +=
          Buckets.of(key, false, high, low, prefix)
                  == Buckets.of(key, false, otherHigh, otherLow, prefix)
              ? 0
              : 1;
    }
    // By chance two fall into one bucket once in 4,096 times.
    assertThat(moved4).isGreaterThanOrEqualTo(length <= 32 ? 62 : 0);
    assertThat(moved6).isGreaterThanOrEqualTo(62);
  }

  @ParameterizedTest
  @CsvSource({"1", "48", "64", "65", "128"})
  void everyBitOfAnIpv6PrefixCounts(int length) {
    Random random = new Random(length);
    StickyPrefix prefix = new StickyPrefix(24, length);
    for (int bit = 0; bit < length; bit++) {
      long otherHigh = bit < 64 ? 1L << (63 - bit) : 0;
      long otherLow = bit < 64 ? 0 : 1L << (127 - bit);
      int moved = 0;
      for (int i = 0; i < 64; i++) {
        long high = random.nextLong();
        long low = random.nextLong();
        int bucket = Buckets.of(KEY, false, high, low, prefix);
        moved += bucket == Buckets.of(KEY, false, high ^ otherHigh, low ^ otherLow, prefix) ? 0 : 1;
      }
      // As above; with one bit there are two networks.
      assertThat(moved).as("bit %d", bit).isBetween(62, 64);
    }
  }

  @Test
  void withAnotherKeyNetworksFallElsewhereInBothFamilies() {
    Random random = new Random(7);
    int moved4 = 0;
    int moved6 = 0;
    for (int i = 0; i < 64; i++) {
      long high = random.nextLong();
      long low = random.nextLong() & 0xffffffffL;
      int was4 = Buckets.of(KEY, true, 0, low, StickyPrefix.DEFAULT);
      int was6 = Buckets.of(KEY, false, high, low, StickyPrefix.DEFAULT);
      moved4 += Buckets.of(KEY + 1, true, 0, low, StickyPrefix.DEFAULT) == was4 ? 0 : 1;
      moved6 += Buckets.of(KEY + 1, false, high, low, StickyPrefix.DEFAULT) == was6 ? 0 : 1;
    }
    assertThat(moved4).isBetween(62, 64);
    assertThat(moved6).isBetween(62, 64);
  }

  /** Chi-square with 4,095 degrees of freedom; the bound is that of a significance of 0.001. */
  @Test
  void neighbouringNetworksFillAllBucketsEvenly() {
    int each = 32;
    long[] counts = new long[Buckets.COUNT];
    for (long network = 0; network < (long) each * Buckets.COUNT; network++) {
      counts[Buckets.of(KEY, true, 0, 0x0b000000L + (network << 8), StickyPrefix.DEFAULT)]++;
    }
    assertThat(ChiSquare.of(counts, 1)).isLessThan(ChiSquare.bound(Buckets.COUNT - 1));
  }

  @Test
  void twoNamesOrTwoSaltsAreIndependent() {
    long[] keys = {
      KEY,
      Salt.of(new byte[] {1, 2, 3}).key("api.example.com."),
      Salt.of(new byte[] {1, 2, 4}).key("www.example.com.")
    };
    int networks = 20_000;
    int[] same = new int[2];
    for (long network = 0; network < networks; network++) {
      int first = Buckets.of(keys[0], true, 0, network << 8, StickyPrefix.DEFAULT);
      for (int i = 0; i < same.length; i++) {
        int other = Buckets.of(keys[i + 1], true, 0, network << 8, StickyPrefix.DEFAULT);
        same[i] += first == other ? 1 : 0;
      }
    }
    // 20,000 / 4,096 are expected, about 4.9: 20 has a chance below one in a million.
    assertThat(same[0]).isLessThan(20);
    assertThat(same[1]).isLessThan(20);
  }

  @Test
  void aSaltTellsNothingOfItself() {
    assertThat(Salt.of("secret".getBytes(java.nio.charset.StandardCharsets.UTF_8)))
        .hasToString("Salt")
        .isEqualTo(Salt.of("secret".getBytes(java.nio.charset.StandardCharsets.UTF_8)))
        .isNotEqualTo(Salt.NONE);
  }
}

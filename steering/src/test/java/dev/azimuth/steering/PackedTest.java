package dev.azimuth.steering;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Packed ranges against the same ones as they stand in order, looked at one after the other. */
class PackedTest {
  private static final int CHECKED = 4000;

  /** Starts of ranges and their values. */
  private static final class Plain {
    final long[] starts;
    final char[] values;

    Plain(long[] starts, char[] values) {
      this.starts = starts;
      this.values = values;
    }

    static Plain random(Random random) {
      // Some pieces with many ranges, some with one, some inside a range; ends of pieces are
      // common.
      int crowd = 1 + random.nextInt(40);
      long[] starts =
          random
              .longs(1 + random.nextInt(3000), 0, 1L << 32)
              .map(start -> random.nextInt(crowd) == 0 ? start : start % (7L << 18))
              .map(start -> random.nextInt(4) == 0 ? start & ~0xffffL : start)
              .map(start -> random.nextInt(8) == 0 ? start | 0xffffL : start)
              .toArray();
      starts[0] = 0;
      long[] rising = Arrays.stream(starts).sorted().distinct().toArray();
      char[] values = new char[rising.length];
      for (int i = 0; i < values.length; i++) {
        int other = random.nextInt(1 << 16);
        values[i] = (char) (i > 0 && other == values[i - 1] ? other + 1 : other);
      }
      return new Plain(rising, values);
    }

    Starts growing() {
      Starts.Growing growing = new Starts.Growing(Family.V4);
      Arrays.stream(starts).forEach(start -> growing.add(0, start));
      return growing.starts();
    }

    Packed packed() {
      return Packed.of(growing(), values);
    }

    int range(long address) {
      int range = 0;
      while (range + 1 < starts.length && starts[range + 1] <= address) {
        range++;
      }
      return range;
    }

    /** The shortest prefix around an address that lies in its range. */
    int scope(long address) {
      int range = range(address);
      long end = range + 1 == starts.length ? 1L << 32 : starts[range + 1];
      for (int length = 0; ; length++) {
        long size = 1L << (32 - length);
        long first = address & -size;
        if (first >= starts[range] && first + size <= end) {
          return length;
        }
      }
    }

    /** Ends of ranges and of pieces, and what lies beside them. */
    long address(Random random) {
      long near = starts[random.nextInt(starts.length)] + random.nextInt(-1, 2);
      long address = random.nextInt(5) == 0 ? random.nextLong() : near;
      address = random.nextInt(5) == 0 ? (address & ~0xffffL) + random.nextInt(-1, 2) : address;
      return address & 0xffffffffL;
    }
  }

  static IntStream seeds() {
    return IntStream.range(0, 40);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void everyAddressHasItsValueAndScope(int seed) {
    Random random = new Random(seed);
    Plain plain = Plain.random(random);
    Packed packed = plain.packed();
    assertThat(packed.count()).isEqualTo(plain.values.length);
    for (int i = 0; i < CHECKED; i++) {
      long address = plain.address(random);
      int range = packed.find(0, address);
      assertThat(packed.value(range))
          .as("value of %x", address)
          .isEqualTo(plain.values[plain.range(address)]);
      assertThat(packed.scope(range, 0, address))
          .as("scope of %x", address)
          .isEqualTo(plain.scope(address));
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void rangesBeginWhereTheyDidAndAtPieces(int seed) {
    Plain plain = Plain.random(new Random(seed));
    Packed packed = plain.packed();
    long[] begins =
        IntStream.concat(
                IntStream.range(0, 1 << 16).map(piece -> piece << 16),
                Arrays.stream(plain.starts).mapToInt(start -> (int) start))
            .mapToLong(Integer::toUnsignedLong)
            .sorted()
            .distinct()
            .toArray();
    assertThat(IntStream.range(0, packed.size()).mapToLong(packed::low).toArray())
        .isEqualTo(begins);
    assertThat(IntStream.range(0, packed.size()).mapToLong(packed::high)).containsOnly(0L);
    BitSet values = new BitSet();
    packed.collect(values);
    BitSet wanted = new BitSet();
    for (char value : plain.values) {
      wanted.set(value);
    }
    assertThat(values).isEqualTo(wanted);
  }

  @Test
  void manyRangesOfIpv4ArePackedAndFewAreNot() {
    assertThat(of(Family.V4, Packed.WORTHWHILE)).isInstanceOf(Packed.class);
    assertThat(of(Family.V4, Packed.WORTHWHILE - 1)).isInstanceOf(Valued.Listed.class);
    assertThat(of(Family.V6, Packed.WORTHWHILE)).isInstanceOf(Valued.Listed.class);
  }

  private static Valued of(Family family, int count) {
    Starts.Growing growing = new Starts.Growing(family);
    char[] values = new char[count];
    for (int i = 0; i < count; i++) {
      growing.add(0, (long) i << 12);
      values[i] = (char) (i & 1);
    }
    return Valued.of(family, growing.starts(), values);
  }
}

package dev.azimuth.steering;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The compiled map against an evaluation that is obviously right. */
class PrefixMapTest {

  static IntStream seeds() {
    return IntStream.range(0, 24);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void givesEveryIpv4AddressTheValueOfTheNaiveEvaluationAndTheWidestScope(int seed) {
    Random random = new Random(seed);
    // A space of 12 bits at the top of the address, so that prefixes meet and every scope is tried.
    List<PrefixMap.Input> inputs = inputs(random, true, seed % 3 == 0 ? 80 : 5, 20);
    PrefixMap map = map(inputs);
    for (int i = 0; i < 60; i++) {
      int address = random.nextInt() & (random.nextBoolean() ? 0xfff00000 : -1);
      int value = map.value(true, 0, address & 0xffffffffL);
      assertThat(value).isEqualTo(naive(inputs, true, 0, address & 0xffffffffL));
      int scope = scope(map, true, 0, address & 0xffffffffL);
      assertConstantWithin(map, random, address, scope, value);
      if (scope > 0) {
        assertThat(sameEverywhere(inputs, address, scope - 1)).as("scope %d", scope).isFalse();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void givesEveryIpv6AddressTheValueOfTheNaiveEvaluationAndTheWidestScope(int seed) {
    Random random = new Random(seed);
    List<PrefixMap.Input> inputs = inputs(random, false, 8, 128);
    PrefixMap map = map(inputs);
    for (int i = 0; i < 60; i++) {
      Cidr near = inputs.get(random.nextInt(inputs.size())).prefixes().getFirst();
      long high = random.nextBoolean() ? near.high() : random.nextLong();
      long low = random.nextBoolean() ? near.low() : near.low() - random.nextInt(2);
      int value = map.value(false, high, low);
      assertThat(value).isEqualTo(naive(inputs, false, high, low));
      int scope = scope(map, false, high, low);
      BigInteger start = number(high, low).shiftRight(128 - scope).shiftLeft(128 - scope);
      BigInteger end = start.add(BigInteger.ONE.shiftLeft(128 - scope)).subtract(BigInteger.ONE);
      for (BigInteger each : List.of(start, end)) {
        assertThat(map.value(false, each.shiftRight(64).longValue(), each.longValue()))
            .isEqualTo(value);
      }
      assertThat(scope).as("of %x:%x", high, low).isEqualTo(widest(map, high, low));
    }
  }

  /** The longest prefix around the address that another value lies just outside of. */
  private static int widest(PrefixMap map, long high, long low) {
    Starts starts = map.starts(Family.V6);
    BigInteger address = number(high, low);
    int widest = 0;
    for (int range = 0; range < starts.size(); range++) {
      BigInteger start = number(starts.high(range), starts.low(range));
      BigInteger last =
          range + 1 < starts.size()
              ? number(starts.high(range + 1), starts.low(range + 1)).subtract(BigInteger.ONE)
              : BigInteger.ONE.shiftLeft(128).subtract(BigInteger.ONE);
      if (map.value(false, range) != map.value(false, high, low)) {
        int common =
            Math.max(128 - start.xor(address).bitLength(), 128 - last.xor(address).bitLength());
        widest = Math.max(widest, common + 1);
      }
    }
    return widest;
  }

  /** So many that the map packs them. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void givesEveryAddressOfVeryManyPrefixesItsValueAndTheWidestScope(int seed) {
    Random random = new Random(seed);
    // Blocks of 2^15 addresses: about half of the neighbours differ, so that scopes vary.
    int[] values = random.ints(1 << 17, 0, 2).toArray();
    List<PrefixMap.Input> inputs =
        IntStream.rangeClosed(0, 1)
            .mapToObj(
                value ->
                    new PrefixMap.Input(
                        value,
                        IntStream.range(0, values.length)
                            .filter(i -> values[i] == value)
                            .mapToObj(i -> new Cidr(true, 0, (long) i << 15, 17))
                            .toList()))
            .toList();
    PrefixMap map = map(inputs);
    assertThat(map.starts(Family.V4)).isInstanceOf(Packed.class);
    for (int i = 0; i < 2000; i++) {
      long address = random.nextLong(1L << 32);
      int block = (int) (address >>> 15);
      assertThat(map.value(true, 0, address)).isEqualTo(values[block]);
      int length = 17;
      while (length > 0 && alike(values, block >>> (18 - length), 1 << (18 - length))) {
        length--;
      }
      assertThat(scope(map, true, 0, address)).as("%x", address).isEqualTo(length);
    }
  }

  private static boolean alike(int[] values, int number, int size) {
    return IntStream.range(number * size, (number + 1) * size)
        .allMatch(i -> values[i] == values[number * size]);
  }

  private static int scope(PrefixMap map, boolean v4, long high, long low) {
    return map.scope(v4, map.range(v4, high, low), high, low);
  }

  private static PrefixMap map(List<PrefixMap.Input> inputs) {
    return PrefixMap.of(inputs, inside -> inside.isEmpty() ? 999 : inside.nextSetBit(0));
  }

  private static List<PrefixMap.Input> inputs(Random random, boolean v4, int count, int longest) {
    List<PrefixMap.Input> inputs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      List<Cidr> prefixes = new ArrayList<>();
      for (int k = 0; k <= random.nextInt(3); k++) {
        int length = random.nextInt(longest + 1);
        if (v4) {
          long mask = length == 0 ? 0 : -1L << (32 - length) & 0xffffffffL;
          prefixes.add(new Cidr(true, 0, random.nextLong() & mask, length));
        } else {
          BigInteger mask =
              BigInteger.ONE.shiftLeft(length).subtract(BigInteger.ONE).shiftLeft(128 - length);
          BigInteger address = new BigInteger(128, random).and(mask);
          prefixes.add(
              new Cidr(false, address.shiftRight(64).longValue(), address.longValue(), length));
        }
      }
      inputs.add(new PrefixMap.Input(i, prefixes));
    }
    return inputs;
  }

  private static int naive(List<PrefixMap.Input> inputs, boolean v4, long high, long low) {
    for (PrefixMap.Input input : inputs) {
      for (Cidr cidr : input.prefixes()) {
        int bits = v4 ? 32 : 128;
        if (cidr.v4() == v4
            && number(high, low)
                .shiftRight(bits - cidr.length())
                .equals(number(cidr.high(), cidr.low()).shiftRight(bits - cidr.length()))) {
          return input.number();
        }
      }
    }
    return 999;
  }

  private static void assertConstantWithin(
      PrefixMap map, Random random, int address, int scope, int value) {
    int mask = scope == 0 ? 0 : -1 << (32 - scope);
    for (int i = 0; i < 20; i++) {
      int other = (address & mask) | (random.nextInt() & ~mask);
      assertThat(map.value(true, 0, other & 0xffffffffL)).isEqualTo(value);
    }
  }

  /** Whether all addresses of a prefix have one value; prefixes of 20 bits are never split. */
  private static boolean sameEverywhere(List<PrefixMap.Input> inputs, int address, int length) {
    int mask = length == 0 ? 0 : -1 << (32 - length);
    long first = address & mask & 0xffffffffL;
    long last = first | (~mask & 0xffffffffL);
    int value = naive(inputs, true, 0, first);
    long step = 1L << Math.max(12, 32 - length - 12);
    for (long each = first; each <= last; each += step) {
      if (naive(inputs, true, 0, each) != value) {
        return false;
      }
    }
    // Coarse steps may jump over a small prefix: look at every prefix's own ends as well.
    for (PrefixMap.Input input : inputs) {
      for (Cidr cidr : input.prefixes()) {
        long end =
            cidr.low() | (cidr.length() == 0 ? 0xffffffffL : (1L << (32 - cidr.length())) - 1);
        for (long each : new long[] {cidr.low(), end, cidr.low() - 1, end + 1}) {
          if (each >= first && each <= last && naive(inputs, true, 0, each) != value) {
            return false;
          }
        }
      }
    }
    return true;
  }

  private static BigInteger number(long high, long low) {
    return new BigInteger(Long.toUnsignedString(high))
        .shiftLeft(64)
        .add(new BigInteger(Long.toUnsignedString(low)));
  }
}

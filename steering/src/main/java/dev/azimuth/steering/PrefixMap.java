package dev.azimuth.steering;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntUnaryOperator;
import java.util.function.ToIntFunction;

/**
 * Which small number belongs to an address, for every address of both families: sorted starts of
 * ranges, equal neighbours merged. Immutable; a lookup allocates nothing.
 *
 * <p>The scope of an answer needs no storage: it is the shortest prefix around the address that
 * stays inside its range.
 */
public final class PrefixMap {
  private final Valued v4;
  private final Valued v6;

  /** A set of prefixes that belong to the input with this number. */
  public record Input(int number, List<Cidr> prefixes) {}

  private PrefixMap(Valued v4, Valued v6) {
    this.v4 = v4;
    this.v6 = v6;
  }

  /**
   * Evaluates every address once for all neighbours that lie in the same prefixes.
   *
   * @param valueOf from the numbers of the inputs that contain an address to its value, 0 to 65535
   */
  public static PrefixMap of(List<Input> inputs, ToIntFunction<BitSet> valueOf) {
    return of(
        inputs,
        Places.NONE,
        inside -> {
          int value = valueOf.applyAsInt(inside);
          return place -> value;
        });
  }

  /**
   * The same, where a value also depends on the place of an address.
   *
   * @param valueOf from the numbers of the inputs that contain an address to what gives its value,
   *     0 to 65535, for the number of its place
   */
  static PrefixMap of(
      List<Input> inputs, Places places, Function<BitSet, IntUnaryOperator> valueOf) {
    return new PrefixMap(
        merge(inputs, Family.V4, places, valueOf), merge(inputs, Family.V6, places, valueOf));
  }

  /** The value of an address; IPv4 in the lower 32 bits of {@code low} with {@code high} 0. */
  public int value(boolean isV4, long high, long low) {
    return isV4 ? v4.value(v4.find(high, low)) : v6.value(v6.find(high, low));
  }

  /** The number of the range of an address among those of its family. */
  int range(boolean isV4, long high, long low) {
    return isV4 ? v4.find(high, low) : v6.find(high, low);
  }

  /** The value of a range. */
  int value(boolean isV4, int range) {
    return isV4 ? v4.value(range) : v6.value(range);
  }

  /**
   * The length of the shortest prefix around an address in which every address has its value.
   *
   * @param range of the address
   */
  int scope(boolean isV4, int range, long high, long low) {
    return isV4 ? v4.scope(range, high, low) : v6.scope(range, high, low);
  }

  /**
   * The scope of an answer that depends on the client's value: 0 where all have the same, or where
   * it is no client subnet. Where that holds in the client's family alone it is 1: a scope of 0 is
   * said of all addresses of both (RFC 7871 section 7.3.1).
   *
   * @param range of the client
   */
  int scope(Client client, int range) {
    return client.subnet && !constant()
        ? Math.max(1, client.scope(scope(client.v4, range, client.high, client.low)))
        : 0;
  }

  /** Whether every address of both families has the same value. */
  public boolean constant() {
    return v4.count() == 1 && v6.count() == 1 && v4.value(0) == v6.value(0);
  }

  /** Where the ranges of a family begin; neighbours may have the same value. */
  Starts starts(Family family) {
    return family == Family.V4 ? v4.starts() : v6.starts();
  }

  /** The values that addresses have. */
  BitSet values() {
    BitSet values = new BitSet();
    v4.collect(values);
    v6.collect(values);
    return values;
  }

  /** How many ranges with another value than their neighbours there are, of both families. */
  int ranges() {
    return v4.count() + v6.count();
  }

  /** An input begins (+1) or has ended (−1) at an address. */
  private record Edge(long high, long low, int input, int change) {
    int compare(long otherHigh, long otherLow) {
      return Starts.compare(high, low, otherHigh, otherLow);
    }
  }

  private static Valued merge(
      List<Input> inputs,
      Family family,
      Places places,
      Function<BitSet, IntUnaryOperator> valueOf) {
    List<Edge> edges = edges(inputs, family);
    Places.Ranges known = places.of(family);
    Starts starts = known.starts;
    int[] depth = new int[inputs.size()];
    BitSet inside = new BitSet();
    Merging merging = new Merging(family);
    long high = 0;
    long low = 0;
    int range = 0;
    for (int i = 0; ; ) {
      for (; i < edges.size() && edges.get(i).compare(high, low) == 0; i++) {
        Edge edge = edges.get(i);
        depth[edge.input] += edge.change;
        inside.set(inputs.get(edge.input).number, depth[edge.input] > 0);
      }
      IntUnaryOperator value = valueOf.apply(inside);
      merging.add(high, low, value.applyAsInt(known.places[range]));
      Edge next = i == edges.size() ? null : edges.get(i);
      // Every range of places that begins before the next edge; one that begins there is entered.
      while (range + 1 < starts.size()) {
        long from = starts.high(range + 1);
        long fromLow = starts.low(range + 1);
        int order = next == null ? -1 : -next.compare(from, fromLow);
        if (order > 0) {
          break;
        }
        range++;
        if (order < 0) {
          merging.add(from, fromLow, value.applyAsInt(known.places[range]));
        }
      }
      if (next == null) {
        return merging.ranges();
      }
      high = next.high;
      low = next.low;
    }
  }

  private static List<Edge> edges(List<Input> inputs, Family family) {
    List<Edge> edges = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      for (Cidr prefix : inputs.get(i).prefixes) {
        if (prefix.v4() == (family == Family.V4)) {
          edges.add(new Edge(prefix.high(), prefix.low(), i, 1));
          PrefixEnd end = PrefixEnd.of(family, prefix.high(), prefix.low(), prefix.length());
          if (!end.last()) {
            edges.add(new Edge(end.high(), end.low(), i, -1));
          }
        }
      }
    }
    edges.sort(Comparator.comparing((Edge e) -> e, (a, b) -> a.compare(b.high, b.low)));
    return edges;
  }

  /** Ranges as they come, those joined to the one before that have its value. */
  private static final class Merging {
    private final Family family;
    private final Starts.Growing starts;
    private char[] values = new char[16];

    Merging(Family family) {
      this.family = family;
      starts = new Starts.Growing(family);
    }

    void add(long high, long low, int value) {
      int size = starts.size();
      if (size > 0 && values[size - 1] == value) {
        return;
      }
      if (size == values.length) {
        values = Arrays.copyOf(values, size + (size >> 1));
      }
      values[size] = (char) value;
      starts.add(high, low);
    }

    Valued ranges() {
      return Valued.of(family, starts.starts(), Arrays.copyOf(values, starts.size()));
    }
  }
}

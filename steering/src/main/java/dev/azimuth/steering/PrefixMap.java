package dev.azimuth.steering;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToIntFunction;

/**
 * Which small number belongs to an address, for every address of both families: sorted starts of
 * ranges, equal neighbours merged. Immutable; a lookup allocates nothing.
 *
 * <p>The scope of an answer needs no storage: it is the shortest prefix around the address that
 * stays inside its range.
 */
public final class PrefixMap {
  /** Above so many IPv4 ranges an index over the top 16 bits pays for its 256 KiB. */
  private static final int INDEXED_FROM = 64;

  private final int[] starts4;
  private final char[] values4;
  private final int[] index4;
  private final long[] high6;
  private final long[] low6;
  private final char[] values6;

  /** A set of prefixes that belong to the input with this number. */
  public record Input(int number, List<Cidr> prefixes) {}

  /**
   * Evaluates every address once for all neighbours that lie in the same prefixes.
   *
   * @param valueOf from the numbers of the inputs that contain an address to its value, 0 to 65535
   */
  public static PrefixMap of(List<Input> inputs, ToIntFunction<BitSet> valueOf) {
    return new PrefixMap(ranges(inputs, Family.V4, valueOf), ranges(inputs, Family.V6, valueOf));
  }

  private PrefixMap(List<Range> v4, List<Range> v6) {
    starts4 = v4.stream().mapToInt(range -> (int) range.low).toArray();
    values4 = values(v4);
    index4 = starts4.length < INDEXED_FROM ? new int[0] : index(starts4);
    high6 = v6.stream().mapToLong(Range::high).toArray();
    low6 = v6.stream().mapToLong(Range::low).toArray();
    values6 = values(v6);
  }

  /** The value of an address; IPv4 in the lower 32 bits of {@code low} with {@code high} 0. */
  public int value(boolean v4, long high, long low) {
    return v4 ? values4[find4((int) low)] : values6[find6(high, low)];
  }

  /** The length of the shortest prefix around an address in which every address has its value. */
  int scope(boolean v4, long high, long low) {
    return v4 ? scope4((int) low) : scope6(high, low);
  }

  /** Whether every address of both families has the same value. */
  public boolean constant() {
    return values4.length == 1 && values6.length == 1 && values4[0] == values6[0];
  }

  private int find4(int address) {
    int from = 0;
    int to = starts4.length;
    if (index4.length != 0) {
      int top = address >>> 16;
      from = index4[top];
      to = index4[top + 1] + 1;
    }
    // The last start that is not above the address.
    while (to - from > 1) {
      int middle = (from + to) >>> 1;
      if (Integer.compareUnsigned(starts4[middle], address) <= 0) {
        from = middle;
      } else {
        to = middle;
      }
    }
    return from;
  }

  private int find6(long high, long low) {
    int from = 0;
    int to = high6.length;
    while (to - from > 1) {
      int middle = (from + to) >>> 1;
      if (compare(high6[middle], low6[middle], high, low) <= 0) {
        from = middle;
      } else {
        to = middle;
      }
    }
    return from;
  }

  private int scope4(int address) {
    int range = find4(address);
    int scope = 0;
    if (range > 0) {
      scope = 1 + Integer.numberOfLeadingZeros(address ^ (starts4[range] - 1));
    }
    if (range + 1 < starts4.length) {
      scope = Math.max(scope, 1 + Integer.numberOfLeadingZeros(address ^ starts4[range + 1]));
    }
    return scope;
  }

  private int scope6(long high, long low) {
    int range = find6(high, low);
    int scope = 0;
    if (range > 0) {
      long lowBefore = low6[range] - 1;
      long highBefore = low6[range] == 0 ? high6[range] - 1 : high6[range];
      scope = 1 + leadingZeros(high ^ highBefore, low ^ lowBefore);
    }
    if (range + 1 < high6.length) {
      scope = Math.max(scope, 1 + leadingZeros(high ^ high6[range + 1], low ^ low6[range + 1]));
    }
    return scope;
  }

  private static int leadingZeros(long high, long low) {
    return high != 0 ? Long.numberOfLeadingZeros(high) : 64 + Long.numberOfLeadingZeros(low);
  }

  private static int compare(long highA, long lowA, long highB, long lowB) {
    int order = Long.compareUnsigned(highA, highB);
    return order != 0 ? order : Long.compareUnsigned(lowA, lowB);
  }

  private static char[] values(List<Range> ranges) {
    char[] values = new char[ranges.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (char) ranges.get(i).value;
    }
    return values;
  }

  /** By the top 16 bits: the range that contains the first address with them. */
  private static int[] index(int[] starts) {
    int[] index = new int[(1 << 16) + 1];
    int range = 0;
    for (int top = 0; top < 1 << 16; top++) {
      while (range + 1 < starts.length
          && Integer.compareUnsigned(starts[range + 1], top << 16) <= 0) {
        range++;
      }
      index[top] = range;
    }
    index[1 << 16] = starts.length - 1;
    return index;
  }

  /** From this address on, up to the next range, every address has the value. */
  private record Range(long high, long low, int value) {}

  /** An input begins (+1) or has ended (−1) at an address. */
  private record Edge(long high, long low, int input, int change) {}

  private static List<Range> ranges(
      List<Input> inputs, Family family, ToIntFunction<BitSet> valueOf) {
    List<Edge> edges = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      for (Cidr prefix : inputs.get(i).prefixes) {
        if (prefix.v4() == (family == Family.V4)) {
          addEdges(edges, i, prefix, family);
        }
      }
    }
    edges.sort(
        Comparator.comparing((Edge e) -> e, (a, b) -> compare(a.high, a.low, b.high, b.low)));

    int[] depth = new int[inputs.size()];
    BitSet inside = new BitSet();
    List<Range> ranges = new ArrayList<>();
    long high = 0;
    long low = 0;
    for (int i = 0; ; ) {
      for (; i < edges.size() && edges.get(i).high == high && edges.get(i).low == low; i++) {
        Edge edge = edges.get(i);
        depth[edge.input] += edge.change;
        inside.set(inputs.get(edge.input).number, depth[edge.input] > 0);
      }
      int value = valueOf.applyAsInt(inside);
      if (ranges.isEmpty() || ranges.getLast().value != value) {
        ranges.add(new Range(high, low, value));
      }
      if (i == edges.size()) {
        return ranges;
      }
      high = edges.get(i).high;
      low = edges.get(i).low;
    }
  }

  private static void addEdges(List<Edge> edges, int input, Cidr prefix, Family family) {
    edges.add(new Edge(prefix.high(), prefix.low(), input, 1));
    int hostBits = family.bits() - prefix.length();
    long lowMask = hostBits >= 64 ? -1 : (1L << hostBits) - 1;
    long highMask = hostBits <= 64 ? 0 : hostBits == 128 ? -1 : (1L << (hostBits - 64)) - 1;
    long lowEnd = (prefix.low() | lowMask) + 1;
    long highEnd = (prefix.high() | highMask) + (lowEnd == 0 ? 1 : 0);
    boolean beyondLast = family == Family.V4 ? lowEnd == 1L << 32 : lowEnd == 0 && highEnd == 0;
    if (!beyondLast) {
      edges.add(new Edge(highEnd, lowEnd, input, -1));
    }
  }
}

package dev.azimuth.steering;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

/** The addresses that clients are taken to have where nobody lists them. */
final class Everybody {
  /** Which addresses are public is told by their first bits. */
  private static final int BITS = 16;

  private Everybody() {}

  /** Every address that the databases know; without databases every public one, in rising order. */
  static List<Span> of(Places places, Family family) {
    if (places.count() > 1) {
      Places.Ranges known = places.of(family);
      return joined(family, known.starts, range -> known.places[range] != 0);
    }
    Starts.Growing blocks = new Starts.Growing(family);
    for (long block = 0; block < 1 << BITS; block++) {
      long first = block << (Math.min(family.bits(), Long.SIZE) - BITS);
      blocks.add(family == Family.V4 ? 0 : first, family == Family.V4 ? first : 0);
    }
    Starts starts = blocks.starts();
    boolean v4 = family == Family.V4;
    return joined(
        family, starts, block -> Subnets.usable(v4, starts.high(block), starts.low(block)));
  }

  /** The ranges that are wanted, neighbours joined. */
  private static List<Span> joined(Family family, Starts starts, IntPredicate wanted) {
    List<Span> spans = new ArrayList<>();
    int size = starts.size();
    for (int range = 0; range < size; range++) {
      if (wanted.test(range)) {
        int from = range;
        while (range + 1 < size && wanted.test(range + 1)) {
          range++;
        }
        boolean last = range + 1 == size;
        long endHigh = last ? 0 : starts.high(range + 1);
        long endLow = last ? 0 : starts.low(range + 1);
        spans.add(Span.before(family, starts.high(from), starts.low(from), endHigh, endLow));
      }
    }
    return spans;
  }
}

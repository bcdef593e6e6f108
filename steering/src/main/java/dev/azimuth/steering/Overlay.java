package dev.azimuth.steering;

import java.util.List;

/** Several maps of the addresses of one family, cut into pieces in which none of them changes. */
final class Overlay {
  private final Starts[] maps;
  private final int[] ranges;

  /** By map where its range ends: where the next one begins, if there is one. */
  private final long[] endHigh;

  private final long[] endLow;

  /** Takes the pieces of a walk. */
  interface Sink {
    /**
     * @param ranges by map: the one that the piece lies in; valid during the call
     * @param high of the first address of the piece
     * @param addresses how many it has
     */
    void piece(int[] ranges, long high, long low, double addresses);
  }

  /**
   * @param maps of one family, at least one
   */
  Overlay(List<Starts> maps) {
    this.maps = maps.toArray(Starts[]::new);
    ranges = new int[this.maps.length];
    endHigh = new long[this.maps.length];
    endLow = new long[this.maps.length];
  }

  /** Visits every piece of a span of the family, in rising order. */
  void walk(Span span, Sink sink) {
    long high = span.high();
    long low = span.low();
    for (int i = 0; i < maps.length; i++) {
      enter(i, maps[i].find(high, low));
    }
    for (int next = next(span); next >= 0; next = next(span)) {
      long from = high;
      long fromLow = low;
      high = endHigh[next];
      low = endLow[next];
      sink.piece(ranges, from, fromLow, Span.distance(from, fromLow, high, low));
      for (int i = 0; i < maps.length; i++) {
        if (behind(i, high, low) == 0) {
          enter(i, ranges[i] + 1);
        }
      }
    }
    sink.piece(
        ranges,
        high,
        low,
        new Span(span.v4(), high, low, span.lastHigh(), span.lastLow()).addresses());
  }

  private void enter(int map, int range) {
    ranges[map] = range;
    if (range + 1 < maps[map].size()) {
      endHigh[map] = maps[map].high(range + 1);
      endLow[map] = maps[map].low(range + 1);
    }
  }

  /** The map whose range ends first; −1 where none ends within the span. */
  private int next(Span span) {
    int first = -1;
    long high = span.lastHigh();
    long low = span.lastLow();
    for (int i = 0; i < maps.length; i++) {
      int order = behind(i, high, low);
      if (order < 0 || (order == 0 && first < 0)) {
        first = i;
        high = endHigh[i];
        low = endLow[i];
      }
    }
    return first;
  }

  /** How the end of a map's range compares with an address; 1 where it is that of all. */
  private int behind(int map, long high, long low) {
    return ranges[map] + 1 == maps[map].size()
        ? 1
        : Starts.compare(endHigh[map], endLow[map], high, low);
  }
}

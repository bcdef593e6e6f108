package dev.azimuth.steering;

import java.util.List;

/** Several maps of the addresses of one family, cut into pieces in which none of them changes. */
final class Overlay {
  private final Starts[] maps;
  private final int[] ranges;

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
  }

  /** Visits every piece of a span of the family, in rising order. */
  void walk(Span span, Sink sink) {
    long high = span.high();
    long low = span.low();
    for (int i = 0; i < maps.length; i++) {
      ranges[i] = maps[i].find(high, low);
    }
    for (int next = next(span); next >= 0; next = next(span)) {
      long endHigh = maps[next].high(ranges[next] + 1);
      long endLow = maps[next].low(ranges[next] + 1);
      sink.piece(ranges, high, low, Span.distance(high, low, endHigh, endLow));
      high = endHigh;
      low = endLow;
      for (int i = 0; i < maps.length; i++) {
        if (behind(i, high, low) == 0) {
          ranges[i]++;
        }
      }
    }
    sink.piece(
        ranges,
        high,
        low,
        new Span(span.v4(), high, low, span.lastHigh(), span.lastLow()).addresses());
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
        high = maps[i].high(ranges[i] + 1);
        low = maps[i].low(ranges[i] + 1);
      }
    }
    return first;
  }

  /** How the start of a map's next range compares with an address; 1 where there is none. */
  private int behind(int map, long high, long low) {
    int next = ranges[map] + 1;
    return next == maps[map].size()
        ? 1
        : Starts.compare(maps[map].high(next), maps[map].low(next), high, low);
  }
}

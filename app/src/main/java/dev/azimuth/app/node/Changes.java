package dev.azimuth.app.node;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What changed, in lines: of many of a kind the first ten, and how many more there are. */
final class Changes {
  private static final int MOST = 10;

  private final List<String> lines = new ArrayList<>();
  private final Map<String, Integer> kinds = new LinkedHashMap<>();
  private int count;

  /** A line of which there are few. */
  void add(String line) {
    count++;
    lines.add(line);
  }

  /**
   * A line of which there may be many.
   *
   * @param kind what they all are, such as {@code names added}
   */
  void add(String kind, String line) {
    count++;
    if (kinds.merge(kind, 1, Integer::sum) <= MOST) {
      lines.add(line);
    }
  }

  /** How many there are, with those that are not shown. */
  int count() {
    return count;
  }

  List<String> lines() {
    List<String> all = new ArrayList<>(lines);
    kinds.forEach(
        (kind, of) -> {
          if (of > MOST) {
            all.add(String.format(Locale.ROOT, "and %,d more %s", of - MOST, kind));
          }
        });
    return all;
  }
}

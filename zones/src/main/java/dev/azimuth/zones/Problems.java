package dev.azimuth.zones;

import dev.azimuth.zones.ZoneProblem.Severity;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Gathers the problems of one load: at most {@link #MOST} of each severity, so memory is bounded.
 */
final class Problems {
  static final int MOST = 1000;
  private static final int LONGEST_QUOTE = 60;

  /** A place in one of the texts; {@code source} counts them in the order they were opened. */
  record Place(int source, int line, int column) {}

  private record Found(Place place, ZoneProblem problem) {}

  private final List<String> sources = new ArrayList<>();
  private final List<Found> found = new ArrayList<>();
  private int errors;
  private int warnings;

  /** Adds a text that problems may lie in, and returns its number. */
  int source(String name) {
    sources.add(name);
    return sources.size() - 1;
  }

  void error(String code, Place place, String message) {
    errors++;
    add(Severity.ERROR, errors, code, place, message);
  }

  void warning(String code, Place place, String message) {
    warnings++;
    add(Severity.WARNING, warnings, code, place, message);
  }

  boolean hasErrors() {
    return errors > 0;
  }

  /** Whether so many errors were found that reading on helps nobody. */
  boolean full() {
    return errors >= MOST;
  }

  /** All problems in the order of their lines, text by text. */
  List<ZoneProblem> inOrder() {
    found.sort(
        Comparator.comparingInt((Found f) -> f.place.source)
            .thenComparingInt(f -> f.place.line)
            .thenComparingInt(f -> f.place.column));
    return found.stream().map(Found::problem).toList();
  }

  private void add(Severity severity, int count, String code, Place place, String message) {
    if (count <= MOST) {
      String name = sources.get(place.source);
      found.add(
          new Found(
              place, new ZoneProblem(severity, code, name, place.line, place.column, message)));
    }
    if (count == MOST) {
      String name = sources.get(place.source);
      String rest = "there are more problems: only the first " + MOST + " are shown";
      found.add(
          new Found(
              place, new ZoneProblem(severity, "TOO_MANY", name, place.line, place.column, rest)));
    }
  }

  /** A piece of the text for a message: in quotes, cut short, without control characters. */
  static String quote(CharSequence text) {
    var quoted = new StringBuilder("\"");
    for (int i = 0; i < Math.min(text.length(), LONGEST_QUOTE); i++) {
      char c = text.charAt(i);
      quoted.append(Character.isISOControl(c) || Character.isSurrogate(c) ? '?' : c);
    }
    return quoted.append(text.length() > LONGEST_QUOTE ? "…\"" : "\"").toString();
  }
}

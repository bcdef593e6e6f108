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
  private static final int LONGEST_MESSAGE = 500;

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

  /** Leaves out all that was found so far; the texts stay known. */
  void forget() {
    found.clear();
    errors = 0;
    warnings = 0;
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
      put(severity, code, place, clean(message, LONGEST_MESSAGE));
    }
    if (count == MOST) {
      put(severity, "TOO_MANY", place, "there may be more: only the first " + MOST + " are shown");
    }
  }

  private void put(Severity severity, String code, Place place, String message) {
    String source = sources.get(place.source);
    found.add(
        new Found(
            place, new ZoneProblem(severity, code, source, place.line, place.column, message)));
  }

  /** A piece of the text for a message, in quotes and cut short. */
  static String quote(String text) {
    return "\"" + clean(text, LONGEST_QUOTE) + "\"";
  }

  /** Text from outside must neither fill a log nor steer a terminal. */
  private static String clean(String text, int longest) {
    var clean = new StringBuilder();
    for (int i = 0; i < Math.min(text.length(), longest); i++) {
      char c = text.charAt(i);
      clean.append(Character.isISOControl(c) || Character.isSurrogate(c) ? '?' : c);
    }
    return clean.append(text.length() > longest ? "…" : "").toString();
  }
}

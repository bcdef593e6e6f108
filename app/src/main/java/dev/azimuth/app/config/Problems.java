package dev.azimuth.app.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Collects what is wrong, so that one run shows all of it. Not for use by several threads. */
final class Problems {
  /** More than this helps nobody; a file of garbage must not fill the memory. */
  static final int MOST = 1000;

  /** Looking for the nearest name costs time with each name there is. */
  private static final int MOST_GUESSES = 100;

  private final List<Problem> found = new ArrayList<>();
  private boolean failed;
  private int guesses;

  void error(Place place, Code code, String path, String message, @Nullable String hint) {
    failed = true;
    add(place, Problem.Severity.ERROR, code, path, message, hint);
  }

  void warning(Place place, Code code, String path, String message, @Nullable String hint) {
    add(place, Problem.Severity.WARNING, code, path, message, hint);
  }

  private void add(
      Place place,
      Problem.Severity severity,
      Code code,
      String path,
      String message,
      @Nullable String hint) {
    if (found.size() < MOST) {
      found.add(
          new Problem(
              place.file(),
              place.line(),
              place.column(),
              severity,
              code.name(),
              path,
              message,
              hint));
    } else if (found.size() == MOST) {
      found.add(
          new Problem(
              place.file(),
              place.line(),
              place.column(),
              Problem.Severity.ERROR,
              Code.LIMIT.name(),
              "",
              "too many problems; the rest is not shown",
              null));
    }
  }

  /** A hint that names the nearest known word; null when none is near. */
  @Nullable String nearest(String written, Collection<String> known) {
    return guesses++ < MOST_GUESSES ? Nearest.hint(written, known) : null;
  }

  /** Whether there was an error. */
  boolean failed() {
    return failed;
  }

  /** All problems: by file in the order given, then as they stand in it. */
  List<Problem> sorted(List<Path> files) {
    return found.stream()
        .sorted(
            Comparator.comparingInt((Problem p) -> files.indexOf(p.file()))
                .thenComparingInt(Problem::line)
                .thenComparingInt(Problem::column))
        .toList();
  }
}

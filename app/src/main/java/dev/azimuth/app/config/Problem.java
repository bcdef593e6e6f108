package dev.azimuth.app.config;

import dev.azimuth.zones.ZoneProblem;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Something wrong, or questionable, in a configuration.
 *
 * @param line from 1
 * @param column from 1, in code points
 * @param code a stable word in upper case; all are listed in docs/configuration.md
 * @param path where it is in the configuration, such as {@code pools.eu.backends.fra1.weight};
 *     empty for the whole file
 * @param message what is wrong
 * @param hint what to do, or what was probably meant; null when there is nothing to say
 */
public record Problem(
    Path file,
    int line,
    int column,
    Severity severity,
    String code,
    String path,
    String message,
    @Nullable String hint) {

  public enum Severity {
    WARNING,
    ERROR
  }

  /** A problem in a zone's records, with its place in the file that they stand in. */
  public static Problem of(ZoneProblem problem, Config.ZoneConfig zone) {
    boolean own = problem.source().equals(zone.source());
    return new Problem(
        Path.of(problem.source()),
        own ? zone.firstLine() + problem.line() - 1 : problem.line(),
        own ? zone.indent() + problem.column() : problem.column(),
        switch (problem.severity()) {
          case WARNING -> Severity.WARNING;
          case ERROR -> Severity.ERROR;
        },
        problem.code(),
        "zones." + zone.origin() + (zone.records() == null ? ".file" : ".records"),
        problem.message(),
        null);
  }

  @Override
  public String toString() {
    return ProblemPrinter.heading(this);
  }
}

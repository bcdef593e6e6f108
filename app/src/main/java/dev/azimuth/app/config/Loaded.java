package dev.azimuth.app.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a configuration file comes to.
 *
 * @param config null when a problem is an error
 * @param understood what could be understood in spite of errors, to look for more of them; null
 *     when too little could
 * @param problems of all files in one run: by file, then as they stand in it
 * @param files every file that was read or should have been, the first one first, and every folder
 *     that an include looks for files in: what a reload watches
 * @param sources the text of each configuration file that could be read, to show problems with
 * @param places where each rule stands, by its label; where each steered name is given, or its
 *     {@code all_down} if it has one of its own, by its path such as {@code
 *     zones.example.com.names.www}; {@code geo} and {@code server.debug_name.name}
 */
public record Loaded(
    @Nullable Config config,
    @Nullable Config understood,
    List<Problem> problems,
    List<Path> files,
    Map<Path, String> sources,
    Map<String, Place> places) {

  /** The same with all problems that were found since, and all files that were read since. */
  public Loaded with(List<Problem> all, List<Path> read) {
    return new Loaded(config, understood, all, read, sources, places);
  }

  /**
   * A problem that was found later.
   *
   * @param label of the rule, or {@code geo}
   */
  Problem problem(
      String label, Problem.Severity severity, Code code, String message, @Nullable String hint) {
    Place place = places.getOrDefault(label, new Place(files.getFirst(), 1, 1));
    return new Problem(
        place.file(), place.line(), place.column(), severity, code.name(), label, message, hint);
  }

  /** All problems with the lines that they are in, for a terminal. */
  public String print(boolean colour) {
    return ProblemPrinter.print(problems, sources, colour);
  }
}

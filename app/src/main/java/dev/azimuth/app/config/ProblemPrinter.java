package dev.azimuth.app.config;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Shows problems to a person: each with the line of the file and a mark below the place. */
public final class ProblemPrinter {
  private static final int WIDTH = 160;
  private static final String BOLD = "\u001b[1m";
  private static final String RED = "\u001b[31m";
  private static final String YELLOW = "\u001b[33m";
  private static final String GREEN = "\u001b[32m";
  private static final String PLAIN = "\u001b[0m";

  private ProblemPrinter() {}

  /**
   * @param sources the text of each file; a problem in a file that is not here is shown without its
   *     line
   * @param colour whether to use ANSI colours
   * @return lines that each end with a line feed; control characters of the files are replaced
   */
  public static String print(List<Problem> problems, Map<Path, String> sources, boolean colour) {
    Map<Path, Source> cache = new HashMap<>();
    StringBuilder out = new StringBuilder();
    for (Problem problem : problems) {
      String heading = heading(problem);
      if (colour) {
        String severity = severity(problem);
        String paint = problem.severity() == Problem.Severity.ERROR ? RED : YELLOW;
        heading = BOLD + heading.replaceFirst(severity, paint + severity + PLAIN + BOLD) + PLAIN;
      }
      out.append(heading).append('\n');
      String text = sources.get(problem.file());
      if (text != null) {
        Source source =
            cache.computeIfAbsent(problem.file(), file -> new Source(file, text)); // once a file
        excerpt(source, problem, colour, out);
      }
      String hint = problem.hint();
      if (hint != null) {
        out.append("    ").append(clean(hint)).append('\n');
      }
    }
    return out.toString();
  }

  /** {@code file:line:column: error[CODE] path: message}, on one line. */
  static String heading(Problem problem) {
    String where = problem.path().isEmpty() ? "" : problem.path() + ": ";
    return clean(
        "%s:%d:%d: %s[%s] %s%s"
            .formatted(
                problem.file(),
                problem.line(),
                problem.column(),
                severity(problem),
                problem.code(),
                where,
                problem.message()));
  }

  private static String severity(Problem problem) {
    return switch (problem.severity()) {
      case WARNING -> "warning";
      case ERROR -> "error";
    };
  }

  private static void excerpt(Source source, Problem problem, boolean colour, StringBuilder out) {
    String line = source.line(problem.line());
    if (line.isBlank()) {
      return;
    }
    int[] points = line.codePoints().toArray();
    int at = Math.min(problem.column() - 1, points.length);
    int from = Math.max(0, Math.min(at - WIDTH / 2, points.length - WIDTH));
    int to = Math.min(points.length, from + WIDTH);
    out.append("    ").append(clean(new String(points, from, to - from))).append('\n');
    out.append("    ");
    for (int i = from; i < at; i++) {
      out.append(points[i] == '\t' ? '\t' : ' ');
    }
    out.append(colour ? GREEN + "^" + PLAIN : "^").append('\n');
  }

  /** Keeps a file from sending commands to the terminal, or more lines to a log than it should. */
  private static String clean(String text) {
    StringBuilder out = new StringBuilder(text.length());
    text.codePoints()
        .map(
            c ->
                c != '\t' && (Character.isISOControl(c) || Character.getType(c) == Character.FORMAT)
                    ? '\ufffd'
                    : c)
        .forEach(out::appendCodePoint);
    return out.toString();
  }
}

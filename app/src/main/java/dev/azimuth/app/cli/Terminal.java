package dev.azimuth.app.cli;

import dev.azimuth.app.admin.Json;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/**
 * Where a command writes.
 *
 * @param ink whether what is written to {@code out} may be coloured
 * @param width of the terminal that {@code out} is, in characters, at least 40
 * @param watched whether {@code err} is a terminal, so that a line may be written over
 */
public record Terminal(PrintWriter out, PrintWriter err, Ink ink, int width, boolean watched) {
  private static final int USUAL_WIDTH = 80;
  private static final int LEAST_WIDTH = 40;

  /** One of the usual width that nobody watches. */
  public Terminal(PrintWriter out, PrintWriter err, Ink ink) {
    this(out, err, ink, USUAL_WIDTH, false);
  }

  /**
   * Standard output and standard error. Colours where the launcher says that standard output is a
   * terminal (the JDK only knows of both streams together), unless {@code NO_COLOR} is set. It says
   * the width, and whether standard error is one, too.
   */
  public static Terminal system() {
    String noColour = System.getenv("NO_COLOR");
    boolean colour =
        Boolean.getBoolean("azimuth.terminal")
            && (noColour == null || noColour.isEmpty())
            && !"dumb".equals(System.getenv("TERM"));
    return new Terminal(
        new PrintWriter(System.out, true, StandardCharsets.UTF_8),
        new PrintWriter(System.err, true, StandardCharsets.UTF_8),
        colour ? Ink.COLOUR : Ink.PLAIN,
        Math.max(LEAST_WIDTH, Integer.getInteger("azimuth.terminal.width", USUAL_WIDTH)),
        Boolean.getBoolean("azimuth.terminal.watched"));
  }

  /** Writes text to standard output, at once. */
  public void print(String text) {
    out.print(text);
    out.flush();
  }

  /** A record as the admin API gives it. */
  static String json(Object value) {
    return new String(Json.write(value), StandardCharsets.UTF_8) + "\n";
  }
}

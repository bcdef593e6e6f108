package dev.azimuth.app.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/**
 * Where a command writes.
 *
 * @param ink whether what is written to {@code out} may be coloured
 */
public record Terminal(PrintWriter out, PrintWriter err, Ink ink) {

  /**
   * Standard output and standard error. Colours where the launcher says that standard output is a
   * terminal (the JDK only knows of both streams together), unless {@code NO_COLOR} is set.
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
        colour ? Ink.COLOUR : Ink.PLAIN);
  }
}

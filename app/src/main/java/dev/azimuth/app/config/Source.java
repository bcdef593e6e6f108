package dev.azimuth.app.config;

import java.nio.file.Path;
import java.util.Arrays;

/** The text of one file, by lines. Lines end at LF, CR LF or CR. Not for use by several threads. */
final class Source {
  /** How much of a line is looked at on either side of a place, in characters. */
  private static final int NEAR = 80;

  private final Path file;
  private final String text;
  private final int[] starts;
  private int lastLine;
  private int lastColumn = 1;
  private int lastOffset;

  Source(Path file, String text) {
    this.file = file;
    this.text = text;
    this.starts = lineStarts(text);
  }

  private static int[] lineStarts(String text) {
    int[] starts = new int[64];
    int lines = 1;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean ends =
          c == '\n' || (c == '\r' && (i + 1 == text.length() || text.charAt(i + 1) != '\n'));
      if (ends) {
        if (lines == starts.length) {
          starts = Arrays.copyOf(starts, lines * 2);
        }
        starts[lines++] = i + 1;
      }
    }
    return Arrays.copyOf(starts, lines);
  }

  Path file() {
    return file;
  }

  String text() {
    return text;
  }

  /** A line without its end; empty for a line that does not exist. */
  String line(int line) {
    return exists(line) ? text.substring(starts[line - 1], end(line)) : "";
  }

  private boolean exists(int line) {
    return line >= 1 && line <= starts.length;
  }

  /** Where a line that exists ends, before its line feed. */
  private int end(int line) {
    int end = line < starts.length ? starts[line] : text.length();
    while (end > starts[line - 1]
        && (text.charAt(end - 1) == '\n' || text.charAt(end - 1) == '\r')) {
      end--;
    }
    return end;
  }

  /**
   * A piece of a line around a place.
   *
   * @param start how many characters of the piece stand before the place
   */
  record Glimpse(String text, int start) {
    /** What stands at the place and after it. */
    String rest() {
      return text.substring(start);
    }
  }

  /** What stands near a place on its line; empty where there is no such place. */
  Glimpse glimpse(Place place) {
    if (!exists(place.line())) {
      return new Glimpse("", 0);
    }
    int begin = starts[place.line() - 1];
    int end = end(place.line());
    int at = offset(place, begin, end);
    int from = Math.max(begin, at - NEAR);
    return new Glimpse(text.substring(from, Math.min(end, at + NEAR)), at - from);
  }

  /** Goes on from the last place asked for: columns count code points, and lines may be long. */
  private int offset(Place place, int begin, int end) {
    boolean onward = place.line() == lastLine && place.column() >= lastColumn;
    int column = onward ? lastColumn : 1;
    int at = onward ? lastOffset : begin;
    while (column < place.column() && at < end) {
      at += Character.charCount(text.codePointAt(at));
      column++;
    }
    lastLine = place.line();
    lastColumn = column;
    lastOffset = at;
    return at;
  }

  /** The place of a character of the text. */
  Place place(int offset) {
    int found = Arrays.binarySearch(starts, offset);
    int line = found >= 0 ? found : -found - 2;
    return new Place(file, line + 1, text.codePointCount(starts[line], offset) + 1);
  }
}

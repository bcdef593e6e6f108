package dev.azimuth.app.config;

import java.nio.file.Path;
import java.util.Arrays;

/** The text of one file, by lines. Lines end at LF, CR LF or CR. */
final class Source {
  private final Path file;
  private final String text;
  private final int[] starts;

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
    if (line < 1 || line > starts.length) {
      return "";
    }
    int end = line < starts.length ? starts[line] : text.length();
    int from = starts[line - 1];
    while (end > from && (text.charAt(end - 1) == '\n' || text.charAt(end - 1) == '\r')) {
      end--;
    }
    return text.substring(from, end);
  }

  /** What stands at a place and after it on its line; empty beyond the end. */
  String from(int line, int column) {
    String whole = line(line);
    int skip = column - 1;
    return skip > whole.codePointCount(0, whole.length())
        ? ""
        : whole.substring(whole.offsetByCodePoints(0, skip));
  }

  /** The place of a character of the text. */
  Place place(int offset) {
    int found = Arrays.binarySearch(starts, offset);
    int line = found >= 0 ? found : -found - 2;
    return new Place(file, line + 1, text.codePointCount(starts[line], offset) + 1);
  }
}

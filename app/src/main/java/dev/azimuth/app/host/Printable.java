package dev.azimuth.app.host;

/** Makes text from elsewhere safe for a terminal and for a line-based log. */
public final class Printable {
  private Printable() {}

  /**
   * The text with every character escaped that could move a cursor, begin a new line or reverse the
   * order of what is shown: C0 and C1 controls, line and paragraph separators, directional
   * overrides and lone surrogates become {@code \}{@code uXXXX}, and a backslash is doubled, so
   * that nothing escaped can be forged.
   */
  public static String of(String text) {
    int first = firstUnsafe(text);
    if (first < 0) {
      return text;
    }
    var safe = new StringBuilder(text.length() + 16).append(text, 0, first);
    for (int i = first; i < text.length(); ) {
      int point = text.codePointAt(i);
      if (point == '\\') {
        safe.append("\\\\");
      } else if (unsafe(point)) {
        safe.append(String.format("\\u%04x", point));
      } else {
        safe.appendCodePoint(point);
      }
      i += Character.charCount(point);
    }
    return safe.toString();
  }

  private static int firstUnsafe(String text) {
    for (int i = 0; i < text.length(); ) {
      int point = text.codePointAt(i);
      if (point == '\\' || unsafe(point)) {
        return i;
      }
      i += Character.charCount(point);
    }
    return -1;
  }

  private static boolean unsafe(int point) {
    return switch (Character.getType(point)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          true;
      default -> false;
    };
  }
}

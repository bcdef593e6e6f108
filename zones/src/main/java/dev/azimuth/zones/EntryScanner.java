package dev.azimuth.zones;

import dev.azimuth.zones.Problems.Place;
import java.util.Arrays;

/**
 * Cuts master-file text into entries and their tokens (RFC 1035 section 5.1). Tokens keep their
 * quotes and escapes; parentheses, comments and line ends are gone.
 */
final class EntryScanner {
  private final String text;
  private final int source;
  private final Problems problems;
  private int at;
  private int line = 1;
  private int lineStart;

  /** Of each token: where it starts and ends in the text, its line and its column. */
  private int[] tokens = new int[4 * 16];

  private int count;
  private boolean blankOwner;

  EntryScanner(String text, int source, Problems problems) {
    this.text = text;
    this.source = source;
    this.problems = problems;
    if (text.startsWith("\ufeff")) {
      at = 1;
      lineStart = 1;
    }
  }

  /**
   * Reads the next entry that has tokens and is sound; what is not becomes a problem and is passed
   * over.
   *
   * @return false at the end of the text
   */
  boolean next() {
    while (at < text.length() && !problems.full()) {
      if (entry() && count > 0) {
        return true;
      }
    }
    return false;
  }

  /** How many tokens the entry has, at least 1. */
  int count() {
    return count;
  }

  /** Whether the entry's first line begins with white space: the owner is that of the last one. */
  boolean blankOwner() {
    return blankOwner;
  }

  /** One token as it stands in the text. */
  String token(int index) {
    return text.substring(tokens[4 * index], tokens[4 * index + 1]);
  }

  /** Where a token stands; behind the last one, where the last one stands. */
  Place place(int index) {
    int token = 4 * Math.min(index, count - 1);
    return new Place(source, tokens[token + 2], tokens[token + 3]);
  }

  private boolean entry() {
    count = 0;
    char first = text.charAt(at);
    blankOwner = first == ' ' || first == '\t';
    int open = 0;
    Place opened = here();
    while (at < text.length()) {
      char c = text.charAt(at);
      switch (c) {
        case '\n' -> {
          endLine();
          if (open == 0) {
            return true;
          }
        }
        case ' ', '\t', '\r' -> at++;
        case ';' -> skipLine();
        case '(' -> {
          opened = open == 0 ? here() : opened;
          open++;
          at++;
        }
        case ')' -> {
          if (open == 0) {
            return broken("PARENTHESIS", here(), "\")\" has no \"(\" before it");
          }
          open--;
          at++;
        }
        default -> {
          if (!token()) {
            return false;
          }
        }
      }
    }
    if (open > 0) {
      return broken("PARENTHESIS", opened, "\"(\" is never closed: add \")\"");
    }
    return true;
  }

  private boolean token() {
    Place place = here();
    int start = at;
    boolean quoted = false;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == '"') {
        quoted = !quoted;
      } else if (c == '\\') {
        at++;
        if (at == text.length() || text.charAt(at) == '\n' || text.charAt(at) == '\r') {
          return broken("ESCAPE", place, "a backslash at the end of a line stands for nothing");
        }
      } else if (quoted ? c == '\n' || c == '\r' : " \t\r\n;()".indexOf(c) >= 0) {
        break;
      }
      at++;
    }
    if (quoted) {
      return broken("QUOTE", place, "the quoted text does not end on its line: add the closing \"");
    }
    if (4 * count == tokens.length) {
      tokens = Arrays.copyOf(tokens, 2 * tokens.length);
    }
    tokens[4 * count] = start;
    tokens[4 * count + 1] = at;
    tokens[4 * count + 2] = place.line();
    tokens[4 * count + 3] = place.column();
    count++;
    return true;
  }

  /** Reports and goes on behind the line. */
  private boolean broken(String code, Place place, String message) {
    problems.error(code, place, message);
    skipLine();
    if (at < text.length()) {
      endLine();
    }
    return false;
  }

  private void skipLine() {
    int end = text.indexOf('\n', at);
    at = end < 0 ? text.length() : end;
  }

  private void endLine() {
    at++;
    line++;
    lineStart = at;
  }

  private Place here() {
    return new Place(source, line, at - lineStart + 1);
  }
}

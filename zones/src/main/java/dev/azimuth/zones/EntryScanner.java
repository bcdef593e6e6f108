package dev.azimuth.zones;

import dev.azimuth.zones.Problems.Place;
import java.io.IOException;
import java.io.Reader;
import java.util.Arrays;

/**
 * Cuts master-file text into entries and their tokens (RFC 1035 section 5.1), one entry in memory
 * at a time. Tokens keep their quotes and escapes; parentheses, comments and line ends are gone.
 */
final class EntryScanner {
  /** The most characters of one entry, comments not counted: more than any record can need. */
  static final int LONGEST = 1 << 20;

  private static final char BYTE_ORDER_MARK = '\ufeff';

  private final Reader reader;
  private final int source;
  private final Problems problems;

  /** What was read and is not yet cut up: from {@link #at} to {@link #end}. */
  private final char[] chunk = new char[1 << 14];

  private int at;
  private int end;
  private int line = 1;

  /** The column of the character at 0 of {@link #chunk}; 0 or less once its line began later. */
  private int column = 1;

  private char[] text = new char[256];
  private int length;

  /** Of each token: where it starts and ends in {@link #text}, its line and its column. */
  private int[] tokens = new int[4 * 16];

  private int count;
  private boolean blankOwner;

  EntryScanner(Reader reader, int source, Problems problems) throws IOException {
    this.reader = reader;
    this.source = source;
    this.problems = problems;
    if (more() && chunk[0] == BYTE_ORDER_MARK) {
      at = 1;
      column = 0;
    }
  }

  /**
   * Reads the next entry that has tokens and is sound; what is not becomes a problem and is passed
   * over.
   *
   * @return false at the end of the text
   */
  boolean next() throws IOException {
    while (more() && !problems.full()) {
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

  /** The characters that {@link #from} and {@link #to} point into, until the next entry. */
  char[] text() {
    return text;
  }

  /** Where a token starts in {@link #text()}. */
  int from(int index) {
    return tokens[4 * index];
  }

  /** Where a token ends in {@link #text()}. */
  int to(int index) {
    return tokens[4 * index + 1];
  }

  /** One token as it stands in the text. */
  String token(int index) {
    return new String(text, from(index), to(index) - from(index));
  }

  /** Where a token stands; behind the last one, where the last one stands. */
  Place place(int index) {
    int token = 4 * Math.min(index, count - 1);
    return new Place(source, tokens[token + 2], tokens[token + 3]);
  }

  /** The number of the text among the problems. */
  int source() {
    return source;
  }

  /** The line of a token. */
  int line(int index) {
    return tokens[4 * index + 2];
  }

  /** The column of a token. */
  int column(int index) {
    return tokens[4 * index + 3];
  }

  private boolean entry() throws IOException {
    count = 0;
    length = 0;
    blankOwner = chunk[at] == ' ' || chunk[at] == '\t';
    int open = 0;
    Place opened = null;
    while (more()) {
      char c = chunk[at];
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
    if (opened != null && open > 0) {
      return broken("PARENTHESIS", opened, "\"(\" is never closed: add \")\"");
    }
    return true;
  }

  private boolean token() throws IOException {
    if (4 * count == tokens.length) {
      tokens = Arrays.copyOf(tokens, 2 * tokens.length);
    }
    tokens[4 * count] = length;
    tokens[4 * count + 2] = line;
    tokens[4 * count + 3] = at + column;
    boolean quoted = false;
    while (more()) {
      char c = chunk[at];
      if (c == '"') {
        quoted = !quoted;
      } else if (c == '\\') {
        put(c);
        at++;
        if (!more() || chunk[at] == '\n' || chunk[at] == '\r') {
          return broken("ESCAPE", last(), "a backslash at the end of a line stands for nothing");
        }
        c = chunk[at];
      } else if (ends(c, quoted)) {
        break;
      }
      put(c);
      at++;
    }
    if (quoted) {
      return broken(
          "QUOTE", last(), "the quoted text does not end on its line: add the closing \"");
    }
    if (length >= LONGEST) {
      return broken("ENTRY", last(), "the entry is longer than any record can be: divide it");
    }
    tokens[4 * count + 1] = length;
    count++;
    return true;
  }

  private static boolean ends(char c, boolean quoted) {
    return switch (c) {
      case '\n', '\r' -> true;
      case ' ', '\t', ';', '(', ')' -> !quoted;
      default -> false;
    };
  }

  /** Keeps a character of a token, as long as the entry has a sensible length. */
  private void put(char c) {
    if (length == text.length && length < LONGEST) {
      text = Arrays.copyOf(text, 2 * length);
    }
    if (length < text.length) {
      text[length++] = c;
    }
  }

  /** Reports and goes on behind the line. */
  private boolean broken(String code, Place place, String message) throws IOException {
    problems.error(code, place, message);
    skipLine();
    if (more()) {
      endLine();
    }
    return false;
  }

  private void skipLine() throws IOException {
    while (more()) {
      while (at < end) {
        if (chunk[at] == '\n') {
          return;
        }
        at++;
      }
    }
  }

  private void endLine() {
    at++;
    line++;
    column = 1 - at;
  }

  /** Whether there is a character at {@link #at}; reads on where there is none. */
  private boolean more() throws IOException {
    if (at < end) {
      return true;
    }
    column += end;
    at = 0;
    end = 0;
    int read = reader.read(chunk, 0, chunk.length);
    if (read <= 0) {
      return false;
    }
    end = read;
    return true;
  }

  private Place here() {
    return new Place(source, line, at + column);
  }

  /** Where the token stands that is being read. */
  private Place last() {
    return new Place(source, tokens[4 * count + 2], tokens[4 * count + 3]);
  }
}

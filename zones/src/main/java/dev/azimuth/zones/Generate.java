package dev.azimuth.zones;

import java.util.Locale;

/**
 * The patterns of {@code $GENERATE}: {@code $} stands for the number, {@code ${offset,width,base}}
 * for the number plus the offset, with leading zeros, in base d, o, x or X; {@code $$} and {@code
 * \$} for a dollar sign.
 */
final class Generate {
  /** The most numbers of one directive. */
  static final int MOST = 1_000_000;

  private static final int WIDEST = 255;

  private Generate() {}

  /** Why a pattern is malformed, in words that complete "PATTERN …". */
  static final class BadPattern extends Exception {
    private static final long serialVersionUID = 1;

    BadPattern(String message) {
      super(message);
    }
  }

  /** First, last and step of START-STOP or START-STOP/STEP; empty when it is neither. */
  static long[] range(String text) {
    if (!text.matches("[0-9]{1,10}-[0-9]{1,10}(/[0-9]{1,10})?")) {
      return new long[0];
    }
    String[] parts = text.split("[-/]", -1);
    long first = Long.parseLong(parts[0]);
    long last = Long.parseLong(parts[1]);
    long step = parts.length > 2 ? Long.parseLong(parts[2]) : 1;
    boolean sound = first <= last && step > 0 && (last - first) / step < MOST;
    return sound ? new long[] {first, last, step} : new long[0];
  }

  /** The text of a pattern for one number. */
  static String expand(String pattern, long number) throws BadPattern {
    var text = new StringBuilder();
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      char next = i + 1 < pattern.length() ? pattern.charAt(i + 1) : 0;
      if (c == '\\' && next != 0) {
        text.append(next == '$' ? "" : "\\").append(next);
        i++;
      } else if (c != '$') {
        text.append(c);
      } else if (next == '$') {
        text.append(next);
        i++;
      } else if (next == '{') {
        int end = pattern.indexOf('}', i);
        if (end < 0) {
          throw new BadPattern("has a \"${\" without \"}\"");
        }
        text.append(modified(pattern.substring(i + 2, end).split(",", -1), number));
        i = end;
      } else {
        text.append(number);
      }
    }
    return text.toString();
  }

  private static String modified(String[] parts, long number) throws BadPattern {
    if (parts.length > 3) {
      throw new BadPattern("has more than ${offset,width,base}");
    }
    long value = number + whole(parts[0], Integer.MIN_VALUE, Integer.MAX_VALUE);
    if (value < 0) {
      throw new BadPattern("gives a number below 0");
    }
    long width = parts.length > 1 ? whole(parts[1], 0, WIDEST) : 0;
    String digits =
        switch (parts.length > 2 ? parts[2] : "d") {
          case "d" -> Long.toString(value);
          case "o" -> Long.toOctalString(value);
          case "x" -> Long.toHexString(value);
          case "X" -> Long.toHexString(value).toUpperCase(Locale.ROOT);
          default -> throw new BadPattern("has a base other than d, o, x or X");
        };
    return "0".repeat((int) Math.max(0, width - digits.length())) + digits;
  }

  private static long whole(String text, long least, long most) throws BadPattern {
    if (!text.matches("-?[0-9]{1,10}")) {
      throw new BadPattern("has a modifier that is not a whole number");
    }
    long value = Long.parseLong(text);
    if (value < least || value > most) {
      throw new BadPattern("has a modifier out of range");
    }
    return value;
  }
}

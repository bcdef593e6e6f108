package dev.azimuth.zones;

import java.util.Locale;

/**
 * The patterns of {@code $GENERATE}: {@code $} stands for the number, {@code ${offset,width,base}}
 * for the number plus the offset, with leading zeros, in base d, o, x or X, or as labels of one hex
 * digit each, the last first, with n or N; {@code $$} and {@code \$} for a dollar sign.
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
    int width = parts.length > 1 ? (int) whole(parts[1], 0, WIDEST) : 0;
    return switch (parts.length > 2 ? parts[2] : "d") {
      case "d" -> padded(Long.toString(value), width);
      case "o" -> padded(Long.toOctalString(value), width);
      case "x" -> padded(Long.toHexString(value), width);
      case "X" -> padded(Long.toHexString(value).toUpperCase(Locale.ROOT), width);
      case "n" -> nibbles(Long.toHexString(value), width);
      case "N" -> nibbles(Long.toHexString(value).toUpperCase(Locale.ROOT), width);
      default -> throw new BadPattern("has a base other than d, o, x, X, n or N");
    };
  }

  private static String padded(String digits, int width) {
    return "0".repeat(Math.max(0, width - digits.length())) + digits;
  }

  /** As under ip6.arpa, for which BIND has it; its dots count as part of the width. */
  private static String nibbles(String digits, int width) {
    var backwards = new StringBuilder(padded(digits, (width + 1) / 2)).reverse();
    for (int dot = backwards.length() - 1; dot > 0; dot--) {
      backwards.insert(dot, '.');
    }
    // A width that ends behind a dot is that of a name that goes on.
    return backwards.length() < width ? backwards.append('.').toString() : backwards.toString();
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

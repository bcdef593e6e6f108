package dev.azimuth.health;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A run of octets. Immutable and equal by content.
 *
 * @param text one character for each octet, U+0000 to U+00FF
 */
public record Octets(String text) {
  /** None at all. */
  public static final Octets NONE = new Octets("");

  private static final String HEX = "0123456789abcdef";

  public static Octets of(byte[] octets) {
    return new Octets(new String(octets, StandardCharsets.ISO_8859_1));
  }

  /** The octets of a text in UTF-8. */
  public static Octets utf8(String text) {
    return of(text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Reads a text of US-ASCII in which a backslash makes octets of what follows: {@code \r \n \t \0
   * \\} and {@code \xNN}.
   *
   * @return null when it is not written so
   */
  public static @Nullable Octets parse(String written) {
    StringBuilder octets = new StringBuilder(written.length());
    for (int i = 0; i < written.length(); i++) {
      char c = written.charAt(i);
      if (c > '\u007f') {
        return null;
      }
      if (c != '\\') {
        octets.append(c);
        continue;
      }
      int escaped = ++i < written.length() ? escaped(written, i) : -1;
      if (escaped < 0) {
        return null;
      }
      octets.append((char) escaped);
      i += written.charAt(i) == 'x' ? 2 : 0;
    }
    return new Octets(octets.toString());
  }

  private static int escaped(String written, int at) {
    return switch (written.charAt(at)) {
      case 'r' -> '\r';
      case 'n' -> '\n';
      case 't' -> '\t';
      case '0' -> 0;
      case '\\' -> '\\';
      case 'x' -> at + 2 < written.length() ? hex(written, at + 1) : -1;
      default -> -1;
    };
  }

  private static int hex(String written, int at) {
    int high = Character.digit(written.charAt(at), 16);
    int low = Character.digit(written.charAt(at + 1), 16);
    return high < 0 || low < 0 ? -1 : (high << 4) | low;
  }

  /** As {@link #parse} reads it. */
  public String written() {
    StringBuilder written = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '\r' -> written.append("\\r");
        case '\n' -> written.append("\\n");
        case '\t' -> written.append("\\t");
        case '\\' -> written.append("\\\\");
        default -> {
          if (c >= ' ' && c <= '~') {
            written.append(c);
          } else {
            written.append("\\x").append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 15));
          }
        }
      }
    }
    return written.toString();
  }

  /** The text that these are in UTF-8. */
  public String asUtf8() {
    return new String(bytes(), StandardCharsets.UTF_8);
  }

  public boolean isEmpty() {
    return text.isEmpty();
  }

  /** A copy. */
  public byte[] bytes() {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}

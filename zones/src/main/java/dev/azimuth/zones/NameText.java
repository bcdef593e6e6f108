package dev.azimuth.zones;

import java.util.Locale;

/** Domain names between presentation form (RFC 1035 section 5.1) and wire form. */
final class NameText {
  private NameText() {}

  /** Why a text is not a name, in words that complete "NAME …". */
  static final class BadName extends Exception {
    private static final long serialVersionUID = 1;

    BadName(String message) {
      super(message);
    }
  }

  /** See {@link #parse(char[], int, int, byte[], byte[])}. */
  static int parse(String text, byte[] origin, byte[] out) throws BadName {
    return parse(text.toCharArray(), 0, text.length(), origin, out);
  }

  /**
   * Writes the wire form of a name, the case of letters kept.
   *
   * @param origin in wire form from its first octet on; completes a relative name and stands for
   *     {@code @}
   * @param out at least {@link LookupName#MAX_OCTETS} long
   * @return how many octets were written
   */
  static int parse(char[] text, int from, int to, byte[] origin, byte[] out) throws BadName {
    if (to - from == 1 && text[from] == '@') {
      return append(out, 0, origin);
    }
    if (to - from == 1 && text[from] == '.') {
      out[0] = 0;
      return 1;
    }
    int start = 0;
    int at = 1;
    int i = from;
    while (i < to) {
      char c = text[i];
      if (c == '.') {
        out[start] = (byte) labelSize(at - start - 1);
        start = at++;
        i++;
      } else {
        int octet = c;
        int width = 1;
        if (c == '\\') {
          width = escapeWidth(text, i, to);
          octet = width == 2 ? text[i + 1] : digits(text, i + 1);
        }
        if (octet > 255 || (width < 4 && octet > 127)) {
          throw new BadName("has a character that is not ASCII: write it in its xn-- form");
        }
        out[room(at)] = (byte) octet;
        at++;
        i += width;
      }
      room(at - 1);
    }
    if (at - start > 1) {
      out[start] = (byte) labelSize(at - start - 1);
      return append(out, at, origin);
    }
    out[start] = 0;
    return at;
  }

  /** The presentation form, with the final dot, of a name in wire form. */
  static String format(byte[] octets, int from) {
    if (octets[from] == 0) {
      return ".";
    }
    var text = new StringBuilder();
    for (int at = from; octets[at] != 0; at += octets[at] + 1) {
      for (int i = at + 1; i <= at + octets[at]; i++) {
        int octet = octets[i] & 0xff;
        if (octet <= ' ' || octet > '~') {
          text.append(String.format(Locale.ROOT, "\\%03d", octet));
        } else {
          if (".;\"\\()@$".indexOf(octet) >= 0) {
            text.append('\\');
          }
          text.append((char) octet);
        }
      }
      text.append('.');
    }
    return text.toString();
  }

  private static int append(byte[] out, int at, byte[] origin) throws BadName {
    int size = 1;
    while (origin[size - 1] != 0) {
      size += origin[size - 1] + 1;
    }
    if (at + size > LookupName.MAX_OCTETS) {
      throw tooLong();
    }
    System.arraycopy(origin, 0, out, at, size);
    return at + size;
  }

  private static int labelSize(int size) throws BadName {
    if (size == 0) {
      throw new BadName("has an empty label: remove the extra dot");
    }
    if (size > 63) {
      throw new BadName("has a label of more than 63 octets");
    }
    return size;
  }

  /** Two for a character that stands for itself, four for three digits. */
  private static int escapeWidth(char[] text, int at, int to) throws BadName {
    if (at + 1 == to) {
      throw new BadName("ends in a backslash");
    }
    if (!digit(text[at + 1])) {
      return 2;
    }
    if (at + 3 >= to
        || !digit(text[at + 2])
        || !digit(text[at + 3])
        || digits(text, at + 1) > 255) {
      throw new BadName("has an escape that is not three digits from \\000 to \\255");
    }
    return 4;
  }

  /** The number of three digits. */
  private static int digits(char[] text, int at) {
    return 100 * (text[at] - '0') + 10 * (text[at + 1] - '0') + text[at + 2] - '0';
  }

  private static boolean digit(char c) {
    return c >= '0' && c <= '9';
  }

  private static int room(int at) throws BadName {
    if (at >= LookupName.MAX_OCTETS) {
      throw tooLong();
    }
    return at;
  }

  private static BadName tooLong() {
    return new BadName("is longer than 255 octets");
  }
}

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

  /**
   * Writes the wire form of a name, the case of letters kept.
   *
   * @param origin in wire form from its first octet on; completes a relative name and stands for
   *     {@code @}
   * @param out at least {@link LookupName#MAX_OCTETS} long
   * @return how many octets were written
   */
  static int parse(String text, byte[] origin, byte[] out) throws BadName {
    if (text.equals("@")) {
      return append(out, 0, origin);
    }
    if (text.equals(".")) {
      out[0] = 0;
      return 1;
    }
    int start = 0;
    int at = 1;
    int i = 0;
    while (i < text.length()) {
      char c = text.charAt(i);
      if (c == '.') {
        out[start] = (byte) labelSize(at - start - 1);
        start = at++;
        i++;
      } else {
        int octet = c;
        int width = 1;
        if (c == '\\') {
          width = escapeWidth(text, i);
          octet = width == 2 ? text.charAt(i + 1) : Integer.parseInt(text, i + 1, i + 4, 10);
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
  private static int escapeWidth(String text, int at) throws BadName {
    if (at + 1 == text.length()) {
      throw new BadName("ends in a backslash");
    }
    if (!digit(text.charAt(at + 1))) {
      return 2;
    }
    if (at + 3 >= text.length()
        || !digit(text.charAt(at + 2))
        || !digit(text.charAt(at + 3))
        || Integer.parseInt(text, at + 1, at + 4, 10) > 255) {
      throw new BadName("has an escape that is not three digits from \\000 to \\255");
    }
    return 4;
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

package dev.azimuth.zones;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;

/** The data of records from master-file text to wire form, by dnsjava where it knows the words. */
final class RecordText {
  /** Octets before the RDATA of a record whose owner is the root. */
  private static final int HEAD = 11;

  /** Before data in octets (RFC 3597 section 5). */
  private static final String GENERIC = "\\#";

  private static final String WHERE = "<none>:1: ";
  private static final long TOO_MANY_SECONDS = 1L << 40;

  private RecordText() {}

  /** Why data are not those of a record, in words for the operator. */
  static final class BadData extends Exception {
    private static final long serialVersionUID = 1;

    BadData(String message) {
      super(message);
    }

    BadData(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /**
   * The RDATA of a record of class IN, names uncompressed.
   *
   * @param data tokens in one line, ASCII only
   * @param origin completes relative names
   */
  static byte[] parse(int type, String data, Name origin) throws BadData {
    if (data.startsWith(GENERIC + " ") && !Types.isRead(type)) {
      return generic(type, data, origin);
    }
    byte[] fields = data.startsWith(GENERIC) ? null : FieldText.parse(type, data, origin);
    return fields != null
        ? fields
        : byLibrary(type, type == Types.LOC ? allAngles(data) : data, origin);
  }

  private static byte[] byLibrary(int type, String data, Name origin) throws BadData {
    try {
      byte[] wire =
          Record.fromString(Name.root, type, DClass.IN, 0, data, origin).toWire(Section.ANSWER);
      return Arrays.copyOfRange(wire, HEAD, wire.length);
    } catch (IOException | RuntimeException e) {
      // dnsjava reports bad data by exceptions of many kinds, unchecked ones among them.
      throw bad(e);
    }
  }

  /**
   * Data in octets are served as they stand: dnsjava would write some anew in another way, or fail
   * over them. What it knows to be no data of the type is an error.
   */
  private static byte[] generic(int type, String data, Name origin) throws BadData {
    try {
      Record.fromString(Name.root, type, DClass.IN, 0, data, origin);
    } catch (IOException e) {
      throw bad(e);
    } catch (RuntimeException e) {
      // The octets were read: it is dnsjava that cannot make a record of them.
    }
    String digits =
        FieldText.words(data).stream()
            .skip(2)
            .map(RecordText::unquoted)
            .collect(Collectors.joining());
    return HexFormat.of().parseHex(digits);
  }

  /** RFC 1876 section 3: minutes and seconds may be left out, which dnsjava does not take. */
  private static String allAngles(String data) {
    List<String> words = new ArrayList<>();
    int angles = 0;
    for (String word : FieldText.words(data)) {
      boolean direction = word.length() == 1 && "NSEWnsew".contains(word);
      while (direction && angles > 0 && angles < 3) {
        words.add("0");
        angles++;
      }
      angles = direction ? 0 : angles + 1;
      words.add(word);
    }
    return String.join(" ", words);
  }

  private static BadData bad(Exception e) {
    String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    return new BadData(reason.startsWith(WHERE) ? reason.substring(WHERE.length()) : reason, e);
  }

  /** A name for dnsjava, from its wire form. */
  static Name name(byte[] wire) {
    try {
      return new Name(wire);
    } catch (IOException e) {
      throw new IllegalArgumentException("not a name in wire form", e);
    }
  }

  /**
   * Appends a token and a space. Text in quotes that is not ASCII becomes its UTF-8 octets in
   * escapes, since dnsjava would encode it twice.
   *
   * @return false when a character outside quotes is not ASCII
   */
  static boolean append(StringBuilder text, String token) {
    boolean quoted = false;
    for (int i = 0; i < token.length(); i++) {
      char c = token.charAt(i);
      if (c < 0x80) {
        text.append(c);
        if (c == '\\' && i + 1 < token.length() && token.charAt(i + 1) < 0x80) {
          i++;
          text.append(token.charAt(i));
        } else if (c == '"') {
          quoted = !quoted;
        }
      } else if (quoted) {
        int end = i + Character.charCount(token.codePointAt(i));
        for (byte octet : token.substring(i, end).getBytes(StandardCharsets.UTF_8)) {
          text.append(String.format(Locale.ROOT, "\\%03d", octet & 0xff));
        }
        i = end - 1;
      } else {
        return false;
      }
    }
    text.append(' ');
    return true;
  }

  /** A token without the quotes around it. */
  static String unquoted(String token) {
    boolean quoted = token.length() >= 2 && token.startsWith("\"") && token.endsWith("\"");
    return quoted ? token.substring(1, token.length() - 1) : token;
  }

  /**
   * Seconds from a number, or from numbers with the units w, d, h, m and s; -1 when it is neither.
   * Too many for a TTL are any number above the greatest one.
   */
  static long seconds(char[] text, int from, int to) {
    long total = 0;
    long number = -1;
    for (int i = from; i < to; i++) {
      char c = text[i];
      if (c >= '0' && c <= '9') {
        number = Math.min(TOO_MANY_SECONDS, 10 * Math.max(number, 0) + c - '0');
        continue;
      }
      int unit =
          switch (c) {
            case 'w', 'W' -> 604_800;
            case 'd', 'D' -> 86_400;
            case 'h', 'H' -> 3_600;
            case 'm', 'M' -> 60;
            case 's', 'S' -> 1;
            default -> 0;
          };
      if (unit == 0 || number < 0) {
        return -1;
      }
      total = Math.min(TOO_MANY_SECONDS, total + number * unit);
      number = -1;
    }
    // A number without a unit stands alone.
    if (number >= 0 && total > 0) {
      return -1;
    }
    return Math.max(total, number);
  }
}

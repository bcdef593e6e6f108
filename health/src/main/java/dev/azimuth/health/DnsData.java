package dev.azimuth.health;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads the data of one type out of a DNS answer (RFC 1035, sections 3.3 and 4.1), as text.
 * Whatever the octets are, it ends after a time in proportion to their number and never fails
 * otherwise than by saying so.
 */
final class DnsData {
  private static final int HEADER = 12;
  private static final int CLASS_IN = 1;
  private static final int A = 1;
  private static final int NS = 2;
  private static final int CNAME = 5;
  private static final int SOA = 6;
  private static final int PTR = 12;
  private static final int MX = 15;
  private static final int TXT = 16;
  private static final int AAAA = 28;
  private static final int SRV = 33;

  /** Of a name on the wire, in octets. */
  private static final int LONGEST_NAME = 255;

  private final byte[] octets;
  private final int length;
  private int at;

  private DnsData(byte[] octets, int length, int at) {
    this.octets = octets;
    this.length = length;
    this.at = at;
  }

  /**
   * @param from where the answer section begins
   * @param into gets the data of the type, in the form of {@link #canonical}
   * @return false when the section is not well formed
   */
  static boolean read(byte[] octets, int length, int from, int type, List<String> into) {
    if (length < HEADER) {
      return false;
    }
    DnsData reader = new DnsData(octets, length, from);
    int records = reader.number(6);
    for (int i = 0; i < records; i++) {
      if (!reader.record(type, into)) {
        return false;
      }
    }
    return true;
  }

  /** The form in which data of a type are compared: names in lower case, without the final dot. */
  static String canonical(String written, int type) {
    return switch (type) {
      case A, AAAA -> NetUtil.toAddressString(InetAddress.ofLiteral(written));
      case TXT -> written;
      default -> {
        String lower = written.strip().toLowerCase(Locale.ROOT);
        yield lower.length() > 1 && lower.endsWith(".")
            ? lower.substring(0, lower.length() - 1)
            : lower;
      }
    };
  }

  /** Two octets, which are there. */
  private int number(int where) {
    return ((octets[where] & 0xff) << 8) | (octets[where + 1] & 0xff);
  }

  private boolean record(int wanted, List<String> into) {
    if (name() == null || length - at < 10) {
      return false;
    }
    int type = number(at);
    boolean internet = number(at + 2) == CLASS_IN;
    int data = at + 10;
    int end = data + number(at + 8);
    if (end > length) {
      return false;
    }
    if (type == wanted && internet) {
      at = data;
      String text = data(type, end);
      if (text == null) {
        return false;
      }
      into.add(text);
    }
    at = end;
    return true;
  }

  /** The data up to {@code end}, which are there; null when they are not as the type needs. */
  private @Nullable String data(int type, int end) {
    return switch (type) {
      case A -> end - at == 4 ? address(end) : null;
      case AAAA -> end - at == 16 ? address(end) : null;
      case NS, CNAME, PTR -> names(0, 1, end);
      case MX -> names(1, 1, end);
      case SRV -> names(3, 1, end);
      case SOA -> soa(end);
      case TXT -> strings(end);
      default ->
          "\\# %d %s"
              .formatted(end - at, HexFormat.of().formatHex(octets, at, end))
              .strip(); // RFC 3597, section 5
    };
  }

  private @Nullable String address(int end) {
    try {
      return NetUtil.toAddressString(InetAddress.getByAddress(Arrays.copyOfRange(octets, at, end)));
    } catch (UnknownHostException e) {
      return null;
    }
  }

  /** Numbers of two octets, then names, up to the end exactly. */
  private @Nullable String names(int numbers, int names, int end) {
    StringBuilder text = new StringBuilder();
    if (end - at < 2 * numbers) {
      return null;
    }
    for (int i = 0; i < numbers; i++, at += 2) {
      text.append(number(at)).append(' ');
    }
    for (int i = 0; i < names; i++) {
      String name = name();
      if (name == null || at > end) {
        return null;
      }
      text.append(i == 0 ? "" : " ").append(name);
    }
    return at == end ? text.toString() : null;
  }

  private @Nullable String soa(int end) {
    int numbers = end - 20; // five of four octets
    if (numbers < at) {
      return null;
    }
    String names = names(0, 2, numbers);
    if (names == null) {
      return null;
    }
    StringBuilder text = new StringBuilder(names);
    for (int i = numbers; i < end; i += 4) {
      text.append(' ').append(((long) number(i) << 16) | number(i + 2));
    }
    return text.toString();
  }

  private @Nullable String strings(int end) {
    StringBuilder text = new StringBuilder();
    while (at < end) {
      int next = at + 1 + (octets[at] & 0xff);
      if (next > end) {
        return null;
      }
      text.append(new String(octets, at + 1, next - at - 1, StandardCharsets.ISO_8859_1));
      at = next;
    }
    return text.toString();
  }

  /**
   * Reads a name and goes behind it. Each pointer must lead to before the place where the part of
   * the name begins that it stands in, which ends every loop.
   *
   * @return lower case without the final dot, {@code .} for the root; null when it is none
   */
  private @Nullable String name() {
    StringBuilder text = new StringBuilder();
    int behind = -1;
    int place = at;
    int part = at;
    int wire = 1;
    while (true) {
      if (place >= length) {
        return null;
      }
      int label = octets[place] & 0xff;
      if (label == 0) {
        at = behind < 0 ? place + 1 : behind;
        return text.isEmpty() ? "." : text.toString();
      }
      if (label >= 0xc0) {
        if (place + 1 >= length) {
          return null;
        }
        behind = behind < 0 ? place + 2 : behind;
        place = ((label & 0x3f) << 8) | (octets[place + 1] & 0xff);
        if (place >= part || place < HEADER) {
          return null;
        }
        part = place;
        continue;
      }
      wire += label + 1;
      if (label > 63 || place + label >= length || wire > LONGEST_NAME) {
        return null;
      }
      text.append(text.isEmpty() ? "" : ".");
      append(text, place + 1, label);
      place += label + 1;
    }
  }

  private void append(StringBuilder text, int from, int count) {
    for (int i = from; i < from + count; i++) {
      char c = (char) (octets[i] & 0xff);
      text.append(c >= 'A' && c <= 'Z' ? (char) (c + ('a' - 'A')) : c);
    }
  }
}

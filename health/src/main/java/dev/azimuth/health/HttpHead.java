package dev.azimuth.health;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What the head of an answer of HTTP/1.1 says (RFC 9112, sections 4 to 6), of which few fields
 * matter here. Used for one head after the other.
 */
final class HttpHead {
  /** The size of a body whose end is that of the connection. */
  static final long UNKNOWN = -1;

  private static final String LENGTH = "content-length";
  private static final String CODING = "transfer-encoding";
  private static final String CONNECTION = "connection";

  /** Of a status line without a reason. */
  private static final int SHORTEST = "HTTP/1.1 200".length();

  private static final byte[] VERSION = "HTTP/1.".getBytes(StandardCharsets.US_ASCII);

  /** Of a size that is believed. */
  private static final int MOST_DIGITS = 18;

  private final @Nullable String wanted;
  private int status;
  private long size;
  private @Nullable String found;
  private String coding = "";
  private boolean keeps;
  private boolean closes;

  /** The field that may go on in the next line; null for one that does not matter. */
  private @Nullable String name;

  private final StringBuilder value = new StringBuilder();

  /** Whether there has been a field that could go on. */
  private boolean any;

  /**
   * @param wanted a field whose value is kept, in lower case; null for none
   */
  HttpHead(@Nullable String wanted) {
    this.wanted = wanted;
  }

  /**
   * Begins with a status line.
   *
   * @return whether it is one
   */
  boolean begin(byte[] line, int length) {
    if (length < SHORTEST || (length > SHORTEST && line[SHORTEST] != ' ')) {
      return false;
    }
    for (int i = 0; i < VERSION.length; i++) {
      if (line[i] != VERSION[i]) {
        return false;
      }
    }
    int minor = digit(line[VERSION.length]);
    int hundreds = digit(line[SHORTEST - 3]);
    int tens = digit(line[SHORTEST - 2]);
    int ones = digit(line[SHORTEST - 1]);
    status = 100 * hundreds + 10 * tens + ones;
    size = UNKNOWN;
    found = null;
    coding = "";
    keeps = minor > 0;
    closes = false;
    name = null;
    any = false;
    return line[SHORTEST - 4] == ' ' && hundreds > 0 && Math.min(minor, Math.min(tens, ones)) >= 0;
  }

  private static int digit(byte octet) {
    return octet >= '0' && octet <= '9' ? octet - '0' : -1;
  }

  /**
   * Takes a line that is not empty.
   *
   * @return whether it can stand in a head
   */
  boolean field(byte[] line, int length) {
    if (line[0] == ' ' || line[0] == '\t') {
      if (name != null) {
        append(line, 0, length);
      }
      return any;
    }
    if (!end()) {
      return false;
    }
    int colon = 0;
    while (colon < length && line[colon] != ':') {
      if (line[colon] <= ' ' || line[colon] == 0x7f) {
        return false; // those from 0x80 on are negative
      }
      colon++;
    }
    if (colon == 0 || colon == length) {
      return false;
    }
    any = true;
    name = known(line, colon);
    value.setLength(0);
    if (name != null) {
      append(line, colon + 1, length);
    }
    return true;
  }

  private @Nullable String known(byte[] line, int length) {
    return is(LENGTH, line, length)
        ? LENGTH
        : is(CODING, line, length)
            ? CODING
            : is(CONNECTION, line, length)
                ? CONNECTION
                : wanted != null && is(wanted, line, length) ? wanted : null;
  }

  private static boolean is(String name, byte[] line, int length) {
    if (length != name.length()) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      int octet = line[i];
      if ((octet >= 'A' && octet <= 'Z' ? octet + 32 : octet) != name.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** Adds a line of the value: each is one space away from the one before. */
  private void append(byte[] line, int from, int to) {
    String text = new String(line, from, to - from, StandardCharsets.ISO_8859_1).strip();
    if (!text.isEmpty()) {
      value.append(value.isEmpty() ? "" : " ").append(text);
    }
  }

  /**
   * The field before is whole, or all are.
   *
   * @return whether it says something that is possible
   */
  boolean end() {
    String of = name;
    name = null;
    if (of == null) {
      return true;
    }
    if (of.equals(wanted) && found == null) {
      found = value.toString();
    }
    switch (of) {
      case LENGTH -> {
        return sized();
      }
      case CODING -> coding = value.toString().toLowerCase(Locale.ROOT);
      case CONNECTION -> {
        for (String option : value.toString().toLowerCase(Locale.ROOT).split(",", -1)) {
          closes |= option.strip().equals("close");
          keeps |= option.strip().equals("keep-alive");
        }
      }
      default -> {} // another one that is wanted
    }
    return true;
  }

  /** Several sizes must be the same (RFC 9112, section 6.3). */
  private boolean sized() {
    for (String each : value.toString().split(",", -1)) {
      String digits = each.strip();
      if (digits.isEmpty() || digits.length() > MOST_DIGITS) {
        return false;
      }
      long said = 0;
      for (int i = 0; i < digits.length(); i++) {
        int digit = Character.digit(digits.charAt(i), 10);
        if (digit < 0) {
          return false;
        }
        said = 10 * said + digit;
      }
      if (size != UNKNOWN && size != said) {
        return false;
      }
      size = said;
    }
    return true;
  }

  int status() {
    return status;
  }

  /** The octets of a body that is not chunked; {@link #UNKNOWN} where only its end tells. */
  long size() {
    return coding.isEmpty() ? size : UNKNOWN;
  }

  /** Whether the body comes in chunks: then no size counts. */
  boolean chunked() {
    return coding.endsWith("chunked");
  }

  /**
   * Whether the server will take another request on this connection (section 9.3). One that says
   * two sizes of a body is not to be trusted with a second one (section 6.1).
   */
  boolean again() {
    return keeps && !closes && (coding.isEmpty() || size == UNKNOWN);
  }

  /** The value of the field that is wanted; null where there is none. */
  @Nullable String found() {
    return found;
  }
}

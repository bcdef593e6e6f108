package dev.azimuth.app.host;

import java.net.IDN;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Domain names with letters beyond ASCII, which DNS only knows in their xn-- form (RFC 5890). */
public final class UnicodeName {
  /** What IDNA 2008 keeps and the older rules of {@link IDN} replace (RFC 5894 section 7.2). */
  private static final String DEVIATIONS = "\u00df\u03c2\u200c\u200d";

  private UnicodeName() {}

  /**
   * What to do about such a name, as a sentence without its end.
   *
   * @return null when the name is ASCII alone
   */
  public static @Nullable String advice(String name) {
    if (name.chars().allMatch(c -> c < 0x80)) {
      return null;
    }
    String ascii = ascii(name);
    return ascii == null
        ? "write it in its xn-- form, since DNS has only ASCII"
        : "write " + ascii + ", since DNS has only ASCII";
  }

  /** Null where there is no such form, or where the rules for it do not agree. */
  private static @Nullable String ascii(String name) {
    if (name.toLowerCase(Locale.ROOT).chars().anyMatch(c -> DEVIATIONS.indexOf(c) >= 0)) {
      return null;
    }
    try {
      return IDN.toASCII(name);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}

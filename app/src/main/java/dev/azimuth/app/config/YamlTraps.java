package dev.azimuth.app.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Values that people write and YAML reads as something else. Each is recognised in the line of the
 * file, since by then YAML has already made something else of it.
 */
final class YamlTraps {
  static final String APEX = "a key @ is no YAML: put it in quotes, \"@\"";
  static final String WILDCARD = "a key that begins with * is an alias in YAML: put it in quotes";
  static final String ADDRESS =
      "YAML takes this IPv6 address apart at its colons or brackets: put it in quotes";

  private static final Pattern WILDCARD_KEY = Pattern.compile("\\*(\\.[^\\s:]*)?\\s*:.*");
  private static final Pattern ADDRESS_IN_LINE =
      Pattern.compile(
          "(?<![\"'\\w:.\\[])(\\[[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*\\](:[0-9]*)?" // [::1]:53
              + "|([0-9A-Fa-f]{0,4}:){2,8}(?![0-9A-Fa-f:])(/[0-9]+)?" // 2001:db8::
              + "|::[0-9A-Fa-f][0-9A-Fa-f:.]*)"); // ::1 in a flow list

  private YamlTraps() {}

  /** Whether a line goes on with a key such as {@code *.app:}. */
  static boolean isWildcardKey(String rest) {
    return WILDCARD_KEY.matcher(rest).matches();
  }

  /** What a syntax error at this place is really about; null when it is nothing known. */
  static @Nullable String explain(Source source, Place place) {
    String rest = source.glimpse(place).rest();
    if (rest.startsWith("@")) {
      return APEX;
    }
    if (isWildcardKey(rest)) {
      return WILDCARD;
    }
    return touchesAddress(source, place) ? ADDRESS : null;
  }

  /** Whether an IPv6 address stands at a place, or ends there. */
  static boolean touchesAddress(Source source, Place place) {
    Source.Glimpse near = source.glimpse(place);
    Matcher matcher = ADDRESS_IN_LINE.matcher(near.text());
    while (matcher.find()) {
      boolean address = matcher.group().contains("::") || matcher.group().startsWith("[");
      if (address && matcher.start() <= near.start() && near.start() <= matcher.end()) {
        return true;
      }
    }
    return false;
  }
}

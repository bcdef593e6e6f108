package dev.azimuth.app.admin;

import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a web page from reading what a listener on loopback tells without a token, through a name
 * of the page's own that resolves to this machine (DNS rebinding): only IP literals and names that
 * can mean nothing but this machine are answered. A browser always sends the name that the page
 * used.
 */
final class HostHeader {
  private static final Pattern FORM =
      Pattern.compile("(\\[[0-9A-Fa-f:.%]{2,64}]|[^:\\[\\]]{1,255})(:[0-9]{1,5})?");
  private static final Pattern IPV4 =
      Pattern.compile("[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}");

  private HostHeader() {}

  /**
   * @param host the value of the header; null when there was none
   */
  static boolean acceptable(@Nullable String host) {
    if (host == null) {
      return false;
    }
    var matcher = FORM.matcher(host);
    if (!matcher.matches()) {
      return false;
    }
    String name = matcher.group(1).toLowerCase(Locale.ROOT);
    return name.startsWith("[") || IPV4.matcher(name).matches() || name.equals("localhost");
  }
}

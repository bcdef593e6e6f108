package dev.azimuth.health;

import java.net.NoRouteToHostException;
import java.util.regex.Pattern;

/** The words beside a result code: printable ASCII and short, whatever the other side sent. */
final class Details {
  static final int LONGEST = 120;

  /** What Netty says before the words of the system. */
  private static final Pattern CALL =
      Pattern.compile("^\\w+\\(\\.\\.\\) failed with error\\(-?\\d+\\): ");

  private Details() {}

  /**
   * What an exception says: the message of its first cause, else the name of its class; both of an
   * error, which is a fault of our own.
   */
  static String of(Throwable cause) {
    Throwable first = first(cause);
    if (first instanceof Error) {
      return printable(first.toString());
    }
    String message = first.getMessage();
    if (message != null) {
      return printable(CALL.matcher(message).replaceFirst(""));
    }
    return first instanceof NoRouteToHostException
        ? "No route to host"
        : first.getClass().getSimpleName();
  }

  /** What began it: Netty wraps the exceptions of the system in its own. */
  static Throwable first(Throwable cause) {
    Throwable first = cause;
    while (first.getCause() != null) {
      first = first.getCause();
    }
    return first;
  }

  /**
   * The text with every character that is not printable ASCII replaced, cut where it is too long.
   */
  static String printable(String text) {
    int length = Math.min(text.length(), LONGEST);
    StringBuilder clean = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      clean.append(c >= ' ' && c <= '~' ? c : '?');
    }
    return clean.toString();
  }

  /** A span of time in its largest unit, rounded down. */
  static String span(long millis) {
    long minutes = millis / 60_000;
    if (minutes < 60) {
      return minutes + " min";
    }
    return minutes < 1_440 ? minutes / 60 + " h" : minutes / 1_440 + " d";
  }
}

package dev.azimuth.app.host;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.regex.Pattern;

/** Durations as operators write and read them. */
public final class Durations {
  private static final Pattern FORM = Pattern.compile("([0-9]{1,11})(ms|s|m|h|d|w)");
  private static final Duration LONGEST = Duration.ofDays(365);

  private Durations() {}

  /**
   * Reads {@code 500ms}, {@code 10s}, {@code 5m}, {@code 1h}, {@code 7d} or {@code 1w}.
   *
   * @return above zero, at most 365 days
   * @throws IllegalArgumentException with a message for the operator
   */
  public static Duration parse(String text) {
    var matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "\"%s\" is no duration; write 30s, 10m, 2h or 7d".formatted(Printable.of(text)));
    }
    long count = Long.parseLong(matcher.group(1));
    Duration duration =
        switch (matcher.group(2)) {
          case "ms" -> Duration.ofMillis(count);
          case "s" -> Duration.ofSeconds(count);
          case "m" -> Duration.ofMinutes(count);
          case "h" -> Duration.ofHours(count);
          case "d" -> Duration.ofDays(count);
          default -> Duration.ofDays(Math.multiplyExact(7, count)); // the pattern leaves only w
        };
    if (duration.isZero() || duration.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException("a duration is above zero and at most 365d");
    }
    return duration;
  }

  /**
   * Reads an instant with its offset, such as {@code 2026-11-22T03:00Z} or {@code
   * 2026-11-22T04:00+01:00}.
   *
   * @throws IllegalArgumentException with a message for the operator
   */
  public static Instant instant(String text) {
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(
          "\"%s\" is no instant; write 2026-11-22T03:00Z, with Z or an offset such as +01:00"
              .formatted(Printable.of(text)),
          e);
    }
  }

  /** Two units at most, such as {@code 45s}, {@code 3m 20s} or {@code 2d 4h}. */
  public static String words(Duration duration) {
    long seconds = Math.max(0, duration.toSeconds());
    if (seconds < 60) {
      return seconds + "s";
    }
    if (seconds < 3600) {
      return two(seconds / 60, "m", seconds % 60, "s");
    }
    if (seconds < 86_400) {
      return two(seconds / 3600, "h", seconds % 3600 / 60, "m");
    }
    return two(seconds / 86_400, "d", seconds % 86_400 / 3600, "h");
  }

  /** The time from one instant to a later one in words. */
  public static String between(Instant from, Instant to) {
    return words(Duration.between(from, to));
  }

  private static String two(long large, String unit, long small, String smallUnit) {
    return small == 0 ? large + unit : large + unit + " " + small + smallUnit;
  }
}

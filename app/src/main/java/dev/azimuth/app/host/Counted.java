package dev.azimuth.app.host;

/** A number of things, in words. */
public final class Counted {
  private Counted() {}

  /**
   * Such as {@code 1 zone} or {@code 2 zones}.
   *
   * @param thing one of them, whose plural ends in s
   */
  public static String of(long number, String thing) {
    return number + " " + thing + (number == 1 ? "" : "s");
  }
}

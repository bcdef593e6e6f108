package dev.azimuth.app.cli;

/** A share as a bar of plain characters. */
final class Bar {
  private Bar() {}

  /**
   * @param share 0 to 1; one above 0 is never drawn as nothing
   * @param width of the bar for 1, in characters; blanks fill it up
   */
  static String of(double share, int width) {
    int length = share <= 0 ? 0 : Math.clamp(Math.round(share * width), 1, width);
    return "#".repeat(length) + " ".repeat(width - length);
  }
}

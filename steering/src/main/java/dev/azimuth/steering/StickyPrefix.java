package dev.azimuth.steering;

/**
 * How much of a client's address makes the network that always gets the same choice.
 *
 * @param v4 1 to 32
 * @param v6 1 to 128
 */
public record StickyPrefix(int v4, int v6) {
  /** The networks that are commonly given to one site. */
  public static final StickyPrefix DEFAULT = new StickyPrefix(24, 56);
}

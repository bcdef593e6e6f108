package dev.azimuth.steering;

import java.util.List;

/**
 * Resolvers that see addresses of their own, told by the address that a query comes from. A
 * resolver in several views is in the first of them.
 *
 * @param prefixes at least one
 */
public record View(String name, List<Cidr> prefixes) {
  /** The number for resolvers in no view. */
  public static final int NONE = -1;

  public View {
    prefixes = List.copyOf(prefixes);
  }
}

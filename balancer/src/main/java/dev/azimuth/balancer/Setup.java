package dev.azimuth.balancer;

import java.util.List;

/**
 * Everything that a balancer goes by at one instant.
 *
 * @param supplies its own first, then one for each of the settings' matches
 */
public record Setup(Settings settings, List<Supply> supplies, Departing departing) {
  public Setup {
    supplies = List.copyOf(supplies);
    if (supplies.size() != settings.matches().size() + 1) {
      throw new IllegalArgumentException(supplies.size() + " supplies of " + settings.name());
    }
  }
}

package dev.azimuth.balancer;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Everything that a balancer goes by at one instant.
 *
 * @param supplies its own first, then one for each of the settings' matches
 * @param backends every {@code pool/backend} that it may ever be supplied with: what is counted of
 *     these is kept
 */
public record Setup(
    Settings settings, List<Supply> supplies, Departing departing, Set<String> backends) {
  public Setup {
    supplies = List.copyOf(supplies);
    backends = Set.copyOf(backends);
    if (supplies.size() != settings.matches().size() + 1) {
      throw new IllegalArgumentException(supplies.size() + " supplies of " + settings.name());
    }
  }

  /** With the backends alone that are supplied, or depart. */
  public Setup(Settings settings, List<Supply> supplies, Departing departing) {
    this(settings, supplies, departing, named(supplies, departing));
  }

  private static Set<String> named(List<Supply> supplies, Departing departing) {
    Set<String> named = new HashSet<>(departing.down());
    named.addAll(departing.drained());
    supplies.stream()
        .flatMap(Supply::all)
        .forEach(supply -> supply.candidates().forEach(each -> named.add(each.key())));
    return named;
  }
}

package dev.azimuth.steering;

import java.util.List;

/**
 * What one rule of one name gives now.
 *
 * @param pools the views that it was made from, in the rule's order
 * @param choice which of them serves
 * @param edge when it must be bound anew though no event says so, in milliseconds of the steady
 *     clock; {@link Long#MAX_VALUE} for never
 */
record RuleBinding(
    Rule rule,
    List<PoolView> pools,
    Ladder.Choice choice,
    Family reference,
    Offer v4,
    Offer v6,
    long edge) {

  Offer offer(Family family) {
    return family == Family.V4 ? v4 : v6;
  }
}

package dev.azimuth.steering;

import java.util.List;

/**
 * What the terms of a destination give now.
 *
 * @param rungs the pools that it was made from, in the rule's order
 * @param choice which of them serve
 * @param edge when it must be bound anew though no event says so, in milliseconds of the steady
 *     clock; {@link Long#MAX_VALUE} for never
 */
record RuleBinding(
    Terms terms,
    List<Ladder.Rung> rungs,
    Ladder.Choice choice,
    Family reference,
    Offer v4,
    Offer v6,
    long edge) {

  Offer offer(Family family) {
    return family == Family.V4 ? v4 : v6;
  }

  /** The pools that serve, in the rule's order; none when nothing is usable. */
  List<PoolView> serving() {
    return choice.serving().stream().map(index -> rungs.get(index).pool()).toList();
  }

  /** The names of the pools that serve, joined by commas; empty when nothing is usable. */
  String servingNames() {
    return RuleBinder.names(serving());
  }
}

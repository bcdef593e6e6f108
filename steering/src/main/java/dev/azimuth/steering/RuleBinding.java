package dev.azimuth.steering;

import java.util.List;

/**
 * What the terms of a destination give now.
 *
 * @param rungs the pools that it was made from, in the rule's order
 * @param choice which of them serve
 * @param serving their views, in the rule's order; none when nothing is usable
 * @param servingNames their names, joined by commas; empty when nothing is usable
 * @param edge when it must be bound anew though no event says so, in milliseconds of the steady
 *     clock; {@link Long#MAX_VALUE} for never
 */
record RuleBinding(
    Terms terms,
    List<Ladder.Rung> rungs,
    Ladder.Choice choice,
    List<PoolView> serving,
    String servingNames,
    Family reference,
    Offer v4,
    Offer v6,
    long edge) {

  /** Whether the same pools serve for the same reason as at another time. */
  boolean gives(RuleBinding other) {
    return servingNames.equals(other.servingNames)
        && offer(reference).reason == other.offer(other.reference).reason;
  }

  /** Whether no backend of any listed pool is usable. */
  boolean allDown() {
    return choice.outcome() == Ladder.Outcome.ALL_DOWN;
  }

  Offer offer(Family family) {
    return family == Family.V4 ? v4 : v6;
  }
}

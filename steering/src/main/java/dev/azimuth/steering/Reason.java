package dev.azimuth.steering;

/** Why a steered answer is what it is. */
public enum Reason {
  /** The first pool of the rule serves. */
  RULE,
  /** An earlier pool of the rule does not serve. */
  FAILOVER,
  /** An earlier pool serves again but is on failback hold. */
  HELD,
  /** The pool's standby backends serve, since no ordinary one is usable. */
  STANDBY,
  /** No pool has its minimum up; this one has the greatest share. */
  BELOW_MIN_UP,
  /** No backend in any listed pool is usable. */
  ALL_DOWN,
  /** Some backend of the pool counts as up because nothing is known of it yet. */
  UNKNOWN,
  /** A forced state decides. */
  FORCED,
  /** The node doubts its own checks and holds the last table. */
  SELF_DOUBT,
  /** An operator froze the table. */
  FROZEN,
  /** A fence keeps the all-down answer inside the rule's pools. */
  FENCED,
  /** The chosen pool has no backend in the address family that was asked for. */
  NO_FAMILY
}

package dev.azimuth.steering;

/** What a pool gives that has less than its minimum up and is the best there is. */
public enum BelowMinUp {
  /** Its usable backends. */
  SERVE_USABLE,
  /** All of its backends that are not forced down or drained. */
  SERVE_ALL
}

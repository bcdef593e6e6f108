package dev.azimuth.steering;

/** Which health table the answers stand on. */
public enum Basis {
  /** The newest one. */
  LIVE,
  /** The one an operator froze. */
  FROZEN
}

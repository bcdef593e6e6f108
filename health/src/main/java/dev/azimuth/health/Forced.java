package dev.azimuth.health;

/** What an operator says of a backend, kept beside what the checks say. */
public enum Forced {
  /** Usable whatever the checks say. */
  UP,
  /** Not usable whatever the checks say. */
  DOWN,
  /** Not usable for new clients; those it has may finish. */
  DRAIN
}

package dev.azimuth.health;

/** What the checks say of a target. */
public enum State {
  /** No probe has come back yet. */
  UNKNOWN,
  UP,
  DOWN
}

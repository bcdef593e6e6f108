package dev.azimuth.health;

/** What checks ask that do not speak to the backend over a connection of their own. */
record Local(Echo echo, Commands commands, StateFiles files, Heartbeats heartbeats) {
  /** Without ICMP, and where nobody sends heartbeats. */
  static Local none() {
    return new Local(Echo.NONE, new Commands(), new StateFiles(() -> 0), new Heartbeats());
  }
}

package dev.azimuth.app.node;

import dev.azimuth.app.config.HealthConfig.Anchor;
import java.util.List;
import java.util.function.IntConsumer;

/** Hosts elsewhere that say by answering that this node's own network works. */
interface Anchors {
  /**
   * Asks all of them at once. Does not wait.
   *
   * @param answered told once, on another thread and within about a second, how many answered
   */
  void ask(List<Anchor> anchors, IntConsumer answered);
}

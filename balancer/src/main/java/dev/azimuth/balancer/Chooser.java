package dev.azimuth.balancer;

import org.jspecify.annotations.Nullable;

/** Chooses a backend for a connection. Any loop may ask at any time; asking allocates nothing. */
interface Chooser {
  /**
   * @return null when all are barred
   */
  @Nullable Backend choose(Ask ask);
}

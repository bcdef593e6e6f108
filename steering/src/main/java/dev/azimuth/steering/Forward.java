package dev.azimuth.steering;

import java.util.List;

/**
 * An ordered list of pools that connections are forwarded to.
 *
 * @param pools their numbers, at least one
 * @param panic share of the ordinary backends of the pool that serves, 0 to 1: with fewer usable
 *     ones all that are not forced down or drained are given; 0 for never
 * @param allDown what becomes of connections when nothing is usable: only {@link AllDown.ServeAll}
 *     and {@link AllDown.LastGood} give backends, both all of those that are not forced down
 */
public record Forward(List<Integer> pools, double panic, AllDown allDown) {
  public Forward {
    pools = List.copyOf(pools);
  }
}

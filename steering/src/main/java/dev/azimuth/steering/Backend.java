package dev.azimuth.steering;

import java.util.List;

/**
 * One member of a pool.
 *
 * @param name inside its pool
 * @param number in the health table, distinct over all pools of a plan
 * @param slot of its answer counter, the same for as long as the process knows the backend
 * @param weight 1 to 1,000,000
 * @param standby whether it is used only when no ordinary backend is usable
 * @param endpoints its addresses, at most 16 a family; none while a hostname is not yet resolved
 */
public record Backend(
    String name, int number, int slot, int weight, boolean standby, List<Endpoint> endpoints) {
  public Backend {
    endpoints = List.copyOf(endpoints);
  }
}

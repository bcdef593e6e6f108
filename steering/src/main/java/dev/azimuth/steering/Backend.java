package dev.azimuth.steering;

import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One member of a pool.
 *
 * @param name inside its pool
 * @param number in the health table, distinct over all pools of a plan
 * @param slot of its answer counter, the same for as long as the process knows the backend
 * @param weight 1 to 1,000,000
 * @param standby whether it is used only when no ordinary backend is usable
 * @param endpoints its addresses, at most 16 a family; none while a hostname is not yet resolved
 * @param inside by the number of a view: the addresses, at most one a family, that are given there
 *     in place of the endpoints'
 * @param group what it fails together with, such as a rack; null for a group of its own
 */
public record Backend(
    String name,
    int number,
    int slot,
    int weight,
    boolean standby,
    List<Endpoint> endpoints,
    Map<Integer, List<InetAddress>> inside,
    @Nullable String group) {
  public Backend {
    endpoints = List.copyOf(endpoints);
    inside = Map.copyOf(inside);
  }

  /** A backend that is a group of its own. */
  public Backend(
      String name,
      int number,
      int slot,
      int weight,
      boolean standby,
      List<Endpoint> endpoints,
      Map<Integer, List<InetAddress>> inside) {
    this(name, number, slot, weight, standby, endpoints, inside, null);
  }
}

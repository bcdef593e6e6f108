package dev.azimuth.steering;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One rule of a route: which clients go to which ordered list of pools.
 *
 * @param label how explain names it, such as {@code names.www.to} or {@code routes.world[2]}
 * @param cidr the client is in one of these; empty matches every client
 * @param resolver the address that the query came from is in one of these; empty matches all
 * @param to the numbers of the pools in order, at least one
 * @param fence whether nothing outside {@code to} is ever given
 * @param allDown what to answer when nothing in {@code to} is usable; null takes the name's
 */
public record Rule(
    String label,
    List<Cidr> cidr,
    List<Cidr> resolver,
    List<Integer> to,
    boolean fence,
    @Nullable AllDown allDown) {
  public Rule {
    cidr = List.copyOf(cidr);
    resolver = List.copyOf(resolver);
    to = List.copyOf(to);
  }
}

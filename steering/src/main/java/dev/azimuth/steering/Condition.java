package dev.azimuth.steering;

import java.util.List;

/**
 * Which clients a rule matches. What is given is ANDed, the values of one kind are ORed; an empty
 * list matches everything.
 *
 * @param cidr the client is in one of these
 * @param resolver the address that the query came from is in one of these
 * @param views the address that the query came from is in one of these views, by number
 * @param area the client's place is in it
 */
public record Condition(List<Cidr> cidr, List<Cidr> resolver, List<Integer> views, Area area) {
  /** Matches every client. */
  public static final Condition ALL = new Condition(List.of(), List.of(), List.of());

  /** Wherever the client is. */
  public Condition(List<Cidr> cidr, List<Cidr> resolver, List<Integer> views) {
    this(cidr, resolver, views, Area.ANYWHERE);
  }

  public Condition {
    cidr = List.copyOf(cidr);
    resolver = List.copyOf(resolver);
    views = List.copyOf(views);
  }

  /** Whether every client matches that comes from a resolver that does. */
  boolean everyClient() {
    return cidr.isEmpty() && area.equals(Area.ANYWHERE);
  }

  /** Whether every client matches. */
  public boolean matchesAll() {
    return equals(ALL);
  }
}

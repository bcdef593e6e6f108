package dev.azimuth.steering;

import java.util.List;

/**
 * The steered answers as they stand at one instant: immutable, complete, made by the {@link
 * Binder}. Safe for any number of threads, each with its own {@link Turns} and {@link Decision}.
 */
public final class Steering {
  private final RouteMap[] routes;
  private final Offer[][] v4;
  private final Offer[][] v6;
  private final int turnSlots;
  private final int backendSlots;

  /**
   * @param routes by name
   * @param bindings by name and rule
   */
  Steering(RouteMap[] routes, List<List<RuleBinding>> bindings, int turnSlots, int backendSlots) {
    this.routes = routes;
    v4 = offers(bindings, Family.V4);
    v6 = offers(bindings, Family.V6);
    this.turnSlots = turnSlots;
    this.backendSlots = backendSlots;
  }

  /** A steering of no names. */
  public static Steering none() {
    return new Steering(new RouteMap[0], List.of(), 0, 0);
  }

  /**
   * Decides which backends a client gets. Allocates nothing.
   *
   * @param name the number of the steered name
   * @param family IPv4 for type A, IPv6 for AAAA
   */
  public void decide(int name, Family family, Asker asker, Turns turns, Decision decision) {
    Offer offer = offer(name, family, asker, decision);
    Schedule schedule = offer.schedule;
    if (schedule == null) {
      decision.octets = offer.target;
      return;
    }
    int set = schedule.order[turns.next(offer.slot, schedule.order.length)];
    decision.octets = schedule.octets[set];
    turns.count(schedule.slots[set]);
  }

  /**
   * The same for an additional section: in turns of its own, so that who asks for both does not
   * disturb the shares of answers, and not counted as given. Allocates nothing.
   */
  public void beside(int name, Family family, Asker asker, Turns turns, Decision decision) {
    Offer offer = offer(name, family, asker, decision);
    Schedule schedule = offer.schedule;
    decision.octets =
        schedule == null
            ? offer.target
            : schedule.octets[schedule.order[turns.nextBeside(offer.slot, schedule.order.length)]];
  }

  /**
   * Everything that {@link #decide} may give the client until the next binding: where the decision
   * is ADDRESSES, all of them, each once. Allocates nothing.
   */
  public void every(int name, Family family, Asker asker, Decision decision) {
    Offer offer = offer(name, family, asker, decision);
    decision.octets = offer.schedule == null ? offer.target : offer.schedule.every;
  }

  private Offer offer(int name, Family family, Asker asker, Decision decision) {
    int rule = routes[name].rule(asker, decision);
    Offer offer = (family == Family.V4 ? v4 : v6)[name][rule];
    decision.kind = offer.kind;
    decision.reason = offer.reason;
    decision.ttl = offer.ttl;
    return offer;
  }

  /** Whether what {@link #decide} gives depends on the client subnet; sets the decision's scope. */
  public boolean dependsOnClient(int name, Asker asker, Decision decision) {
    routes[name].rule(asker, decision);
    return decision.scope > 0;
  }

  /** How many turn counters there are. */
  int turnSlots() {
    return turnSlots;
  }

  /** How many counters of answers there are. */
  int backendSlots() {
    return backendSlots;
  }

  private static Offer[][] offers(List<List<RuleBinding>> bindings, Family family) {
    return bindings.stream()
        .map(rules -> rules.stream().map(rule -> rule.offer(family)).toArray(Offer[]::new))
        .toArray(Offer[][]::new);
  }
}

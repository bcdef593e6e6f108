package dev.azimuth.steering;

/**
 * The steered answers as they stand at one instant: immutable, complete, made by the {@link
 * Binder}. Safe for any number of threads, each with its own {@link Turns} and {@link Decision}.
 */
public final class Steering {
  private final RouteMap[] routes;
  final Offer[][] v4;
  final Offer[][] v6;
  private final int turnSlots;
  private final int backendSlots;

  /**
   * @param routes by name
   * @param v4 by name and destination
   * @param v6 by name and destination
   */
  Steering(RouteMap[] routes, Offer[][] v4, Offer[][] v6, int turnSlots, int backendSlots) {
    this.routes = routes;
    this.v4 = v4;
    this.v6 = v6;
    this.turnSlots = turnSlots;
    this.backendSlots = backendSlots;
  }

  /** A steering of no names. */
  public static Steering none() {
    return new Steering(new RouteMap[0], new Offer[0][], new Offer[0][], 0, 0);
  }

  /**
   * Decides which backends a client gets. Allocates nothing.
   *
   * @param name the number of the steered name
   * @param family IPv4 for type A, IPv6 for AAAA
   */
  public void decide(int name, Family family, Asker asker, Turns turns, Decision decision) {
    Offer offer = offer(name, family, asker, decision);
    Offer.Split split = offer.split;
    if (split != null) {
      offer = split.parts().get(split.order()[turns.next(offer.slot, split.order().length)]);
    }
    take(offer, decision);
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
   * disturb the shares of answers, and not counted as given; of pools that share the clients the
   * one that the message drew. Allocates nothing.
   */
  public void beside(int name, Family family, Asker asker, Turns turns, Decision decision) {
    Offer offer = drawn(name, family, asker, decision);
    Schedule schedule = offer.schedule;
    decision.octets =
        schedule == null
            ? offer.target
            : schedule.octets[schedule.order[turns.nextBeside(offer.slot, schedule.order.length)]];
  }

  /**
   * Everything that {@link #decide} may give the client until the next binding: where the decision
   * is ADDRESSES, all of them, each once. Of pools that share the clients the one that the message
   * drew. Allocates nothing.
   */
  public void every(int name, Family family, Asker asker, Decision decision) {
    Offer offer = drawn(name, family, asker, decision);
    decision.octets = offer.schedule == null ? offer.target : offer.schedule.every;
  }

  private Offer offer(int name, Family family, Asker asker, Decision decision) {
    int destination = routes[name].destination(asker, decision);
    return (family == Family.V4 ? v4 : v6)[name][destination];
  }

  /** The offer, or the part of it that the whole message drew. */
  private Offer drawn(int name, Family family, Asker asker, Decision decision) {
    Offer offer = offer(name, family, asker, decision);
    Offer.Split split = offer.split;
    if (split != null) {
      long scaled = (asker.draw & 0xffffffffL) * split.order().length;
      offer = split.parts().get(split.order()[(int) (scaled >>> 32)]);
    }
    take(offer, decision);
    return offer;
  }

  private static void take(Offer offer, Decision decision) {
    decision.kind = offer.kind;
    decision.reason = offer.reason;
    decision.ttl = offer.ttl;
  }

  /** Whether what {@link #decide} gives depends on the client subnet; sets the decision's scope. */
  public boolean dependsOnClient(int name, Asker asker, Decision decision) {
    routes[name].destination(asker, decision);
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
}

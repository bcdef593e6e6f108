package dev.azimuth.steering;

import org.jspecify.annotations.Nullable;

/**
 * The steered answers as they stand at one instant: immutable, complete, made by the {@link
 * Binder}. Safe for any number of threads, each with its own {@link Turns} and {@link Decision}.
 */
public final class Steering {
  /** Any large odd number: makes of one draw a second that has nothing to do with it. */
  private static final int AGAIN = 0x85ebca6b;

  private final RouteMap[] routes;
  final Offer[][] v4;
  final Offer[][] v6;
  final boolean[] aliases;
  private final int turnSlots;
  private final int backendSlots;

  /**
   * @param routes by name
   * @param v4 by name and destination
   * @param v6 by name and destination
   * @param aliases by name, whether some offer is a CNAME
   */
  Steering(
      RouteMap[] routes,
      Offer[][] v4,
      Offer[][] v6,
      boolean[] aliases,
      int turnSlots,
      int backendSlots) {
    this.routes = routes;
    this.v4 = v4;
    this.v6 = v6;
    this.aliases = aliases;
    this.turnSlots = turnSlots;
    this.backendSlots = backendSlots;
  }

  /** A steering of no names. */
  public static Steering none() {
    return new Steering(new RouteMap[0], new Offer[0][], new Offer[0][], new boolean[0], 0, 0);
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
      int position =
          offer.sticky == null
              ? turns.next(offer.slot, split.order().length)
              : bucket(offer.sticky, decision);
      offer = split.parts().get(split.order()[position]);
    }
    Schedule schedule = schedule(offer, decision);
    if (schedule == null) {
      decision.take(offer, null, Decision.EVERY, false);
      return;
    }
    int length = schedule.order.length;
    int position =
        switch (schedule.turn) {
          case NEXT -> turns.next(offer.slot, length);
          case RANDOM -> turns.random(length);
          case BUCKET -> bucket(offer, schedule, decision);
        };
    int set = schedule.order[position];
    decision.take(offer, schedule, set, true);
    turns.count(schedule.slots[set]);
  }

  /**
   * The same for an additional section: what the message drew, so that both families come to the
   * same backends where these have both, and that who asks for a name and for what stands beside it
   * does not disturb the shares of answers. Not counted as given. Allocates nothing.
   */
  public void beside(int name, Family family, Asker asker, Decision decision) {
    Offer offer = drawn(name, family, asker, decision);
    Schedule schedule = schedule(offer, decision);
    if (schedule == null) {
      decision.take(offer, null, Decision.EVERY, false);
      return;
    }
    int position =
        switch (schedule.turn) {
          case NEXT, RANDOM -> scaled(asker.draw * AGAIN, schedule.order.length);
          case BUCKET -> bucket(offer, schedule, decision);
        };
    decision.take(offer, schedule, schedule.order[position], false);
  }

  /**
   * Everything that {@link #decide} may give the client until the next binding: where the decision
   * is ADDRESSES, all of them, each once; where clients stick, what this one sticks to. Of pools
   * that share the clients the one that the message drew. Allocates nothing.
   */
  public void every(int name, Family family, Asker asker, Decision decision) {
    Offer offer = drawn(name, family, asker, decision);
    Schedule schedule = schedule(offer, decision);
    int set =
        schedule == null
            ? Decision.EVERY
            : switch (schedule.turn) {
              case NEXT, RANDOM -> Decision.EVERY;
              case BUCKET -> schedule.order[bucket(offer, schedule, decision)];
            };
    decision.take(offer, schedule, set, false);
  }

  private Offer offer(int name, Family family, Asker asker, Decision decision) {
    int destination = routes[name].destination(asker, decision);
    return (family == Family.V4 ? v4 : v6)[name][destination];
  }

  /** The offer, or the part of it that the whole message drew. */
  private Offer drawn(int name, Family family, Asker asker, Decision decision) {
    Offer offer = offer(name, family, asker, decision);
    Offer.Split split = offer.split;
    if (split == null) {
      return offer;
    }
    int position =
        offer.sticky == null
            ? scaled(asker.draw, split.order().length)
            : bucket(offer.sticky, decision);
    return split.parts().get(split.order()[position]);
  }

  /** A number below {@code length} in proportion to a draw, without a division. */
  private static int scaled(int draw, int length) {
    return (int) (((draw & 0xffffffffL) * length) >>> Integer.SIZE);
  }

  /** The schedule for the client's place; widens the scope by it. Null where there is none. */
  private static @Nullable Schedule schedule(Offer offer, Decision decision) {
    Schedule schedule = offer.schedule;
    if (schedule == null || schedule.nearness == null) {
      return schedule;
    }
    return schedule.near[schedule.nearness.order(decision)];
  }

  /** The position for the client's network; widens the scope by it where there are several. */
  private static int bucket(Offer offer, Schedule schedule, Decision decision) {
    Sticky sticky = offer.sticky;
    return sticky == null || schedule.order.length == 1 ? 0 : bucket(sticky, decision);
  }

  /** The bucket of the client's network; widens the scope by it. */
  private static int bucket(Sticky sticky, Decision decision) {
    decision.scope = sticky.scope(decision.client, decision.scope);
    return sticky.bucket(decision.client);
  }

  /**
   * Whether some client is given a CNAME now, which then is the answer to every type (RFC 1034
   * section 4.3.2 step 3a).
   *
   * @param name the number of the steered name
   */
  public boolean aliases(int name) {
    return aliases[name];
  }

  /** Whether what {@link #decide} gives depends on the client subnet; sets the decision's scope. */
  public boolean dependsOnClient(int name, Asker asker, Decision decision) {
    int destination = routes[name].destination(asker, decision);
    widen(v4[name][destination], decision);
    widen(v6[name][destination], decision);
    return decision.scope > 0;
  }

  /** Widens the scope by what an offer may look at. */
  static void widen(Offer offer, Decision decision) {
    Offer.Split split = offer.split;
    for (int i = 0; split != null && i < split.parts().size(); i++) {
      widen(split.parts().get(i), decision);
    }
    Schedule schedule = schedule(offer, decision);
    if (offer.sticky != null && (schedule == null || schedule.order.length > 1)) {
      bucket(offer.sticky, decision);
    }
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

package dev.azimuth.steering;

import dev.azimuth.steering.Ladder.Choice;
import dev.azimuth.steering.Ladder.Step;
import java.net.InetAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Binds one rule of one name to what is known of its pools. */
final class RuleBinder {
  private final SteeredName name;
  private final Rule rule;
  private final List<PoolView> pools;
  private final Basis basis;
  private final long now;
  private final Tools tools;
  private final Family reference;
  private final Choice choice;

  /** What binding needs beside the facts. */
  interface Tools {
    /** A schedule of these members, made once for equal ones. */
    Schedule schedule(List<Member> members, Pick pick);

    /** The slot of the turn counter of (name, family, pool). */
    int turnSlot(SteeredName name, Family family, Pool pool);

    /** A name in uncompressed wire form. */
    byte[] octets(String name);

    /** The backends, as {@code pool/backend}, that served last for a list of pools. */
    List<String> lastGood(String list);
  }

  RuleBinder(
      SteeredName name, Rule rule, List<PoolView> pools, Basis basis, long now, Tools tools) {
    this.name = name;
    this.rule = rule;
    this.pools = pools;
    this.basis = basis;
    this.now = now;
    this.tools = tools;
    reference = Ladder.referenceFamily(pools);
    choice = Ladder.choose(pools, pool -> pool.side(reference), now, Ladder.Trace.NONE);
  }

  RuleBinding bind() {
    Lifetime v4 = lifetime();
    Lifetime v6 = lifetime();
    Offer offer4 = offer(Family.V4, v4);
    Offer offer6 = offer(Family.V6, v6);
    return new RuleBinding(
        rule, pools, choice, reference, offer4, offer6, Math.min(v4.edge(), v6.edge()));
  }

  private Lifetime lifetime() {
    Lifetime lifetime = new Lifetime(name.ttl(), now);
    return basis instanceof Basis.Frozen(long until)
        ? lifetime.ends(until, "the freeze ends")
        : lifetime;
  }

  /** The names of a rule's pools, as the key of what served last. */
  static String list(List<PoolView> pools) {
    return pools.stream().map(pool -> pool.pool().name()).collect(Collectors.joining(","));
  }

  /** The form of all-down that counts: of the rule, the name, the first pool, the zone. */
  static AllDown allDown(SteeredName name, Rule rule, Pool first) {
    AllDown own = rule.allDown() != null ? rule.allDown() : name.allDown();
    AllDown pool = own != null ? own : first.allDown();
    return pool != null ? pool : name.zoneAllDown();
  }

  private Offer offer(Family family, Lifetime lifetime) {
    if (choice.step() == Step.ALL_DOWN) {
      return allDown(family, lifetime.consulted(pools, pools.size(), -1, reference, family));
    }
    PoolView pool = pools.get(choice.index());
    // Only a pool that serves and is not on hold ends the walk: otherwise all were looked at.
    int looked = choice.step() == Step.SERVES ? choice.index() + 1 : pools.size();
    lifetime.consulted(pools, looked, choice.index(), reference, family);
    Side side = pool.side(family);
    boolean wholePool =
        choice.step() == Step.GREATEST_SHARE && pool.pool().belowMinUp() == BelowMinUp.SERVE_ALL;
    List<Member> members = wholePool ? side.rest() : side.serving();
    if (members.isEmpty()) {
      return noFamily(side, lifetime);
    }
    return addresses(members, pool.pool(), family, lifetime, reason(pool, side));
  }

  /** The pool has none of this family to give: the other family alone decides where clients go. */
  private static Offer noFamily(Side side, Lifetime lifetime) {
    if (side.present()) {
      lifetime.lowest("the family is down");
    }
    Lifetime.Ttl ttl =
        side.present() || side.hostTtl() != Integer.MAX_VALUE
            ? lifetime.ttl()
            : new Lifetime.Ttl(Integer.MAX_VALUE, "the pool has no address of the family");
    return Offer.nodata(ttl, Reason.NO_FAMILY);
  }

  private Offer addresses(
      List<Member> members, Pool pool, Family family, Lifetime lifetime, Reason reason) {
    return Offer.addresses(
        tools.schedule(members, name.pick()),
        members,
        tools.turnSlot(name, family, pool),
        lifetime.ttl(),
        reason);
  }

  private Reason reason(PoolView pool, Side side) {
    if (basis instanceof Basis.Frozen) {
      return Reason.FROZEN;
    }
    if (!choice.equals(Ladder.choose(pools, p -> p.checked(reference), now, Ladder.Trace.NONE))) {
      return Reason.FORCED;
    }
    if (side.guessed()) {
      return Reason.UNKNOWN;
    }
    return switch (choice.step()) {
      case SERVES -> {
        if (pool.side(reference).ordinary().isEmpty()) {
          yield Reason.STANDBY;
        }
        boolean passedHeld =
            pools.subList(0, choice.index()).stream()
                .anyMatch(p -> p.held(now) && p.side(reference).serves());
        yield choice.index() == 0 ? Reason.RULE : passedHeld ? Reason.HELD : Reason.FAILOVER;
      }
      case SERVES_ON_HOLD -> choice.index() == 0 ? Reason.RULE : Reason.FAILOVER;
      case GREATEST_SHARE -> Reason.BELOW_MIN_UP;
      case ALL_DOWN -> Reason.ALL_DOWN;
    };
  }

  private Offer allDown(Family family, Lifetime lifetime) {
    lifetime.lowest("all down");
    AllDown form = allDown(name, rule, pools.getFirst().pool());
    Reason reason = basis instanceof Basis.Frozen ? Reason.FROZEN : Reason.ALL_DOWN;
    return switch (form) {
      case AllDown.ServeAll() -> serveAll(family, lifetime, reason);
      case AllDown.LastGood() -> lastGood(family, lifetime, reason);
      case AllDown.Address fixed ->
          rule.fence()
              ? serveAll(family, lifetime, Reason.FENCED)
              : fixed(fixed, family, lifetime, reason);
      case AllDown.Cname(String target) ->
          rule.fence()
              ? serveAll(family, lifetime, Reason.FENCED)
              : Offer.cname(tools.octets(target), lifetime.ttl(), reason);
      case AllDown.NoData() -> Offer.nodata(lifetime.ttl(), reason);
      case AllDown.ServFail() -> Offer.servfail(lifetime.ttl(), reason);
    };
  }

  private Offer serveAll(Family family, Lifetime lifetime, Reason reason) {
    for (PoolView pool : pools) {
      if (!pool.side(reference).rest().isEmpty()) {
        List<Member> members = pool.side(family).rest();
        return members.isEmpty()
            ? noFamily(pool.side(family), lifetime)
            : addresses(members, pool.pool(), family, lifetime, reason);
      }
    }
    return Offer.nodata(lifetime.ttl(), reason);
  }

  private Offer lastGood(Family family, Lifetime lifetime, Reason reason) {
    Set<String> good = new HashSet<>(tools.lastGood(list(pools)));
    for (PoolView pool : pools) {
      Function<Side, List<Member>> left =
          side ->
              Stream.concat(side.ordinaryRest().stream(), side.standbyRest().stream())
                  .filter(m -> good.contains(pool.pool().name() + "/" + m.backend().name()))
                  .toList();
      if (!left.apply(pool.side(reference)).isEmpty()) {
        List<Member> members = left.apply(pool.side(family));
        return members.isEmpty()
            ? noFamily(pool.side(family), lifetime)
            : addresses(members, pool.pool(), family, lifetime, reason);
      }
    }
    return serveAll(family, lifetime, reason);
  }

  private Offer fixed(AllDown.Address fixed, Family family, Lifetime lifetime, Reason reason) {
    InetAddress address = family == Family.V4 ? fixed.v4() : fixed.v6();
    if (address == null) {
      return Offer.nodata(lifetime.ttl(), reason);
    }
    return Offer.fixed(Schedule.fixed(address), lifetime.ttl(), reason);
  }

  /** What the rule served, to be remembered for {@link AllDown.LastGood}. */
  static Map.Entry<String, List<String>> served(RuleBinding binding) {
    PoolView view = binding.pools().get(binding.choice().index());
    String pool = view.pool().name();
    List<String> backends =
        Stream.concat(view.v4().serving().stream(), view.v6().serving().stream())
            .map(member -> pool + "/" + member.backend().name())
            .distinct()
            .toList();
    return Map.entry(list(binding.pools()), backends);
  }
}

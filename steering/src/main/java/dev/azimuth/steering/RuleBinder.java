package dev.azimuth.steering;

import dev.azimuth.steering.Ladder.Choice;
import dev.azimuth.steering.Ladder.Outcome;
import dev.azimuth.steering.Ladder.Rung;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Binds the terms of a destination to what is known of its pools. */
final class RuleBinder {
  private final Terms terms;
  private final List<Rung> rungs;
  private final Basis basis;
  private final long now;
  private final Tools tools;
  private final Family reference;
  private final Choice choice;

  /** What binding needs beside the facts. */
  interface Tools {
    /** A schedule of these members of the pool with this number, made once for equal ones. */
    Schedule schedule(int pool, List<Member> members, Pick pick);

    /**
     * Which of the pools with these names and weights each bucket comes to, by their index. Not to
     * be written.
     */
    int[] shared(List<String> pools, List<Integer> weights);

    /** A name in uncompressed wire form. */
    byte[] octets(String name);

    /** The backends, as {@code pool/backend}, that served last for a list of pools. */
    List<String> lastGood(String list);
  }

  RuleBinder(Terms terms, List<Rung> rungs, Basis basis, long now, Tools tools) {
    this.terms = terms;
    this.rungs = rungs;
    this.basis = basis;
    this.now = now;
    this.tools = tools;
    reference = reference(rungs);
    choice = Ladder.choose(rungs, pool -> pool.side(reference), now, Ladder.Trace.NONE);
  }

  /** The pools of a destination's steps, in order. */
  static List<Rung> rungs(List<Step> steps, Function<Integer, PoolView> views) {
    List<Rung> rungs = new ArrayList<>();
    for (int step = 0; step < steps.size(); step++) {
      for (Step.Share share : steps.get(step).shares()) {
        rungs.add(new Rung(views.apply(share.pool()), share.pool(), step, share.weight()));
      }
    }
    return List.copyOf(rungs);
  }

  /** The family that decides for a list: IPv4 if any listed pool has it. */
  private static Family reference(List<Rung> rungs) {
    boolean v4 = false;
    boolean v6 = false;
    for (Rung rung : rungs) {
      v4 |= rung.pool().v4().present();
      v6 |= rung.pool().v6().present();
    }
    return v4 || !v6 ? Family.V4 : Family.V6;
  }

  RuleBinding bind() {
    Lifetime v4 = lifetime();
    Lifetime v6 = lifetime();
    Offer offer4 = offer(Family.V4, v4);
    Offer offer6 = offer(Family.V6, v6);
    List<PoolView> serving = serving();
    return new RuleBinding(
        terms,
        rungs,
        choice,
        serving,
        names(serving),
        reference,
        offer4,
        offer6,
        Math.min(v4.edge(), v6.edge()));
  }

  // One pool is by far the most, and very many rules are bound when all pools change.
  private List<PoolView> serving() {
    List<Integer> chosen = choice.serving();
    return chosen.size() == 1
        ? List.of(rungs.get(chosen.getFirst()).pool())
        : chosen.stream().map(i -> rungs.get(i).pool()).toList();
  }

  private Lifetime lifetime() {
    Lifetime lifetime = new Lifetime(terms.ttl(), now);
    return switch (basis) {
      case Basis.Live() -> lifetime;
      case Basis.Frozen(long until) -> lifetime.ends(until, () -> "the freeze ends");
      case Basis.Doubted() -> lifetime.lowest(() -> "the node doubts its checks");
    };
  }

  /** The names of pools, joined by commas. */
  private static String names(List<PoolView> pools) {
    return pools.size() == 1
        ? pools.getFirst().pool().name()
        : pools.stream().map(pool -> pool.pool().name()).collect(Collectors.joining(","));
  }

  /** The pools as a key: steps joined by commas, the pools of one step by plus signs. */
  private static String list(List<Rung> rungs) {
    StringBuilder list = new StringBuilder();
    for (int i = 0; i < rungs.size(); i++) {
      if (i > 0) {
        list.append(rungs.get(i).step() == rungs.get(i - 1).step() ? '+' : ',');
      }
      list.append(rungs.get(i).pool().pool().name());
    }
    return list.toString();
  }

  private Offer offer(Family family, Lifetime lifetime) {
    lifetime.consulted(rungs, choice, reference, family);
    if (choice.outcome() == Outcome.ALL_DOWN) {
      return allDown(family, lifetime).whenAllDown();
    }
    List<Integer> chosen = choice.serving();
    if (chosen.size() == 1) {
      return offer(rungs.get(chosen.getFirst()), family, lifetime);
    }
    return shared(chosen.stream().map(rungs::get).toList(), rung -> offer(rung, family, lifetime));
  }

  /**
   * What some pools of one step give together, by their weights.
   *
   * @param together at least one
   */
  private Offer shared(List<Rung> together, Function<Rung, Offer> offer) {
    List<Offer> parts = together.stream().map(offer).toList();
    if (parts.size() == 1) {
      return parts.getFirst();
    }
    StickyPrefix sticky = terms.steps().get(together.getFirst().step()).sticky();
    List<Integer> weights = together.stream().map(Rung::weight).toList();
    int[] order =
        sticky == null
            ? turns(weights)
            : tools.shared(
                together.stream().map(rung -> rung.pool().pool().name()).toList(), weights);
    return Offer.shared(parts, order, list(rungs), sticky);
  }

  /** Which of several pools each position of their common counter comes to. */
  private static int[] turns(List<Integer> weights) {
    int[] each = weights.stream().mapToInt(weight -> weight).toArray();
    return Layout.sequence(Layout.counts(each, Layout.longest(each.length)));
  }

  private Offer offer(Rung rung, Family family, Lifetime lifetime) {
    PoolView pool = rung.pool();
    boolean wholePool =
        choice.outcome() == Outcome.GREATEST_SHARE
            && pool.pool().belowMinUp() == BelowMinUp.SERVE_ALL;
    Reason reason = reason(pool, pool.side(family));
    return offer(rung, wholePool ? Side::rest : Side::serving, family, lifetime, reason);
  }

  private Offer offer(
      Rung rung,
      Function<Side, List<Member>> which,
      Family family,
      Lifetime lifetime,
      Reason reason) {
    PoolView pool = rung.pool();
    List<Member> members = inView(pool, which, family);
    if (members.isEmpty()) {
      return noFamily(pool.side(family), lifetime);
    }
    String name = pool.pool().name();
    String turns = terms.view() < 0 ? name : name + " " + terms.view();
    return Offer.addresses(
        tools.schedule(rung.number(), members, terms.pick()),
        members,
        turns,
        terms.pick().sticky(),
        lifetime.ttl(),
        reason);
  }

  /** The members with the addresses that the destination's view gives of them. */
  private List<Member> inView(PoolView pool, Function<Side, List<Member>> which, Family family) {
    int view = terms.view();
    if (view < 0) {
      return which.apply(pool.side(family));
    }
    Family other = family == Family.V4 ? Family.V6 : Family.V4;
    return Stream.concat(
            which.apply(pool.side(family)).stream(),
            // Known by its other family alone, it may have this one inside all the same.
            which.apply(pool.side(other)).stream()
                .filter(m -> m.backend().endpoints().stream().noneMatch(e -> e.family() == family))
                .filter(m -> m.backend().inside().containsKey(view)))
        .map(member -> inside(member, view, family))
        .filter(member -> !member.addresses().isEmpty())
        .sorted(Comparator.comparingInt(member -> member.backend().number()))
        .toList();
  }

  private static Member inside(Member member, int view, Family family) {
    List<InetAddress> addresses = member.backend().inside().get(view);
    return addresses == null
        ? member
        : new Member(
            member.backend(),
            addresses.stream()
                .filter(a -> (a instanceof Inet4Address) == (family == Family.V4))
                .toList(),
            member.weight(),
            member.latency());
  }

  /** The pool has none of this family to give: the other family alone decides where clients go. */
  private static Offer noFamily(Side side, Lifetime lifetime) {
    if (side.present()) {
      lifetime.lowest(() -> "the family is down");
    }
    Lifetime.Ttl ttl =
        side.present() || side.hostTtl() != Integer.MAX_VALUE
            ? lifetime.ttl()
            : new Lifetime.Ttl(Integer.MAX_VALUE, "the pool has no address of the family");
    return Offer.nodata(ttl, Reason.NO_FAMILY);
  }

  private Reason reason(PoolView pool, Side side) {
    Reason held = held();
    if (held != null) {
      return held;
    }
    if (!choice.equals(Ladder.choose(rungs, p -> p.checked(reference), now, Ladder.Trace.NONE))) {
      return Reason.FORCED;
    }
    if (side.guessed()) {
      return Reason.UNKNOWN;
    }
    return switch (choice.outcome()) {
      case SERVES ->
          side.ordinary().isEmpty() && pool.side(reference).ordinary().isEmpty()
              ? Reason.STANDBY
              : byWhatWasPassedOver();
      case SERVES_ON_HOLD -> choice.serving().contains(0) ? Reason.RULE : Reason.FAILOVER;
      case GREATEST_SHARE -> Reason.BELOW_MIN_UP;
      case ALL_DOWN -> Reason.ALL_DOWN;
    };
  }

  /** Why the answers do not stand on the newest table; null when they do. */
  private @Nullable Reason held() {
    return switch (basis) {
      case Basis.Live() -> null;
      case Basis.Frozen frozen -> Reason.FROZEN;
      case Basis.Doubted() -> Reason.SELF_DOUBT;
    };
  }

  private Reason byWhatWasPassedOver() {
    Reason reason = Reason.RULE;
    for (int i = 0; i < choice.looked(); i++) {
      if (!choice.serving().contains(i)) {
        PoolView passed = rungs.get(i).pool();
        if (passed.held(now) && passed.side(reference).serves()) {
          return Reason.HELD;
        }
        reason = Reason.FAILOVER;
      }
    }
    return reason;
  }

  private Offer allDown(Family family, Lifetime lifetime) {
    lifetime.lowest(() -> "all down");
    Reason held = held();
    Reason reason = held == null ? Reason.ALL_DOWN : held;
    return switch (terms.allDown()) {
      case AllDown.ServeAll() -> serveAll(family, lifetime, reason);
      case AllDown.LastGood() -> lastGood(family, lifetime, reason);
      case AllDown.Address fixed ->
          terms.fence()
              ? serveAll(family, lifetime, Reason.FENCED)
              : fixed(fixed, family, lifetime, reason);
      case AllDown.Cname(String target) ->
          terms.fence()
              ? serveAll(family, lifetime, Reason.FENCED)
              : Offer.cname(tools.octets(target), lifetime.ttl(), reason);
      case AllDown.NoData() -> Offer.nodata(lifetime.ttl(), reason);
      case AllDown.ServFail() -> Offer.servfail(lifetime.ttl(), reason);
    };
  }

  private Offer serveAll(Family family, Lifetime lifetime, Reason reason) {
    Offer left = left(pool -> Side::rest, family, lifetime, reason);
    return left == null ? Offer.nodata(lifetime.ttl(), reason) : left;
  }

  private Offer lastGood(Family family, Lifetime lifetime, Reason reason) {
    Set<String> good = new HashSet<>(tools.lastGood(list(rungs)));
    Offer left =
        left(
            pool ->
                side ->
                    Stream.concat(side.ordinaryRest().stream(), side.standbyRest().stream())
                        .filter(m -> good.contains(pool.pool().name() + "/" + m.backend().name()))
                        .toList(),
            family,
            lifetime,
            reason);
    return left == null ? serveAll(family, lifetime, reason) : left;
  }

  /**
   * What the first step gives in which anything is left: those of its pools that have it share the
   * clients as ever. Null where there is nothing left in any.
   *
   * @param which what is left of a pool
   */
  private @Nullable Offer left(
      Function<PoolView, Function<Side, List<Member>>> which,
      Family family,
      Lifetime lifetime,
      Reason reason) {
    List<Rung> left =
        rungs.stream()
            .filter(r -> !which.apply(r.pool()).apply(r.pool().side(reference)).isEmpty())
            .toList();
    if (left.isEmpty()) {
      return null;
    }
    int step = left.getFirst().step();
    return shared(
        left.stream().filter(rung -> rung.step() == step).toList(),
        rung -> offer(rung, which.apply(rung.pool()), family, lifetime, reason));
  }

  private Offer fixed(AllDown.Address fixed, Family family, Lifetime lifetime, Reason reason) {
    InetAddress address = family == Family.V4 ? fixed.v4() : fixed.v6();
    if (address == null) {
      return Offer.nodata(lifetime.ttl(), reason);
    }
    return Offer.fixed(Schedule.fixed(address), lifetime.ttl(), reason);
  }

  /** What a binding serves, to be remembered for {@link AllDown.LastGood}. */
  static List<String> served(RuleBinding binding) {
    return binding.serving().stream()
        .flatMap(
            view ->
                Stream.concat(view.v4().best().stream(), view.v6().best().stream())
                    .map(member -> view.pool().name() + "/" + member.backend().name()))
        .distinct()
        .toList();
  }

  /** The key under which a binding's list is remembered. */
  static String list(RuleBinding binding) {
    return list(binding.rungs());
  }
}

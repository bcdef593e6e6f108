package dev.azimuth.steering;

import dev.azimuth.steering.Ladder.Choice;
import dev.azimuth.steering.Ladder.Outcome;
import dev.azimuth.steering.Ladder.Rung;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;

/**
 * Says what connections are forwarded to: the same ladder of pools as for answers, but a connection
 * is carried to either family, so that each pool is judged by its own. Pure.
 */
final class Forwarder {
  private final Forward forward;
  private final List<Rung> rungs;
  private final Basis basis;
  private final long now;

  private Forwarder(Forward forward, List<Rung> rungs, Basis basis, long now) {
    this.forward = forward;
    this.rungs = rungs;
    this.basis = basis;
    this.now = now;
  }

  /**
   * @param views of the pools by number
   * @param now in milliseconds of the steady clock
   */
  static Forwarding forwarding(
      Forward forward, IntFunction<PoolView> views, Basis basis, long now) {
    List<Rung> rungs = new ArrayList<>();
    for (int pool : forward.pools()) {
      rungs.add(new Rung(views.apply(pool), pool, rungs.size(), 1));
    }
    return new Forwarder(forward, rungs, basis, now).forwarding();
  }

  private Forwarding forwarding() {
    Choice choice = choice(Forwarder::own);
    if (choice.outcome() == Outcome.ALL_DOWN) {
      return allDown();
    }
    int serving = choice.serving().getFirst();
    PoolView pool = rungs.get(serving).pool();
    boolean whole =
        choice.outcome() == Outcome.GREATEST_SHARE
            && pool.pool().belowMinUp() == BelowMinUp.SERVE_ALL;
    boolean panic = own(pool).usableShare().shareOfBackends() < forward.panic();
    return new Forwarding(
        serving,
        true,
        reason(choice, pool),
        whole || panic ? rest(pool) : serving(pool),
        behind(serving));
  }

  private List<Forwarding.Next> behind(int serving) {
    List<Forwarding.Next> next = new ArrayList<>();
    for (int i = serving + 1; i < rungs.size(); i++) {
      List<Forwarding.Given> given = serving(rungs.get(i).pool());
      if (!given.isEmpty()) {
        next.add(new Forwarding.Next(i, given));
      }
    }
    return next;
  }

  private Choice choice(Ladder.Look look) {
    return Ladder.choose(rungs, look, now, Ladder.Trace.NONE);
  }

  private static Side own(PoolView pool) {
    return pool.side(pool.ownFamily());
  }

  private Forwarding allDown() {
    Reason reason =
        switch (basis) {
          case Basis.Live() -> Reason.ALL_DOWN;
          case Basis.Frozen frozen -> Reason.FROZEN;
          case Basis.Doubted() -> Reason.SELF_DOUBT;
        };
    boolean all =
        switch (forward.allDown()) {
          case AllDown.ServeAll() -> true;
          case AllDown.LastGood() -> true;
          case AllDown.Address address -> false;
          case AllDown.Cname cname -> false;
          case AllDown.NoData() -> false;
          case AllDown.ServFail() -> false;
        };
    for (int i = 0; all && i < rungs.size(); i++) {
      List<Forwarding.Given> rest = rest(rungs.get(i).pool());
      if (!rest.isEmpty()) {
        return new Forwarding(i, false, reason, rest, List.of());
      }
    }
    return new Forwarding(-1, false, reason, List.of(), List.of());
  }

  private Reason reason(Choice choice, PoolView pool) {
    if (basis instanceof Basis.Frozen) {
      return Reason.FROZEN;
    }
    if (basis instanceof Basis.Doubted) {
      return Reason.SELF_DOUBT;
    }
    if (!choice.equals(choice(each -> each.checked(each.ownFamily())))) {
      return Reason.FORCED;
    }
    if (own(pool).guessed()) {
      return Reason.UNKNOWN;
    }
    return switch (choice.outcome()) {
      case SERVES -> own(pool).ordinary().isEmpty() ? Reason.STANDBY : byWhatWasPassedOver(choice);
      case SERVES_ON_HOLD -> choice.serving().contains(0) ? Reason.RULE : Reason.FAILOVER;
      case GREATEST_SHARE -> Reason.BELOW_MIN_UP;
      case ALL_DOWN -> Reason.ALL_DOWN;
    };
  }

  private Reason byWhatWasPassedOver(Choice choice) {
    for (int i = 0; i < choice.serving().getFirst(); i++) {
      PoolView passed = rungs.get(i).pool();
      if (passed.held(now) && own(passed).serves()) {
        return Reason.HELD;
      }
    }
    return choice.serving().contains(0) ? Reason.RULE : Reason.FAILOVER;
  }

  private static List<Forwarding.Given> serving(PoolView pool) {
    return given(pool, Side::serving, side -> Side.GREATEST_SCALE / side.scale());
  }

  private static List<Forwarding.Given> rest(PoolView pool) {
    return given(pool, Side::rest, side -> 1);
  }

  /** The members of both families, each backend once. */
  private static List<Forwarding.Given> given(
      PoolView pool, Function<Side, List<Member>> which, ToIntFunction<Side> factor) {
    Map<Integer, Forwarding.Given> given = new LinkedHashMap<>();
    for (Family family : Family.values()) {
      Side side = pool.side(family);
      for (Member member : which.apply(side)) {
        int weight = member.weight() * factor.applyAsInt(side);
        given.merge(
            member.backend().number(),
            new Forwarding.Given(pool.pool().name(), member.backend(), member.addresses(), weight),
            Forwarder::both);
      }
    }
    int common =
        given.values().stream().mapToInt(Forwarding.Given::weight).reduce(0, Forwarder::gcd);
    return given.values().stream().map(each -> divided(each, common)).toList();
  }

  private static int gcd(int a, int b) {
    return b == 0 ? a : gcd(b, a % b);
  }

  private static Forwarding.Given divided(Forwarding.Given given, int by) {
    return new Forwarding.Given(
        given.pool(), given.backend(), given.addresses(), given.weight() / by);
  }

  private static Forwarding.Given both(Forwarding.Given one, Forwarding.Given other) {
    List<InetAddress> all =
        Stream.concat(one.addresses().stream(), other.addresses().stream()).toList();
    return new Forwarding.Given(one.pool(), one.backend(), all, one.weight());
  }
}

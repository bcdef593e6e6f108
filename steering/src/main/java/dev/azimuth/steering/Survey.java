package dev.azimuth.steering;

import dev.azimuth.health.Forced;
import dev.azimuth.health.ForcedState;
import dev.azimuth.health.HealthTable;
import dev.azimuth.health.Past;
import dev.azimuth.health.State;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Walks the backends of one pool in one family, and says how they stand. */
final class Survey {
  private final Pool pool;
  private final Family family;
  private final HealthTable table;
  private final boolean orders;
  private final Map<String, Long> ramps;
  private final long now;
  private final Candidates ordinary = new Candidates();
  private final Candidates standby = new Candidates();
  private boolean present;
  private int members;
  private long memberWeight;
  private long upStable = Long.MAX_VALUE;
  private long downStable = Long.MAX_VALUE;
  private int hostTtl = Integer.MAX_VALUE;
  private long forcedUntil = Long.MAX_VALUE;
  private long planned = Long.MAX_VALUE;
  private long rampUntil = Long.MAX_VALUE;

  /**
   * By the number of a backend that asks for less than all of its weight: how much, in per cent.
   */
  private Map<Integer, Integer> asked = Map.of();

  /**
   * @param orders whether orders act; without them the pool is as the checks alone say
   * @param ramps since when weights rise, as {@link SlowStart#after} gives it
   */
  Survey(
      Pool pool,
      Family family,
      HealthTable table,
      boolean orders,
      Map<String, Long> ramps,
      long now) {
    this.pool = pool;
    this.family = family;
    this.table = table;
    this.orders = orders;
    this.ramps = ramps;
    this.now = now;
  }

  Side result() {
    pool.backends().forEach(this::add);
    int usable = ordinary.up.size() + ordinary.unknown.size();
    Usable share =
        new Usable(
            usable,
            members,
            weight(ordinary.up) + weight(ordinary.unknown),
            memberWeight,
            pool.minUp() instanceof MinUp.Weight);
    Scale scale = new Scale();
    List<Member> ordinaryRest = List.copyOf(ordinary.rest);
    List<Member> standbyRest = List.copyOf(standby.rest);
    return new Side(
        present,
        share,
        share.reaches(pool.minUp()),
        scale.scaled(ordinary.best(ordinaryRest)),
        scale.scaled(standby.best(standbyRest)),
        usable == 0 ? List.of() : scale.scaled(kept()),
        ordinaryRest,
        standbyRest,
        usable > 0 ? ordinary.guessed() : standby.guessed(),
        upStable,
        downStable,
        hostTtl,
        forcedUntil,
        planned,
        rampUntil,
        scale.factor());
  }

  /**
   * Whether nothing needs to be walked: every address of the pool is of the other family, and comes
   * from the configuration.
   */
  static boolean isAbsent(Pool pool, Family family) {
    for (Backend backend : pool.backends()) {
      if (backend.endpoints().isEmpty()) {
        return false;
      }
      for (Endpoint endpoint : backend.endpoints()) {
        if (endpoint.family() == family || endpoint.ttl() != Integer.MAX_VALUE) {
          return false;
        }
      }
    }
    return true;
  }

  private void add(Backend backend) {
    for (Endpoint endpoint : backend.endpoints()) {
      // Also where a host name has no address of the family: it may come to have one.
      hostTtl = Math.min(hostTtl, endpoint.ttl());
    }
    List<Endpoint> endpoints = endpoints(backend);
    if (endpoints.isEmpty() && !backend.endpoints().isEmpty()) {
      return;
    }
    ForcedState order = orders ? table.forced(backend.number()) : null;
    int weight = order == null || order.weight() == 0 ? backend.weight() : order.weight();
    // A host name without any address yet is a member that is missing, in both families.
    present = true;
    if (!backend.standby()) {
      members++;
      memberWeight += weight;
    }
    if (order != null) {
      forcedUntil = Math.min(forcedUntil, order.until());
      planned = Math.min(planned, order.planned());
    }
    long since = risesSince(backend);
    if (SlowStart.rising(pool, since, now)) {
      rampUntil = Math.min(rampUntil, SlowStart.end(pool, since));
    }
    (backend.standby() ? standby : ordinary)
        .add(backend, endpoints, weight, order == null ? null : order.forced());
  }

  /** Those of the family; no list is made where that is all of them, or none. */
  private List<Endpoint> endpoints(Backend backend) {
    int count = 0;
    for (Endpoint endpoint : backend.endpoints()) {
      count += endpoint.family() == family ? 1 : 0;
    }
    if (count == 0) {
      return List.of();
    }
    return count == backend.endpoints().size()
        ? backend.endpoints()
        : backend.endpoints().stream().filter(e -> e.family() == family).toList();
  }

  private long risesSince(Backend backend) {
    return ramps.isEmpty() ? 0 : ramps.getOrDefault(SlowStart.key(backend, family), 0L);
  }

  /** Of those that are down by their checks the newest, so that few enough are left out. */
  private List<Member> kept() {
    // A share that is a whole number of backends must not fail by a rounding error.
    int mayBeOut = (int) Math.floor(pool.maxEject() * members + 1e-9);
    int keep = ordinary.down.size() - mayBeOut;
    if (keep <= 0) {
      return List.of();
    }
    Set<Member> newest = new HashSet<>();
    ordinary.down.stream()
        .sorted(Comparator.comparingLong(Down::since).reversed())
        .limit(keep)
        .forEach(down -> newest.add(down.member));
    return ordinary.down.stream().map(Down::member).filter(newest::contains).toList();
  }

  /** The level of the latency of a backend, of several addresses their mean. */
  private int latency(List<Endpoint> endpoints) {
    if (!pool.measured()) {
      return 0;
    }
    return (int)
        Math.round(
            endpoints.stream()
                .filter(endpoint -> endpoint.verdict() >= 0)
                .mapToInt(endpoint -> table.verdict(endpoint.verdict()).latency())
                .filter(level -> level > 0)
                .average()
                .orElse(0));
  }

  private static long weight(List<Member> members) {
    long sum = 0;
    for (Member member : members) {
      sum += member.weight();
    }
    return sum;
  }

  /** A backend that is down by its checks, and since when all of it is. */
  private record Down(Member member, long since) {}

  /**
   * Weights while some of a pool rise, or ask for less: all in hundredths, in twentieths, or in
   * hundredths of those, so that a part of 1 is a number. The greatest weight times both still is.
   */
  private final class Scale {
    private static final int STEP = 5;

    private final boolean rising = rampUntil != Long.MAX_VALUE;
    private final boolean asking = !asked.isEmpty();

    int factor() {
      return (rising ? SlowStart.WHOLE : 1) * (asking ? Past.WHOLE / STEP : 1);
    }

    List<Member> scaled(List<Member> whole) {
      return rising || asking ? whole.stream().map(this::scaled).toList() : whole;
    }

    private Member scaled(Member member) {
      int percent = rising ? SlowStart.percent(pool, risesSince(member.backend()), now) : 1;
      int twentieths =
          asking ? asked.getOrDefault(member.backend().number(), Past.WHOLE) / STEP : 1;
      return member.weighing(member.weight() * percent * twentieths);
    }
  }

  /** The ordinary, or the standby, backends by what is known of them. */
  private final class Candidates {
    private final List<Member> up = new ArrayList<>();
    private final List<Member> unknown = new ArrayList<>();
    private final List<Down> down = new ArrayList<>();
    private final List<Member> rest = new ArrayList<>();

    // Very many backends are looked at when a check of all of them changes: nothing is made for one
    // but what stays.
    void add(Backend backend, List<Endpoint> endpoints, int weight, @Nullable Forced forced) {
      if (endpoints.isEmpty() || !mayBeGiven(forced)) {
        return;
      }
      Member whole = new Member(backend, addresses(endpoints), weight, latency(endpoints));
      rest.add(whole);
      if (forced != null) {
        up.add(whole);
        return;
      }
      int ups = 0;
      int unknowns = 0;
      long downSince = 0;
      int asks = Past.WHOLE;
      boolean asksForNone = false;
      for (Endpoint endpoint : endpoints) {
        State state = state(endpoint);
        noteStable(endpoint, state);
        int weightAsked = weightAsked(endpoint);
        if (weightAsked == 0) {
          asksForNone = true;
          continue;
        }
        asks = Math.min(asks, weightAsked);
        switch (state) {
          case UP -> ups++;
          case UNKNOWN -> unknowns++;
          case DOWN -> downSince = Math.max(downSince, table.verdict(endpoint.verdict()).since());
        }
      }
      if (asks < Past.WHOLE) {
        asked = asked.isEmpty() ? new HashMap<>() : asked;
        asked.put(backend.number(), asks);
      }
      if (ups > 0) {
        up.add(ups == endpoints.size() ? whole : part(whole, endpoints, State.UP));
      } else if (unknowns > 0) {
        unknown.add(unknowns == endpoints.size() ? whole : part(whole, endpoints, State.UNKNOWN));
      } else if (!asksForNone) {
        down.add(new Down(whole, downSince));
      }
    }

    /** The member with those of its addresses alone that are in a state. */
    private Member part(Member whole, List<Endpoint> endpoints, State state) {
      List<Endpoint> its =
          endpoints.stream()
              .filter(endpoint -> state(endpoint) == state && weightAsked(endpoint) > 0)
              .toList();
      return new Member(whole.backend(), addresses(its), whole.weight(), whole.latency());
    }

    private static List<InetAddress> addresses(List<Endpoint> endpoints) {
      return endpoints.size() == 1
          ? List.of(endpoints.getFirst().address())
          : endpoints.stream().map(Endpoint::address).toList();
    }

    private int weightAsked(Endpoint endpoint) {
      return endpoint.verdict() < 0 ? Past.WHOLE : table.verdict(endpoint.verdict()).weight();
    }

    private State state(Endpoint endpoint) {
      return endpoint.verdict() < 0 ? State.UP : table.verdict(endpoint.verdict()).state();
    }

    /** How long a state will at least be so goes to the survey. */
    private void noteStable(Endpoint endpoint, State state) {
      if (endpoint.verdict() >= 0) {
        long stable = table.verdict(endpoint.verdict()).stableMillis();
        switch (state) {
          case UP -> upStable = Math.min(upStable, stable);
          case DOWN -> downStable = Math.min(downStable, stable);
          case UNKNOWN -> {}
        }
      }
    }

    private static boolean mayBeGiven(@Nullable Forced forced) {
      return forced == null
          || switch (forced) {
            case UP -> true;
            case DOWN, DRAIN -> false;
          };
    }

    /** The usable ones: the same list as all of them where that is what they are. */
    List<Member> best(List<Member> all) {
      List<Member> best = up.isEmpty() ? unknown : up;
      return best.equals(all) ? all : List.copyOf(best);
    }

    boolean guessed() {
      return up.isEmpty() && !unknown.isEmpty();
    }
  }
}

package dev.azimuth.steering;

import dev.azimuth.health.ForcedState;
import dev.azimuth.health.HealthTable;
import dev.azimuth.health.State;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One pool seen in one address family, at one instant.
 *
 * @param present whether any backend has, or may come to have, an address of the family
 * @param share usable ones among the ordinary backends, by the pool's own measure, 0 to 1
 * @param reachesMinUp whether {@code share} is enough to serve
 * @param ordinary usable ordinary backends; those of unknown state only while none is known up
 * @param standby usable standby backends, likewise
 * @param ordinaryRest ordinary backends that are not forced down or drained, whatever their checks
 *     say
 * @param standbyRest standby backends, likewise
 * @param guessed whether {@code ordinary}, or {@code standby} while that is empty, counts as up
 *     only because nothing is known
 * @param upStable how long the usable backends stay so at least, in milliseconds; 0 while one fails
 * @param downStable how long the ones that are down stay so at least, in milliseconds
 * @param hostTtl the least TTL of host names consulted, in seconds
 * @param forcedUntil the earliest end of a forced state, in milliseconds of the steady clock
 */
record Side(
    boolean present,
    double share,
    boolean reachesMinUp,
    List<Member> ordinary,
    List<Member> standby,
    List<Member> ordinaryRest,
    List<Member> standbyRest,
    boolean guessed,
    long upStable,
    long downStable,
    int hostTtl,
    long forcedUntil) {

  /** Whether the pool serves by its own measure: enough is up, or a standby stands in. */
  boolean serves() {
    return ordinary.isEmpty() ? !standby.isEmpty() : reachesMinUp;
  }

  /** Whether anything at all is usable. */
  boolean usable() {
    return !ordinary.isEmpty() || !standby.isEmpty();
  }

  /** The usable backends that serve: ordinary ones, else standby. */
  List<Member> serving() {
    return ordinary.isEmpty() ? standby : ordinary;
  }

  /** What is left to give when checks do not count: ordinary backends, else standby. */
  List<Member> rest() {
    return ordinaryRest.isEmpty() ? standbyRest : ordinaryRest;
  }

  /**
   * @param forces whether forced states act; without them the side is as the checks alone say
   */
  static Side of(Pool pool, Family family, HealthTable table, boolean forces) {
    Survey survey = new Survey(family, table, forces, pool.measured());
    pool.backends().forEach(survey::add);
    return survey.result(pool.minUp());
  }

  /** Walks the backends of one pool. */
  private static final class Survey {
    private final Family family;
    private final HealthTable table;
    private final boolean forces;
    private final boolean measured;
    private final Candidates ordinary = new Candidates();
    private final Candidates standby = new Candidates();
    private boolean present;
    private int members;
    private long memberWeight;
    private long upStable = Long.MAX_VALUE;
    private long downStable = Long.MAX_VALUE;
    private int hostTtl = Integer.MAX_VALUE;
    private long forcedUntil = Long.MAX_VALUE;

    Survey(Family family, HealthTable table, boolean forces, boolean measured) {
      this.family = family;
      this.table = table;
      this.forces = forces;
      this.measured = measured;
    }

    void add(Backend backend) {
      for (Endpoint endpoint : backend.endpoints()) {
        // Also where a host name has no address of the family: it may come to have one.
        hostTtl = Math.min(hostTtl, endpoint.ttl());
      }
      List<Endpoint> endpoints =
          backend.endpoints().stream().filter(e -> e.family() == family).toList();
      if (endpoints.isEmpty() && !backend.endpoints().isEmpty()) {
        return;
      }
      // A host name without any address yet is a member that is missing, in both families.
      present = true;
      if (!backend.standby()) {
        members++;
        memberWeight += backend.weight();
      }
      ForcedState forced = forces ? table.forced(backend.number()) : null;
      if (forced != null) {
        forcedUntil = Math.min(forcedUntil, forced.until());
      }
      (backend.standby() ? standby : ordinary).add(backend, endpoints, forced);
    }

    Side result(MinUp minUp) {
      int usable = ordinary.up.size() + ordinary.unknown.size();
      long usableWeight = weight(ordinary.up) + weight(ordinary.unknown);
      double byCount = members == 0 ? 0 : (double) usable / members;
      double byWeight = memberWeight == 0 ? 0 : (double) usableWeight / memberWeight;
      // A share that is a whole number of backends must not fail by a rounding error.
      double slack = 1e-9;
      boolean reaches =
          usable > 0
              && switch (minUp) {
                case MinUp.Share(double share) -> byCount >= share - slack;
                case MinUp.Weight(double share) -> byWeight >= share - slack;
                case MinUp.Count(int backends) -> usable >= Math.min(backends, members);
              };
      return new Side(
          present,
          minUp instanceof MinUp.Weight ? byWeight : byCount,
          reaches,
          ordinary.best(),
          standby.best(),
          List.copyOf(ordinary.rest),
          List.copyOf(standby.rest),
          usable > 0 ? ordinary.guessed() : standby.guessed(),
          upStable,
          downStable,
          hostTtl,
          forcedUntil);
    }

    /** The level of the latency of a backend, of several addresses their mean. */
    private int latency(List<Endpoint> endpoints) {
      if (!measured) {
        return 0;
      }
      return (int)
          Math.round(
              endpoints.stream()
                  .filter(endpoint -> endpoint.target() >= 0)
                  .mapToInt(endpoint -> table.health(endpoint.target()).latency().level())
                  .filter(level -> level > 0)
                  .average()
                  .orElse(0));
    }

    private static long weight(List<Member> members) {
      return members.stream().mapToLong(member -> member.backend().weight()).sum();
    }

    /** The ordinary, or the standby, backends by what is known of them. */
    private final class Candidates {
      private final List<Member> up = new ArrayList<>();
      private final List<Member> unknown = new ArrayList<>();
      private final List<Member> rest = new ArrayList<>();

      void add(Backend backend, List<Endpoint> endpoints, @Nullable ForcedState forced) {
        List<InetAddress> ups = new ArrayList<>();
        List<InetAddress> unknowns = new ArrayList<>();
        for (Endpoint endpoint : endpoints) {
          if (forced != null) {
            ups.add(endpoint.address());
            continue;
          }
          State state = endpoint.target() < 0 ? State.UP : table.health(endpoint.target()).state();
          long stable =
              endpoint.target() < 0 ? Long.MAX_VALUE : table.stableMillis(endpoint.target());
          switch (state) {
            case UP -> {
              ups.add(endpoint.address());
              upStable = Math.min(upStable, stable);
            }
            case UNKNOWN -> unknowns.add(endpoint.address());
            case DOWN -> downStable = Math.min(downStable, stable);
          }
        }
        place(backend, endpoints, forced, ups, unknowns);
      }

      private void place(
          Backend backend,
          List<Endpoint> endpoints,
          @Nullable ForcedState forced,
          List<InetAddress> ups,
          List<InetAddress> unknowns) {
        boolean usable =
            forced == null
                || switch (forced.forced()) {
                  case UP -> true;
                  case DOWN, DRAIN -> false;
                };
        if (!usable || endpoints.isEmpty()) {
          return;
        }
        int weight = backend.weight();
        int latency = latency(endpoints);
        rest.add(
            new Member(
                backend, endpoints.stream().map(Endpoint::address).toList(), weight, latency));
        if (!ups.isEmpty()) {
          up.add(new Member(backend, List.copyOf(ups), weight, latency));
        } else if (!unknowns.isEmpty()) {
          unknown.add(new Member(backend, List.copyOf(unknowns), weight, latency));
        }
      }

      List<Member> best() {
        return up.isEmpty() ? List.copyOf(unknown) : List.copyOf(up);
      }

      boolean guessed() {
        return up.isEmpty() && !unknown.isEmpty();
      }
    }
  }
}

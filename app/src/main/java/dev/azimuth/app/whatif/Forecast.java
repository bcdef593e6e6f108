package dev.azimuth.app.whatif;

import dev.azimuth.app.geo.GeoFile;
import dev.azimuth.app.node.Loading;
import dev.azimuth.app.node.Node.Refused;
import dev.azimuth.app.node.Offline;
import dev.azimuth.steering.Asker;
import dev.azimuth.steering.Bound;
import dev.azimuth.steering.Cidr;
import dev.azimuth.steering.Family;
import dev.azimuth.steering.Flow;
import dev.azimuth.steering.Flow.BackendShare;
import dev.azimuth.steering.Flow.Move;
import dev.azimuth.steering.Flow.PoolShare;
import dev.azimuth.steering.Pool;
import dev.azimuth.steering.Usable;
import dev.azimuth.steering.WhatIf;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.DoubleConsumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of the clients when one configuration takes the place of another, or when backends
 * fail. Its components are the members of the JSON that the commands print. Shares are of all
 * clients, 0 to 1, of all names together, each counting as much as any other.
 *
 * @param clients who they are, in words
 * @param names how many names are compared
 * @param added names that only the later configuration has
 * @param removed names that only the earlier one has
 * @param load queries or connections a second of all clients; null where nobody says
 * @param moved the share that comes to another backend
 * @param pools with a share before or after
 * @param moves from pool to pool, the greatest first
 * @param groups the names one by one, those together of which the same becomes
 * @param balancers those that are set up otherwise or send their connections elsewhere
 */
public record Forecast(
    String clients,
    int names,
    List<String> added,
    List<String> removed,
    @Nullable Long load,
    double moved,
    List<PoolForecast> pools,
    List<Move> moves,
    List<Flow.OfNames> groups,
    List<BalancerForecast> balancers) {

  /**
   * @param pool as {@link PoolShare#pool}
   * @param loadBefore its share of the load, rounded; null where no load is said
   * @param loadAfter likewise
   * @param capacityBefore what its usable backends can take, by weight; null where the
   *     configuration does not say, or does not have the pool
   * @param capacityAfter likewise
   * @param over whether {@code loadAfter} is more than {@code capacityAfter}; null where one of
   *     them is not known
   */
  public record PoolForecast(
      String pool,
      double before,
      double after,
      @Nullable Long loadBefore,
      @Nullable Long loadAfter,
      @Nullable Long capacityBefore,
      @Nullable Long capacityAfter,
      @Nullable Boolean over,
      List<BackendShare> backends) {}

  /**
   * @param down backends of the later configuration that are taken to be down, as {@link
   *     Offline#bound}
   * @param progress hears now and then how much is done, 0 to 1
   * @throws Refused for a backend or a name that does not exist, where there is neither a name nor
   *     a balancer to compare, and for a file of clients that is of no use
   */
  public static Forecast of(
      Loading.Whole before,
      Loading.Whole after,
      List<String> down,
      Assumptions assumptions,
      DoubleConsumer progress)
      throws Refused {
    Bound is = Offline.bound(before, List.of());
    Bound then = Offline.bound(after, down);
    Set<String> wanted =
        assumptions.names().stream().map(Forecast::absolute).collect(Collectors.toSet());
    WhatIf whatIf = WhatIf.of(is, then, name -> wanted.isEmpty() || wanted.contains(name));
    for (String name : wanted) {
      if (!whatIf.names().contains(name)) {
        throw new Refused(name + " is no steered name of the configuration, before and after");
      }
    }
    List<BalancerForecast> balancers =
        wanted.isEmpty() ? BalancerForecast.of(before, is, after, then) : List.of();
    if (whatIf.names().isEmpty()) {
      if (before.config().balancers().isEmpty() && after.config().balancers().isEmpty()) {
        throw new Refused("there is no steered name to compare, and no balancer");
      }
      return ofBalancers(whatIf, balancers);
    }
    String clients = clients(whatIf, before, after, assumptions, progress);
    List<Flow.OfNames> groups = whatIf.flows();
    Flow all = whatIf.together(groups);
    long load = assumptions.load();
    return new Forecast(
        clients,
        whatIf.names().size(),
        wanted.isEmpty() ? whatIf.added() : List.of(),
        wanted.isEmpty() ? whatIf.removed() : List.of(),
        load == 0 ? null : load,
        all.moved(),
        all.pools().stream()
            .map(pool -> pool(pool, load, capacity(before, is, pool), capacity(after, then, pool)))
            .toList(),
        all.moves(),
        groups,
        balancers);
  }

  /** Where no name is steered before and after. */
  private static Forecast ofBalancers(WhatIf whatIf, List<BalancerForecast> balancers) {
    return new Forecast(
        "none: no name is compared",
        0,
        whatIf.added(),
        whatIf.removed(),
        null,
        0,
        List.of(),
        List.of(),
        List.of(),
        balancers);
  }

  private static String absolute(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.endsWith(".") ? lower : lower + ".";
  }

  private static String clients(
      WhatIf whatIf,
      Loading.Whole before,
      Loading.Whole after,
      Assumptions assumptions,
      DoubleConsumer progress)
      throws Refused {
    if (assumptions.clients() != null) {
      long lines = ClientFile.read(assumptions.clients(), sink(whatIf), progress);
      return String.format(Locale.ROOT, "%,d lines of %s", lines, assumptions.clients());
    }
    whatIf.addEverybody(assumptions.ipv6() ? Family.V6 : Family.V4, progress);
    List<GeoFile> databases =
        after.geo().files().isEmpty() ? before.geo().files() : after.geo().files();
    String family = assumptions.ipv6() ? "IPv6" : "IPv4";
    return databases.isEmpty()
        ? "every public " + family + " address, all alike"
        : "every %s address that %s knows, all alike"
            .formatted(
                family, databases.stream().map(GeoFile::name).collect(Collectors.joining(" or ")));
  }

  private static ClientFile.Sink sink(WhatIf whatIf) {
    return new ClientFile.Sink() {
      @Override
      public void prefix(Cidr prefix, double weight) {
        whatIf.add(prefix, weight);
      }

      @Override
      public void query(Asker asker) {
        whatIf.add(asker, 1);
      }
    };
  }

  private static PoolForecast pool(
      PoolShare pool, long load, @Nullable Long capacityBefore, @Nullable Long capacityAfter) {
    Long loadBefore = load == 0 ? null : Math.round(pool.before() * load);
    Long loadAfter = load == 0 ? null : Math.round(pool.after() * load);
    return new PoolForecast(
        pool.pool(),
        pool.before(),
        pool.after(),
        loadBefore,
        loadAfter,
        capacityBefore,
        capacityAfter,
        over(loadAfter, capacityAfter),
        pool.backends());
  }

  private static @Nullable Boolean over(@Nullable Long load, @Nullable Long capacity) {
    if (load == null || capacity == null) {
      return null;
    }
    return load > capacity;
  }

  /** What is left of a pool's capacity, in the proportion of the weights that are usable. */
  private static @Nullable Long capacity(Loading.Whole whole, Bound bound, PoolShare share) {
    for (Pool pool : bound.plan().pools()) {
      if (pool.name().equals(share.pool())) {
        return whole.limits(pool).capacity(Usable.of(pool, bound.table()));
      }
    }
    return null;
  }
}

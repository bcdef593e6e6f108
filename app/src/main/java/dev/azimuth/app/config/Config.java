package dev.azimuth.app.config;

import dev.azimuth.health.Check;
import dev.azimuth.steering.AllDown;
import dev.azimuth.steering.Area;
import dev.azimuth.steering.BelowMinUp;
import dev.azimuth.steering.Cidr;
import dev.azimuth.steering.FailbackHold;
import dev.azimuth.steering.MinUp;
import dev.azimuth.steering.Pick;
import dev.azimuth.steering.Point;
import dev.azimuth.steering.StickyPrefix;
import dev.azimuth.steering.TtlRange;
import dev.azimuth.steering.Usable;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A whole valid configuration: every default filled in, every short form expanded, every reference
 * known to exist. Maps keep the order of the file.
 *
 * @param files every file that was read, this one first, then includes and master files: what a
 *     reload watches
 * @param geo where clients are
 * @param views the networks of resolvers, by name
 * @param health what holds for all checks
 * @param checks by name
 * @param combinations checks that are made of others, by name; no name is also in {@code checks}
 * @param pools by name; those of aliases come last
 * @param zones by origin in lower case without the final dot
 * @param balancers by name
 */
public record Config(
    List<Path> files,
    ServerConfig server,
    Geo geo,
    Map<String, List<Cidr>> views,
    HealthConfig health,
    Map<String, Check> checks,
    Map<String, Combination> combinations,
    Map<String, PoolConfig> pools,
    Map<String, ZoneConfig> zones,
    Map<String, BalancerConfig> balancers) {
  /** Begins the names of checks that nobody wrote: no written one has a colon. */
  private static final String BALANCER = "balancer:";

  /**
   * @param name of a check or combination; null for no check
   */
  public record CheckChoice(@Nullable String name) {}

  /**
   * The check of a name, no combination; that of a pool that is a balancer too.
   *
   * @throws IllegalArgumentException when there is none
   */
  public Check check(String name) {
    Check check = name.startsWith(BALANCER) ? new Check.Told() : checks.get(name);
    if (check == null) {
      throw new IllegalArgumentException("there is no check " + name);
    }
    return check;
  }

  /** Whether anything depends on which network a client is in by a sticky choice. */
  public boolean sticky() {
    return zones.values().stream().anyMatch(ZoneConfig::sticky);
  }

  /** The names of the pools out of which some name is given by a way to pick. */
  public Set<String> pickedBy(Pick.By by) {
    return zones.values().stream()
        .flatMap(zone -> zone.names().values().stream())
        .filter(name -> name.pick().by() == by)
        .flatMap(name -> name.rules().stream())
        .flatMap(rule -> rule.to().pools().stream())
        .collect(Collectors.toUnmodifiableSet());
  }

  /** The name that a steered name becomes an alias of when all is down; null for none. */
  public @Nullable String aliasWhenDown(ZoneConfig zone, NameConfig name) {
    return aliasWhenDown(name, pools, zone.allDown().form());
  }

  /** All names that a steered name may become an alias of when all is down: one a rule or none. */
  public List<String> aliasesWhenDown(ZoneConfig zone, NameConfig name) {
    return aliasesWhenDown(name, pools, zone.allDown().form());
  }

  static @Nullable String aliasWhenDown(
      NameConfig name, Map<String, PoolConfig> pools, AllDown zoneAllDown) {
    List<String> aliases = aliasesWhenDown(name, pools, zoneAllDown);
    return aliases.isEmpty() ? null : aliases.getFirst();
  }

  /** In the order of rule, name, first listed pool and zone; a fence lets none of them act. */
  private static List<String> aliasesWhenDown(
      NameConfig name, Map<String, PoolConfig> pools, AllDown zoneAllDown) {
    List<String> aliases = new ArrayList<>();
    for (RuleConfig rule : name.rules()) {
      PoolConfig first = pools.get(rule.to().pools().getFirst());
      AllDown form =
          Stream.of(
                  Optional.ofNullable(rule.allDown()),
                  Optional.ofNullable(name.allDown()),
                  Optional.ofNullable(first).map(PoolConfig::allDown))
              .flatMap(Optional::stream)
              .findFirst()
              .orElse(zoneAllDown);
      if (!rule.fence() && form instanceof AllDown.Cname(String target)) {
        aliases.add(target);
      }
    }
    return aliases;
  }

  /**
   * Where clients are.
   *
   * @param databases in the order in which they count
   */
  public record Geo(List<Path> databases) {
    /** Nobody says where. */
    public static final Geo NONE = new Geo(List.of());
  }

  /**
   * @param at where it is; null when not given
   * @param check the name of the pool's check; null for none: its backends are always up
   * @param allDown null when the pool says nothing of it
   * @param balancer the name of the balancer that it is: its one backend has that name and the
   *     addresses that the balancer advertises; null for a pool with backends of its own
   */
  public record PoolConfig(
      String name,
      @Nullable Point at,
      @Nullable String check,
      MinUp minUp,
      FailbackHold failbackHold,
      BelowMinUp belowMinUp,
      @Nullable AllDown allDown,
      PoolLimits limits,
      @Nullable String balancer,
      Map<String, BackendConfig> backends) {
    /** Begins the names of pools that nobody wrote: no written one has a colon. */
    private static final String ALIAS = "alias:";

    /**
     * The pool that an alias of this host stands for: its one backend is always up. Until it has
     * resolved nothing is known of the name, hence SERVFAIL: an answer without records would be
     * believed.
     */
    static PoolConfig ofAlias(String host) {
      return new PoolConfig(
          ALIAS + host,
          null,
          null,
          new MinUp.Count(1),
          new FailbackHold.For(Duration.ZERO),
          BelowMinUp.SERVE_USABLE,
          new AllDown.ServFail(),
          PoolLimits.NONE,
          null,
          Map.of(host, BackendConfig.of(host, List.of(), host)));
    }

    /** Where a backend of it is; null when nobody says. */
    public @Nullable Point at(BackendConfig backend) {
      return backend.at() == null ? at : backend.at();
    }

    /** The check of a backend of it; null for none. */
    public @Nullable String check(BackendConfig backend) {
      if (balancer != null) {
        return BALANCER + balancer;
      }
      CheckChoice own = backend.check();
      return own == null ? check : own.name();
    }

    /** Whether it is an alias's. */
    public boolean isAlias() {
      return name.startsWith(ALIAS);
    }
  }

  /**
   * How much of a pool may be missing, and how it comes back.
   *
   * @param floor the share, 0 to 1 and by the pool's own measure, below which no order may leave
   *     it; 0 for none
   * @param slowStart how long the weight of a backend rises after it recovered or was added; zero
   *     for its whole weight at once
   * @param maxEject the share of its backends, 0 to 1 and by count, that checks may leave out; 1
   *     for no limit
   * @param capacity what all of it can take together, in the operator's unit; empty when not given
   */
  public record PoolLimits(
      double floor, Duration slowStart, double maxEject, OptionalInt capacity) {
    /** No limit at all. */
    public static final PoolLimits NONE = new PoolLimits(0, Duration.ZERO, 1, OptionalInt.empty());

    /** How much of the capacity is usable, by weight; null when it is not given. */
    public @Nullable Long capacity(Usable usable) {
      return capacity.isEmpty() ? null : (long) (capacity.getAsInt() * usable.shareOfWeight());
    }
  }

  /**
   * Either addresses or a host name.
   *
   * @param addresses at most one a family; empty when {@code host} is given
   * @param inside by the name of a view: what stands there in place of {@code addresses}
   * @param host a name to resolve in the background; null when addresses are given
   * @param check its own; null for the pool's
   * @param port where balancers connect, and checks that say none; empty when not given
   * @param tags by which orders may mean it
   * @param group what it fails together with; null for a group of its own
   * @param at where it is; null for where the pool is
   */
  public record BackendConfig(
      String name,
      List<InetAddress> addresses,
      Map<String, List<InetAddress>> inside,
      @Nullable String host,
      int weight,
      boolean standby,
      @Nullable CheckChoice check,
      OptionalInt port,
      List<String> tags,
      @Nullable String group,
      @Nullable Point at) {
    /** One of which nothing more is said. */
    static BackendConfig of(String name, List<InetAddress> addresses, @Nullable String host) {
      return new BackendConfig(
          name,
          addresses,
          Map.of(),
          host,
          1,
          false,
          null,
          OptionalInt.empty(),
          List.of(),
          null,
          null);
    }
  }

  /**
   * @param origin lower case, without the final dot
   * @param records master-file text that stands in the configuration; null when it stands in the
   *     file {@code source}, which may be large and is read by those who need it
   * @param source how problems in {@code records} name their place: the path of the configuration
   *     or of the master file
   * @param firstLine the line of {@code source} where {@code records} begins, from 1
   * @param indent how many columns the lines of {@code source} have before those of {@code records}
   * @param folder where {@code $INCLUDE} may read
   * @param staticTtl for records without a TTL, in seconds
   * @param negativeTtl upper bound for negative answers, in seconds
   * @param allDown of the zone, else of the defaults
   * @param names by owner in lower case: relative to the origin, {@code @} for it
   */
  public record ZoneConfig(
      String origin,
      @Nullable String records,
      String source,
      int firstLine,
      int indent,
      Path folder,
      TtlRange steeredTtl,
      int staticTtl,
      int negativeTtl,
      AllDown.Said allDown,
      Map<String, NameConfig> names) {
    /** Whether a name of it has a sticky pick. */
    public boolean sticky() {
      return names.values().stream().anyMatch(name -> name.pick().sticky() != null);
    }
  }

  /**
   * @param name absolute, in presentation form with the final dot, lower case
   * @param rules of its own or of the route that it names, in order; never empty
   * @param allDown null when the name says nothing of it
   * @param hints whether HTTPS and SVCB records carry the addresses
   */
  public record NameConfig(
      String name, List<RuleConfig> rules, Pick pick, @Nullable AllDown allDown, boolean hints) {
    /** Of aliases: whatever the host has, as the follower bounds it. */
    static final Pick ALIAS_PICK = new Pick(Pick.By.ALL, 16);
  }

  /**
   * @param label how explain names it, such as {@code zones.example.com.names.www.to} or {@code
   *     routes.world[2]}
   */
  public record RuleConfig(
      String label, Match match, To to, boolean fence, @Nullable AllDown allDown) {}

  /**
   * Which clients a rule matches; an empty list matches everything.
   *
   * @param views their names
   * @param area where clients are
   */
  public record Match(List<Cidr> cidr, List<Cidr> resolver, List<String> views, Area area) {
    /** Every client. */
    public static final Match ALL = new Match(List.of(), List.of(), List.of(), Area.ANYWHERE);
  }

  /** Where a rule leads. */
  public sealed interface To {
    /**
     * @param steps at least one, of different pools
     */
    record Ordered(List<StepConfig> steps) implements To {}

    /**
     * @param candidates at least one, different pools that have a place
     * @param limit how many steps the order of a client has at most
     */
    record Nearest(List<String> candidates, int limit) implements To {}

    /** This pool alone. */
    static To pool(String name) {
      return new Ordered(List.of(StepConfig.pool(name)));
    }

    /** The names of all pools in order. */
    default List<String> pools() {
      return switch (this) {
        case Ordered(List<StepConfig> steps) ->
            steps.stream().flatMap(step -> step.shares().keySet().stream()).toList();
        case Nearest(List<String> candidates, int limit) -> candidates;
      };
    }
  }

  /**
   * One pool, or several that share the clients.
   *
   * @param shares weights by the names of the pools, at least one
   * @param sticky by which networks clients come to one of several pools; null where every answer
   *     draws anew
   */
  public record StepConfig(Map<String, Integer> shares, @Nullable StickyPrefix sticky) {
    static StepConfig pool(String name) {
      return new StepConfig(Map.of(name, 1), null);
    }
  }
}

package dev.azimuth.app.node;

import dev.azimuth.app.config.Config;
import dev.azimuth.app.config.Config.NameConfig;
import dev.azimuth.app.config.Config.PoolLimits;
import dev.azimuth.app.config.Config.ZoneConfig;
import dev.azimuth.app.config.ConfigLoader;
import dev.azimuth.app.config.GeoCheck;
import dev.azimuth.app.config.Loaded;
import dev.azimuth.app.config.Problem;
import dev.azimuth.app.config.ProblemPrinter;
import dev.azimuth.app.config.ServerConfig;
import dev.azimuth.app.geo.GeoData;
import dev.azimuth.app.geo.GeoUnusable;
import dev.azimuth.resolver.Admission;
import dev.azimuth.resolver.CookieSecrets;
import dev.azimuth.resolver.Identity;
import dev.azimuth.steering.Pool;
import dev.azimuth.steering.Routes;
import dev.azimuth.steering.Rule;
import dev.azimuth.steering.Salt;
import dev.azimuth.steering.TooManyDestinations;
import dev.azimuth.zones.Serials;
import dev.azimuth.zones.SourceFile;
import dev.azimuth.zones.ZoneLoader;
import dev.azimuth.zones.ZoneSource;
import dev.azimuth.zones.Zones;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads a configuration with its zone data, finding every problem of both in one run. One object
 * for each run.
 */
public final class Loading {
  /** How many errors of a zone a status shows. */
  private static final int MOST_SHOWN = 10;

  private final Before before;
  private final Serials serials;
  private final Loaded loaded;
  private final List<Problem> problems;
  private final Set<Path> watched;
  private final Map<Path, String> stamps = new HashMap<>();
  private boolean sound = true;
  private int references;

  private Loading(Before before, Serials serials, Loaded loaded) {
    this.before = before;
    this.serials = serials;
    this.loaded = loaded;
    problems = new ArrayList<>(loaded.problems());
    watched = new LinkedHashSet<>(loaded.files());
  }

  /**
   * A configuration and the zones that it describes.
   *
   * @param zones whose steered names are numbered in the order of the configuration
   * @param data of these zones, by origin as the configuration has it
   * @param geo where clients are
   * @param routing the steered names of these zones and their rules
   * @param identity what the server tells of itself; nothing before a {@link Persona} answers by it
   * @param cookies the secrets of DNS cookies; none before that: whoever only examines a file need
   *     not be allowed to read them
   * @param salt the secret of sticky choices; likewise
   * @param admission who may ask, and how much
   */
  public record Whole(
      Config config,
      Zones zones,
      Map<String, ZoneData> data,
      GeoData geo,
      Routing routing,
      Identity identity,
      CookieSecrets cookies,
      Salt salt,
      Admission admission) {

    /** Whether all of its zones can be served. */
    public boolean usable() {
      return data.values().stream().allMatch(ZoneData::usable);
    }

    /** The limits of one of its pools. */
    public PoolLimits limits(Pool pool) {
      return Objects.requireNonNull(config.pools().get(pool.name()), pool.name()).limits();
    }
  }

  /**
   * @param whole null when a problem is an error that no older zone data stand in for
   * @param stamps of the files of zone data, as they were when they were read
   */
  public record Result(@Nullable Whole whole, Loaded loaded, Map<Path, String> stamps) {
    /** All problems with the lines that they are in, for a terminal. */
    public String print(boolean colour) {
      return loaded.print(colour);
    }

    /** The same without colours, errors before warnings: for whoever sees only the beginning. */
    public String errorsFirst() {
      List<Problem> sorted =
          loaded.problems().stream()
              .sorted(Comparator.comparing(Problem::severity).reversed())
              .toList();
      return loaded.with(sorted, loaded.files()).print(false);
    }
  }

  /**
   * What a load can build on.
   *
   * @param data zones that need not be read again while nothing of them changed
   * @param geo databases that need not be read again likewise
   * @param routes evaluated for these databases
   * @param acceptRemovals whether a file may take most of a zone away
   * @param serials for a state directory
   * @param unusable whether a zone may be taken up whose files are broken
   */
  record Before(
      Map<String, ZoneData> data,
      GeoData geo,
      Routes routes,
      boolean acceptRemovals,
      Function<Path, Serials> serials,
      boolean unusable) {
    static final Before NOTHING = first(directory -> Serials.NONE, false);

    /** There is nothing to build on. */
    static Before first(Function<Path, Serials> serials, boolean unusable) {
      return new Before(Map.of(), GeoData.NONE, Routes.NONE, true, serials, unusable);
    }

    /** What is in force. */
    static Before of(Whole whole, boolean acceptRemovals, Function<Path, Serials> serials) {
      return new Before(
          whole.data(), whole.geo(), whole.routing().routes(), acceptRemovals, serials, false);
    }
  }

  /** Reads a configuration for those who run no node: a serial of 0 stays 0. */
  public static Result load(Path file) {
    return load(file, Before.NOTHING);
  }

  /**
   * Reads a configuration for a node that starts. A zone whose files are broken holds up no other:
   * its queries are answered with SERVFAIL. Without any zone that can be served nothing is started.
   */
  public static Result load(Path file, ZoneSerials serials) {
    return load(file, Before.first(serials::in, true));
  }

  static Result load(Path file, Before before) {
    Loaded loaded = ConfigLoader.load(file);
    Config config = loaded.understood();
    if (config == null) {
      return new Result(null, loaded, Map.of());
    }
    Serials serials = before.serials.apply(config.server().stateDir());
    return new Loading(before, serials, loaded).result(config);
  }

  private Result result(Config config) {
    Map<String, ZoneData> data = new LinkedHashMap<>();
    for (ZoneConfig zone : config.zones().values()) {
      ZoneData read = zone(zone);
      if (read != null) {
        data.put(zone.origin(), read.referencesFrom(references));
      }
      references += zone.names().size();
    }
    sound &= loaded.config() != null;
    sound &= data.isEmpty() || data.values().stream().anyMatch(ZoneData::usable);
    var zones = new Zones(data.values().stream().map(ZoneData::zone).toList());
    if (sound) {
      List<Problem> between = CrossCheck.run(config, zones, data, loaded.places());
      problems.addAll(between);
      sound = between.stream().noneMatch(p -> p.severity() == Problem.Severity.ERROR);
    } else {
      // What is broken elsewhere leads no alias in a circle.
      problems.addAll(new AllDownCircles(config, zones).find(loaded.places()));
    }
    GeoData geo = sound ? geo(config) : null;
    Routing routing = geo == null ? null : routing(config, geo);
    return new Result(
        geo == null || routing == null
            ? null
            : new Whole(
                config,
                zones,
                data,
                geo,
                routing,
                Identity.NONE,
                CookieSecrets.OFF,
                Salt.NONE,
                admission(config.server())),
        loaded.with(List.copyOf(problems), List.copyOf(watched)),
        Map.copyOf(stamps));
  }

  /** The databases, or the old ones where new ones are of no use; null when there are none such. */
  private @Nullable GeoData geo(Config config) {
    List<Path> paths = config.geo().databases();
    boolean sameFiles = before.geo.isOf(paths);
    List<Problem> found;
    try {
      GeoData geo =
          sameFiles && before.geo.unchanged() ? before.geo.rejecting(null) : GeoData.read(paths);
      geo.files().forEach(file -> stamps.put(file.path().toAbsolutePath(), file.stamp()));
      found = GeoCheck.missing(loaded, config, geo);
      if (found.isEmpty()) {
        problems.addAll(GeoCheck.unused(loaded, config, geo));
        return geo;
      }
    } catch (GeoUnusable e) {
      found = List.of(GeoCheck.unusable(loaded, String.valueOf(e.getMessage())));
    }
    // Like a file of zone data a database stands alone: a broken one holds up nothing else.
    if (sameFiles && GeoCheck.missing(loaded, config, before.geo).isEmpty()) {
      return before.geo.rejecting(errors(found));
    }
    problems.addAll(found);
    return null;
  }

  private @Nullable Routing routing(Config config, GeoData geo) {
    try {
      Routing routing = Routing.of(config, geo.places(), before.routes);
      Set<String> unreached = new LinkedHashSet<>();
      for (int name = 0; name < routing.names().size(); name++) {
        List<Rule> rules = routing.names().get(name).rules();
        routing.routes().unreached(name, rules.size()).stream()
            .mapToObj(rules::get)
            .filter(rule -> !rule.condition().matchesAll())
            .forEach(rule -> unreached.add(rule.label()));
      }
      unreached.forEach(label -> problems.add(GeoCheck.unreached(loaded, label)));
      List<Problem> tooNear = GeoCheck.tooNear(loaded, config, routing.nearness());
      problems.addAll(tooNear);
      return tooNear.isEmpty() ? routing : null;
    } catch (TooManyDestinations e) {
      problems.add(GeoCheck.tooMany(loaded, e.rule(), String.valueOf(e.getMessage())));
      return null;
    }
  }

  private @Nullable ZoneData zone(ZoneConfig zone) {
    ZoneSource source = source(zone);
    ZoneData known = before.data.get(zone.origin());
    if (known != null && known.stands(source)) {
      took(known.files());
      problems.addAll(known.warnings());
      return known.rejecting(null);
    }
    ZoneLoader.Loaded built = ZoneLoader.load(source, serials);
    took(built.files());
    // A name that is invalid is missing here: what records point to may be there in truth.
    boolean whole = loaded.config() != null;
    List<Problem> found =
        built.problems().stream()
            .map(p -> Problem.of(p, zone))
            .filter(p -> whole || p.severity() == Problem.Severity.ERROR)
            .toList();
    problems.addAll(found);
    // The configuration is taken up whole or not at all; a file of zone data stands alone.
    boolean ofFile = zone.records() == null;
    boolean unusable = known == null ? before.unusable : !known.usable();
    if (built.zone() == null && unusable && ofFile) {
      return ZoneData.unusable(source, built.files(), errors(found));
    }
    ZoneData old =
        known != null && known.usable() && known.source().equals(source) && ofFile ? known : null;
    if (built.zone() == null) {
      sound &= old != null;
      return old == null ? null : old.rejecting(errors(found));
    }
    if (old != null && !before.acceptRemovals && built.zone().sets() * 2 < old.zone().sets()) {
      return old.rejecting(
          "%s leaves %d of %d record sets; if that is meant: azimuth reload --accept-removals"
              .formatted(zone.source(), built.zone().sets(), old.zone().sets()));
    }
    return new ZoneData(
        source, built.zone(), built.files(), built.content(), found, Instant.now(), null);
  }

  private static String errors(List<Problem> found) {
    List<Problem> errors =
        found.stream()
            .filter(problem -> problem.severity() == Problem.Severity.ERROR)
            .limit(MOST_SHOWN)
            .toList();
    return ProblemPrinter.print(errors, Map.of(), false).stripTrailing();
  }

  private void took(List<SourceFile> files) {
    for (SourceFile file : files) {
      watched.add(file.path());
      stamps.put(file.path().toAbsolutePath(), file.stamp());
    }
  }

  private static ZoneSource source(ZoneConfig zone) {
    Map<String, Integer> steered = new HashMap<>();
    Set<Integer> hinted = new HashSet<>();
    for (NameConfig name : zone.names().values()) {
      if (name.hints()) {
        hinted.add(steered.size());
      }
      steered.put(name.name(), steered.size());
    }
    String records = zone.records();
    return new ZoneSource(
        zone.origin(),
        zone.source(),
        records == null
            ? new ZoneSource.MasterFile(Path.of(zone.source()))
            : new ZoneSource.Inline(records),
        zone.folder(),
        zone.staticTtl(),
        zone.negativeTtl(),
        steered,
        hinted);
  }

  private static Admission admission(ServerConfig server) {
    ServerConfig.Access access = server.access();
    return new Admission(access.allow(), access.deny(), access.proxy(), server.rateLimit());
  }
}

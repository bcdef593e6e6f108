package dev.azimuth.app.node;

import dev.azimuth.app.config.Config;
import dev.azimuth.app.config.Config.NameConfig;
import dev.azimuth.app.config.Config.ZoneConfig;
import dev.azimuth.app.config.ConfigLoader;
import dev.azimuth.app.config.Loaded;
import dev.azimuth.app.config.Problem;
import dev.azimuth.resolver.Admission;
import dev.azimuth.resolver.CookieSecrets;
import dev.azimuth.resolver.Identity;
import dev.azimuth.zones.LookupName;
import dev.azimuth.zones.LookupResult;
import dev.azimuth.zones.Outcome;
import dev.azimuth.zones.Zone;
import dev.azimuth.zones.ZoneLoader;
import dev.azimuth.zones.ZoneProblem;
import dev.azimuth.zones.ZoneSource;
import dev.azimuth.zones.Zones;
import dev.azimuth.zones.ZonesCheck;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads a configuration with its zone data, finding every problem of both in one run. */
public final class Loading {
  private Loading() {}

  /**
   * A configuration and the zones that it describes.
   *
   * @param zones whose steered names are numbered in the order of the configuration
   * @param included what the files hold that zone data includes, as a digest; empty for none
   * @param identity what the server tells of itself; nothing before a {@link Persona} answers by it
   * @param cookies the secrets of DNS cookies; none before that: whoever only examines a file need
   *     not be allowed to read them
   * @param admission who may ask, and how much
   */
  public record Whole(
      Config config,
      Zones zones,
      String included,
      Identity identity,
      CookieSecrets cookies,
      Admission admission) {}

  /**
   * @param whole null when a problem is an error
   */
  public record Result(@Nullable Whole whole, Loaded loaded) {
    /** All problems with the lines that they are in, for a terminal. */
    public String print(boolean colour) {
      return loaded.print(colour);
    }
  }

  public static Result load(Path file) {
    Loaded loaded = ConfigLoader.load(file);
    List<Problem> problems = new ArrayList<>(loaded.problems());
    Config config = loaded.understood();
    if (config == null) {
      return new Result(null, loaded);
    }
    List<Zone> zones = new ArrayList<>();
    List<Path> included = new ArrayList<>();
    int number = 0;
    for (ZoneConfig zone : config.zones().values()) {
      ZoneLoader.Loaded built = ZoneLoader.load(source(zone, number));
      for (ZoneProblem problem : built.problems()) {
        problems.add(Problem.of(problem, zone));
      }
      included.addAll(built.included());
      if (built.zone() != null) {
        zones.add(built.zone());
      }
      number += zone.names().size();
    }
    List<Path> files = new ArrayList<>(loaded.files());
    files.addAll(included);
    boolean sound = loaded.config() != null && zones.size() == config.zones().size();
    var all = new Zones(zones);
    if (sound) {
      List<Problem> between = between(config, all);
      problems.addAll(between);
      sound = between.isEmpty();
    }
    return new Result(
        sound ? whole(config, all, digest(included)) : null,
        new Loaded(
            loaded.config(), config, List.copyOf(problems), List.copyOf(files), loaded.sources()));
  }

  /** Errors between parts that are each valid. */
  private static List<Problem> between(Config config, Zones zones) {
    List<Problem> problems = new ArrayList<>();
    Iterator<Zone> each = zones.all().iterator();
    for (ZoneConfig zone : config.zones().values()) {
      Zone image = each.next();
      for (ZoneProblem problem : ZonesCheck.run(zones, image, zone.source())) {
        problems.add(Problem.of(problem, zone));
      }
      for (NameConfig name : zone.names().values()) {
        String target = config.aliasWhenDown(zone, name);
        if (target != null && hasRecords(image, name)) {
          problems.add(Problem.of(aliasAndOther(zone, name, target), zone));
        }
      }
    }
    return problems;
  }

  private static boolean hasRecords(Zone zone, NameConfig name) {
    byte[] octets = Questions.octets(name.name());
    var wanted = new LookupName();
    wanted.read(octets, 0, octets.length);
    return zone.lookup(wanted, Questions.TYPE_ANY, new LookupResult()) == Outcome.ANSWER;
  }

  private static ZoneProblem aliasAndOther(ZoneConfig zone, NameConfig name, String target) {
    return new ZoneProblem(
        ZoneProblem.Severity.ERROR,
        "CNAME_AND_OTHER",
        zone.source(),
        1,
        1,
        name.name()
            + " has records and would be an alias of "
            + target
            + " when all is down, which stands alone (RFC 1034 section 3.6.2): give it another"
            + " all_down, or remove the records");
  }

  private static ZoneSource source(ZoneConfig zone, int firstNumber) {
    Map<String, Integer> steered = new HashMap<>();
    Set<Integer> hinted = new HashSet<>();
    int number = firstNumber;
    for (NameConfig name : zone.names().values()) {
      steered.put(name.name(), number);
      if (name.hints()) {
        hinted.add(number);
      }
      number++;
    }
    return new ZoneSource(
        zone.origin(),
        zone.source(),
        zone.records(),
        zone.folder(),
        zone.staticTtl(),
        zone.negativeTtl(),
        steered,
        hinted);
  }

  private static Whole whole(Config config, Zones zones, String included) {
    Config.Server server = config.server();
    Config.Access access = server.access();
    Admission admission =
        new Admission(access.allow(), access.deny(), access.proxy(), server.rateLimit());
    return new Whole(config, zones, included, Identity.NONE, CookieSecrets.OFF, admission);
  }

  /** Changes whenever what the files hold does; a file that is gone by now counts as empty. */
  private static String digest(List<Path> files) {
    MessageDigest sum;
    try {
      sum = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
    for (Path file : files) {
      sum.update(file.toString().getBytes(StandardCharsets.UTF_8));
      try {
        sum.update(Files.readAllBytes(file));
      } catch (IOException e) {
        sum.update((byte) 0);
      }
    }
    return files.isEmpty() ? "" : HexFormat.of().formatHex(sum.digest());
  }
}

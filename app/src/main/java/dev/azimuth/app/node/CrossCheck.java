package dev.azimuth.app.node;

import dev.azimuth.app.config.Config;
import dev.azimuth.app.config.Config.NameConfig;
import dev.azimuth.app.config.Config.ZoneConfig;
import dev.azimuth.app.config.Loaded;
import dev.azimuth.app.config.Place;
import dev.azimuth.app.config.Problem;
import dev.azimuth.app.config.ServerConfig;
import dev.azimuth.zones.LookupName;
import dev.azimuth.zones.LookupResult;
import dev.azimuth.zones.Outcome;
import dev.azimuth.zones.Zone;
import dev.azimuth.zones.ZoneProblem;
import dev.azimuth.zones.Zones;
import dev.azimuth.zones.ZonesCheck;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.xbill.DNS.Type;

/** Finds errors between zones, and between a zone's records and its names, that are each valid. */
final class CrossCheck {
  private static final String DEBUG_NAME = "server.debug_name.name";

  private CrossCheck() {}

  /**
   * @param zones those of the configuration, in its order
   * @param data the same zones, by origin as the configuration has it
   * @param places as of {@link Loaded#places}
   */
  static List<Problem> run(
      Config config, Zones zones, Map<String, ZoneData> data, Map<String, Place> places) {
    List<Problem> problems = new ArrayList<>();
    for (ZoneConfig zone : config.zones().values()) {
      ZoneData its = Objects.requireNonNull(data.get(zone.origin()), zone.origin());
      Zone image = its.zone();
      for (ZoneProblem problem : ZonesCheck.run(zones, image, its.source())) {
        problems.add(Problem.of(problem, zone));
      }
      if (zone.sticky() && config.server().stickySalt() == null && nameServers(image, zone) > 1) {
        problems.add(Problem.of(saltOfOneNode(zone), zone));
      }
      for (NameConfig name : zone.names().values()) {
        Zone nearest = zones.find(name(name.name()));
        if (nearest != null && !nearest.equals(image)) {
          problems.add(Problem.of(hidden(zone, name, nearest), zone));
        }
        String target = config.aliasWhenDown(zone, name);
        if (target != null && hasRecords(image, name)) {
          problems.add(Problem.of(aliasAndOther(zone, name, target), zone));
        }
      }
    }
    debugName(config, zones, places).ifPresent(problems::add);
    problems.addAll(new AllDownCircles(config, zones).find(places));
    return problems;
  }

  /** The debug name must be where queries come to, and hide nothing. */
  private static Optional<Problem> debugName(
      Config config, Zones zones, Map<String, Place> places) {
    ServerConfig.DebugTold told = config.server().debugName();
    Place place = places.get(DEBUG_NAME);
    if (told == null || place == null) {
      return Optional.empty();
    }
    LookupName wanted = name(told.name() + ".");
    Zone zone = zones.find(wanted);
    if (zone == null) {
      return Optional.of(
          debugName(place, told.name() + " is in none of the zones: nobody would ask here"));
    }
    LookupResult result = new LookupResult();
    Outcome outcome = zone.lookup(wanted, Questions.TYPE_ANY, result);
    boolean free = outcome == Outcome.NAME_ERROR || outcome == Outcome.UNUSABLE || result.wildcard;
    return free
        ? Optional.empty()
        : Optional.of(
            debugName(place, "something stands at " + told.name() + ", or it is delegated"));
  }

  private static Problem debugName(Place place, String message) {
    return new Problem(
        place.file(),
        place.line(),
        place.column(),
        Problem.Severity.ERROR,
        "DEBUG_NAME",
        DEBUG_NAME,
        message,
        "choose a name inside one of the zones at which nothing stands");
  }

  private static boolean hasRecords(Zone zone, NameConfig name) {
    return lookup(zone, name.name(), Questions.TYPE_ANY, new LookupResult()) == Outcome.ANSWER;
  }

  private static int nameServers(Zone zone, ZoneConfig config) {
    var result = new LookupResult();
    Outcome outcome = lookup(zone, config.origin() + ".", Type.NS, result);
    return outcome == Outcome.ANSWER ? zone.records(result.set) : 0;
  }

  private static Outcome lookup(Zone zone, String name, int type, LookupResult result) {
    return zone.lookup(name(name), type, result);
  }

  private static LookupName name(String name) {
    byte[] octets = Questions.octets(name);
    var wanted = new LookupName();
    wanted.read(octets, 0, octets.length);
    return wanted;
  }

  private static ZoneProblem saltOfOneNode(ZoneConfig zone) {
    return new ZoneProblem(
        ZoneProblem.Severity.WARNING,
        "STICKY_SALT",
        zone.source(),
        1,
        1,
        "a name is sticky and the zone has several name servers, which send a client to different"
            + " backends unless they share a secret: write server.sticky_salt: { file: … }, with"
            + " the same file on each of them");
  }

  private static ZoneProblem hidden(ZoneConfig config, NameConfig name, Zone zone) {
    return new ZoneProblem(
        ZoneProblem.Severity.ERROR,
        "STEERED_BELOW_CUT",
        config.source(),
        1,
        1,
        name.name()
            + " lies in the zone "
            + zone.origin()
            + ", which is served here too: write it there");
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
}

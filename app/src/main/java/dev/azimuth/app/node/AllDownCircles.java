package dev.azimuth.app.node;

import dev.azimuth.app.config.Config;
import dev.azimuth.app.config.Config.NameConfig;
import dev.azimuth.app.config.Config.ZoneConfig;
import dev.azimuth.app.config.Loaded;
import dev.azimuth.app.config.Place;
import dev.azimuth.app.config.Problem;
import dev.azimuth.zones.LookupName;
import dev.azimuth.zones.LookupResult;
import dev.azimuth.zones.Zone;
import dev.azimuth.zones.Zones;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.DNSInput;
import org.xbill.DNS.Name;
import org.xbill.DNS.NameTooLongException;
import org.xbill.DNS.TextParseException;

/**
 * Finds steered names that would be aliases without an end when all is down: over other such names,
 * and over the aliases in the zone data of every zone.
 */
final class AllDownCircles {
  private static final int TYPE_A = 1;

  /** The octets of a ready-made record before its data. */
  private static final int HEAD = 12;

  private final Config config;
  private final Zones zones;

  /** What each steered name may become an alias of, by its reference. */
  private final List<Step> steered = new ArrayList<>();

  /** Names that lead to an end, and names that do not. */
  private final Set<Name> ending = new HashSet<>();

  private final Set<Name> circling = new HashSet<>();
  private final LookupName wanted = new LookupName();
  private final LookupResult found = new LookupResult();

  /**
   * @param zones those of the configuration, in its order
   */
  AllDownCircles(Config config, Zones zones) {
    this.config = config;
    this.zones = zones;
    for (ZoneConfig zone : config.zones().values()) {
      for (NameConfig name : zone.names().values()) {
        List<Name> aliases =
            config.aliasesWhenDown(zone, name).stream().map(AllDownCircles::name).toList();
        steered.add(new Step(name(name.name()), aliases));
      }
    }
  }

  /**
   * A name as it stands in the data, and what it is an alias of.
   *
   * @param next empty when it has records or nothing
   */
  private record Step(Name name, List<Name> next) {}

  /**
   * All of them.
   *
   * @param places as of {@link Loaded#places}
   */
  List<Problem> find(Map<String, Place> places) {
    List<Problem> problems = new ArrayList<>();
    int reference = 0;
    for (ZoneConfig zone : config.zones().values()) {
      for (String owner : zone.names().keySet()) {
        String path = "zones." + zone.origin() + ".names." + owner;
        List<Name> circle = circle(steered.get(reference++));
        Place place = places.get(path);
        if (circle != null && place != null) {
          String names = circle.stream().map(Name::toString).collect(Collectors.joining(" → "));
          problems.add(problem(place, path, "when all is down, the alias does not end: " + names));
        }
      }
    }
    return problems;
  }

  private static Problem problem(Place place, String path, String message) {
    return new Problem(
        place.file(),
        place.line(),
        place.column(),
        Problem.Severity.ERROR,
        "CNAME_LOOP",
        path,
        message,
        "give one of these names another all_down");
  }

  /** The way from a name into a circle, or to where another is known to lead into one; or null. */
  private @Nullable List<Name> circle(Step start) {
    var way = new LinkedHashSet<Name>(Set.of(start.name));
    Deque<Iterator<Name>> open = new ArrayDeque<>(List.of(start.next.iterator()));
    while (!open.isEmpty()) {
      if (!open.getLast().hasNext()) {
        open.removeLast();
        ending.add(way.removeLast());
        continue;
      }
      Step step = step(open.getLast().next());
      if (way.contains(step.name) || circling.contains(step.name)) {
        circling.addAll(way);
        List<Name> circle = new ArrayList<>(way);
        circle.add(step.name);
        return circle;
      }
      if (!ending.contains(step.name)) {
        way.add(step.name);
        open.addLast(step.next.iterator());
      }
    }
    return null;
  }

  /** What a name is when all is down. */
  private Step step(Name name) {
    byte[] octets = name.toWire();
    wanted.read(octets, 0, octets.length);
    Zone zone = zones.find(wanted);
    if (zone == null) {
      return new Step(name, List.of());
    }
    return switch (zone.lookup(wanted, TYPE_A, found)) {
      case STEERED -> steered.get(found.steered);
      case CNAME -> new Step(name, List.of(target(zone, found)));
      case DNAME -> new Step(name, redirected(name, zone));
      case ANSWER, NODATA, NAME_ERROR, REFERRAL, UNUSABLE -> new Step(name, List.of());
    };
  }

  /** Where the CNAME or DNAME leads to that a lookup has found. */
  static Name target(Zone zone, LookupResult found) {
    try {
      var data = new DNSInput(zone.data());
      data.jump(zone.offset(found.set) + HEAD);
      return new Name(data);
    } catch (IOException e) {
      throw new UncheckedIOException("zone data hold names that are whole", e);
    }
  }

  /** Where a DNAME leads to: nowhere when the name would be too long. */
  private List<Name> redirected(Name name, Zone zone) {
    try {
      Name owner = new Name(name, found.skip);
      return List.of(Name.concatenate(name.relativize(owner), target(zone, found)));
    } catch (NameTooLongException e) {
      return List.of();
    }
  }

  private static Name name(String text) {
    try {
      return Name.fromString(text, Name.root);
    } catch (TextParseException e) {
      throw new IllegalArgumentException("not a name: " + text, e);
    }
  }
}

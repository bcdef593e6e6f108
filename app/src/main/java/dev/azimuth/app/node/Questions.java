package dev.azimuth.app.node;

import dev.azimuth.app.geo.GeoFile;
import dev.azimuth.app.host.UnicodeName;
import dev.azimuth.app.node.Node.Refused;
import dev.azimuth.steering.Asker;
import dev.azimuth.steering.Bound;
import dev.azimuth.steering.Explainer;
import dev.azimuth.steering.Explanation;
import dev.azimuth.steering.Explanation.PoolStep;
import dev.azimuth.steering.Family;
import dev.azimuth.steering.Pool;
import dev.azimuth.steering.Usable;
import dev.azimuth.zones.LookupName;
import dev.azimuth.zones.LookupResult;
import dev.azimuth.zones.Outcome;
import dev.azimuth.zones.Zone;
import dev.azimuth.zones.Zones;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Name;
import org.xbill.DNS.TextParseException;

/** Turns an operator's question into the one that the query path answers. */
final class Questions {
  static final int TYPE_ANY = 255;
  private static final int TYPE_A = 1;
  private static final int TYPE_AAAA = 28;

  private static final int MOST_ALIASES = 16;

  private Questions() {}

  /** See {@link Node#explain}. */
  static Explanation explain(
      Loading.Whole whole,
      Bound bound,
      String name,
      boolean v4,
      @Nullable String client,
      @Nullable String subnet)
      throws Refused {
    String source = client == null ? "127.0.0.1" : client;
    Asker asker = Askers.of(source, subnet);
    String words = source + " (source address)";
    if (subnet != null) {
      words = subnet + " (client subnet) by " + words;
    }
    Found found = steered(whole.zones(), name, v4 ? TYPE_A : TYPE_AAAA, List.of());
    Explanation explanation =
        Explainer.explain(
            bound,
            found.number,
            v4 ? Family.V4 : Family.V6,
            asker,
            words,
            whole.geo().files().stream().map(GeoFile::name).toList(),
            found.negativeTtl);
    Set<String> tried =
        explanation.pools().stream().map(PoolStep::pool).collect(Collectors.toSet());
    Map<String, Long> capacities = new HashMap<>();
    for (Pool pool : bound.plan().pools()) {
      Long capacity =
          tried.contains(pool.name())
              ? whole.limits(pool).capacity(Usable.of(pool, bound.table()))
              : null;
      if (capacity != null) {
        capacities.put(pool.name(), capacity);
      }
    }
    return explanation.with(found.aliases, capacities);
  }

  /** An absolute name in uncompressed wire form. */
  static byte[] octets(String name) {
    try {
      return Name.fromString(name, Name.root).toWire();
    } catch (TextParseException e) {
      throw new IllegalArgumentException("not a name: " + name, e);
    }
  }

  /**
   * @param number of the steered name
   * @param negativeTtl of its zone, in seconds
   * @param aliases that lead to it, the one that was asked for in front
   */
  private record Found(int number, int negativeTtl, List<String> aliases) {}

  /** Follows aliases in the zone data. */
  private static Found steered(Zones zones, String name, int type, List<String> aliases)
      throws Refused {
    String advice = UnicodeName.advice(name);
    if (advice != null) {
      throw new Refused("\"" + name + "\" is not a domain name: " + advice, Refused.Kind.QUESTION);
    }
    byte[] octets;
    try {
      octets = octets(name);
    } catch (IllegalArgumentException e) {
      throw new Refused("\"" + name + "\" is not a domain name", Refused.Kind.QUESTION);
    }
    LookupName wanted = new LookupName();
    wanted.read(octets, 0, octets.length);
    Zone zone = zones.find(wanted);
    if (zone == null) {
      throw new Refused(
          name
              + (aliases.isEmpty()
                  ? " is in none of the zones: the answer is REFUSED"
                  : " is in none of the zones: " + aliases.getLast() + " leads elsewhere"));
    }
    LookupResult result = new LookupResult();
    Outcome outcome = zone.lookup(wanted, type, result);
    return switch (outcome) {
      case STEERED -> new Found(result.steered, zone.ttl(zone.negativeSoa()), aliases);
      case ANSWER -> throw new Refused(name + " has static records in the zone data: not steered");
      case NODATA ->
          throw new Refused(
              name + " is not steered and has no records of this type: the answer is NODATA");
      case NAME_ERROR ->
          throw new Refused(
              name + " does not exist in " + zone.origin() + ": the answer is NXDOMAIN");
      case REFERRAL -> throw new Refused(name + " is delegated to other name servers");
      case CNAME -> {
        List<String> longer = new ArrayList<>(aliases);
        longer.add(name.endsWith(".") ? name : name + ".");
        if (longer.size() > MOST_ALIASES) {
          throw new Refused(longer.getFirst() + " is an alias of which none sees the end");
        }
        yield steered(
            zones, AllDownCircles.target(zone, result).toString(), type, List.copyOf(longer));
      }
      case DNAME -> throw new Refused(name + " is redirected by a DNAME: explain its target");
      case UNUSABLE ->
          throw new Refused(
              "the data of the zone %s cannot be used: the answer is SERVFAIL"
                  .formatted(zone.origin()));
    };
  }
}

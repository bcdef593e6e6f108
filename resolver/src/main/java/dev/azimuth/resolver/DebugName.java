package dev.azimuth.resolver;

import dev.azimuth.steering.Asker;
import dev.azimuth.steering.Bound;
import dev.azimuth.steering.Cidr;
import dev.azimuth.steering.Explainer;
import dev.azimuth.steering.Explanation;
import dev.azimuth.steering.Explanation.BackendOdds;
import dev.azimuth.steering.Explanation.PoolStep;
import dev.azimuth.steering.Explanation.WhenDown;
import dev.azimuth.steering.Explanation.Whereabouts;
import dev.azimuth.steering.Family;
import dev.azimuth.steering.PrefixMap;
import dev.azimuth.steering.Sighting;
import dev.azimuth.zones.LookupName;
import dev.azimuth.zones.LookupResult;
import dev.azimuth.zones.Outcome;
import dev.azimuth.zones.Zone;
import dev.azimuth.zones.Zones;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A name whose TXT record tells the listed clients what the server saw of them, and, with the name
 * of a steered one in front of it, why they are answered as they are. Everybody else finds what
 * stands in the zone, which is nothing. Immutable. Unlike everything else that is asked for a query
 * an answer from here allocates: it is for the few who are listed.
 */
public final class DebugName {
  /** The longest character-string (RFC 1035 section 3.3), in octets. */
  private static final int LONGEST_STRING = 255;

  /** Backends told of for one family. */
  private static final int MOST_BACKENDS = 16;

  private final byte[] name;
  private final int labels;
  private final PrefixMap allowed;
  private final Bound bound;
  private final List<String> databases;

  /**
   * @param name in uncompressed wire form
   * @param allow who may ask for it
   * @param bound what the picture's steering comes from
   * @param databases the names of those that know places; none when there is no database
   */
  public DebugName(byte[] name, List<Cidr> allow, Bound bound, List<String> databases) {
    LookupName read = new LookupName();
    if (read.read(name, 0, name.length) != name.length) {
      throw new IllegalArgumentException("not a name");
    }
    this.name = Arrays.copyOf(read.octets, read.length);
    this.labels = read.labels;
    this.allowed = PrefixMap.of(List.of(new PrefixMap.Input(0, allow)), in -> in.get(0) ? 1 : 0);
    this.bound = bound;
    this.databases = List.copyOf(databases);
  }

  /** Whether a query is for this name or below it, by somebody who may ask. Allocates nothing. */
  boolean concerns(LookupName asked, Client client) {
    int before = asked.labels - labels;
    return before >= 0
        && Arrays.equals(asked.octets, asked.starts[before], asked.length, name, 0, name.length)
        && allowed.value(client.v4, client.high, client.low) != 0;
  }

  /** Whether a name that {@link #concerns} this asks for a steered name to be explained. */
  boolean explains(LookupName asked) {
    return asked.labels > labels;
  }

  /**
   * The data of the TXT record that a name has, which {@link #concerns} this; null when it has
   * none: what stands in front of this name is not the name of a steered one.
   */
  byte @Nullable [] text(LookupName asked, Asker asker, boolean stream, Zones zones) {
    Strings strings = new Strings();
    int before = asked.labels - labels;
    if (before == 0) {
      sight(strings, Sighting.of(bound.plan(), asker, databases), stream);
      return strings.octets();
    }
    LookupName inner = inner(asked, before);
    Zone zone = zones.find(inner);
    if (zone == null) {
      return null;
    }
    LookupResult result = new LookupResult();
    for (Family family : Family.values()) {
      int type = family == Family.V4 ? Wire.A : Wire.AAAA;
      if (zone.lookup(inner, type, result) != Outcome.STEERED) {
        return null;
      }
      int negativeTtl = zone.ttl(zone.negativeSoa());
      explain(
          strings,
          Explainer.explain(
              bound, result.steered, family, asker, "", databases, negativeTtl, MOST_BACKENDS));
    }
    return strings.octets();
  }

  /** The labels in front of this name as a name of their own. */
  private static LookupName inner(LookupName asked, int labels) {
    byte[] octets = Arrays.copyOf(asked.octets, asked.starts[labels] + 1);
    octets[octets.length - 1] = 0;
    LookupName inner = new LookupName();
    inner.read(octets, 0, octets.length);
    return inner;
  }

  private static void sight(Strings strings, Sighting seen, boolean stream) {
    strings.add("source %s over %s".formatted(seen.source(), stream ? "TCP" : "UDP"));
    if (seen.subnet() == null) {
      strings.add("no client subnet");
    } else {
      strings.add(
          "client subnet %s %s"
              .formatted(
                  seen.subnet(),
                  seen.subnetUsed()
                      ? "used"
                      : "not used: no client on the Internet has such an address"));
    }
    strings.add(seen.view() == null ? "in no view" : "view " + seen.view());
    Whereabouts place = seen.place();
    if (place != null) {
      strings.add("place %s: %s".formatted(place.prefix(), place.place()));
    }
  }

  private static void explain(Strings strings, Explanation why) {
    String type = why.type() + " ";
    strings.add(type + "rule " + why.rule());
    for (PoolStep step : why.pools()) {
      strings.add(
          "%spool %s %d%% usable, %s: %s"
              .formatted(
                  type,
                  step.pool(),
                  Math.round(step.share() * 100),
                  step.serves() ? "serves" : "passed over",
                  step.verdict()));
    }
    why.backends().forEach(each -> strings.add(type + words(each)));
    if (why.others() > 0) {
      strings.add("%sand %d backends more".formatted(type, why.others()));
    }
    WhenDown down = why.allDown();
    if (down != null) {
      strings.add(
          "%sall down: %s, as %s says: %s".formatted(type, down.form(), down.by(), down.gives()));
    }
    strings.add(
        "%sanswer %s, reason %s, TTL %d: %s, scope %d"
            .formatted(type, why.answer(), why.reason(), why.ttl(), why.ttlReason(), why.scope()));
  }

  private static String words(BackendOdds backend) {
    String forced =
        backend.forced() == null ? "" : " forced " + backend.forced().toLowerCase(Locale.ROOT);
    String note = backend.note().isEmpty() ? "" : ", " + backend.note();
    return "backend %s %s %s%s, odds %.1f%%%s"
        .formatted(
            backend.backend(),
            String.join(" ", backend.addresses()),
            backend.state(),
            forced,
            backend.odds() * 100,
            note);
  }

  /** Character-strings one behind the other. */
  private static final class Strings {
    /** So much fits beside any question and every option in the largest message. */
    private static final int MOST = 60_000;

    private final ByteArrayOutputStream octets = new ByteArrayOutputStream();

    void add(String text) {
      byte[] whole = text.getBytes(StandardCharsets.UTF_8);
      int length = Math.min(whole.length, LONGEST_STRING);
      if (octets.size() + 1 + length <= MOST) {
        octets.write(length);
        octets.write(whole, 0, length);
      }
    }

    byte[] octets() {
      return octets.toByteArray();
    }
  }
}

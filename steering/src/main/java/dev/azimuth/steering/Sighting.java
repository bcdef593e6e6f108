package dev.azimuth.steering;

import dev.azimuth.steering.Explanation.Whereabouts;
import java.util.List;
import java.util.StringJoiner;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How steering sees who asks.
 *
 * @param source the address that the query came from
 * @param subnet the client subnet that it carried; null for none
 * @param subnetUsed whether that is the client; else the source is
 * @param view the one that the source is in; null for none
 * @param place where the client is; null where there is no database
 */
public record Sighting(
    String source,
    @Nullable String subnet,
    boolean subnetUsed,
    @Nullable String view,
    @Nullable Whereabouts place) {

  /**
   * @param databases the names of those that know places; none when there is no database
   */
  public static Sighting of(SteeringPlan plan, Asker asker, List<String> databases) {
    Client client = new Client();
    client.of(asker);
    return new Sighting(
        Addresses.text(asker.sourceV4, asker.sourceHigh, asker.sourceLow),
        asker.subnet
            ? Addresses.text(
                new Cidr(asker.subnetV4, asker.subnetHigh, asker.subnetLow, asker.subnetLength))
            : null,
        client.subnet,
        view(plan, asker),
        databases.isEmpty() ? null : whereabouts(plan.routes().places(), client, databases));
  }

  private static @Nullable String view(SteeringPlan plan, Asker asker) {
    return plan.views().stream()
        .filter(view -> view.prefixes().stream().anyMatch(prefix -> within(prefix, asker)))
        .findFirst()
        .map(View::name)
        .orElse(null);
  }

  private static boolean within(Cidr prefix, Asker asker) {
    return prefix.v4() == asker.sourceV4
        && Cidr.around(asker.sourceV4, asker.sourceHigh, asker.sourceLow, prefix.length())
            .equals(prefix);
  }

  static Whereabouts whereabouts(Places places, Client client, List<String> databases) {
    int length = places.length(client.v4, client.high, client.low);
    Cidr prefix = Cidr.around(client.v4, client.high, client.low, length);
    Place place = places.place(places.find(client.v4, client.high, client.low));
    return new Whereabouts(Addresses.text(prefix), words(place), databases);
  }

  private static String words(Place place) {
    StringJoiner words = new StringJoiner(" ");
    words.setEmptyValue("not known");
    Stream.concat(Stream.of(place.continent(), place.country()), place.subdivisions().stream())
        .filter(word -> !word.isEmpty())
        .forEach(words::add);
    if (!place.city().name().isEmpty()) {
      words.add(place.city().name());
    }
    if (place.asn() != 0) {
      words.add("AS" + place.asn());
    }
    Point at = place.at();
    if (at != null) {
      words.add("at " + at.latitude() + ", " + at.longitude());
    }
    return words.toString();
  }
}

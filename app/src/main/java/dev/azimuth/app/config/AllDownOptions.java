package dev.azimuth.app.config;

import static dev.azimuth.app.config.Option.optional;

import dev.azimuth.app.config.Shape.Keyword;
import dev.azimuth.steering.AllDown;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The forms of {@code all_down}. */
final class AllDownOptions {
  private static final Option<List<InetAddress>> ADDRESS =
      optional(
          "address",
          Notation.ADDRESSES,
          "These addresses, at most one IPv4 and one IPv6; a missing family has no records.");
  private static final Option<String> CNAME =
      optional(
          "cname",
          Notation.HOST,
          "An alias of this host; not possible for the zone's own name, nor where it leads back.");

  private static final Map<String, AllDown> WORDS = new LinkedHashMap<>();

  static {
    WORDS.put("serve_all", new AllDown.ServeAll());
    WORDS.put("last_good", new AllDown.LastGood());
    WORDS.put("nodata", new AllDown.NoData());
    WORDS.put("servfail", new AllDown.ServFail());
  }

  static final Shape<AllDown> ALL_DOWN =
      new OneOf<>(
          List.of(
              new Keyword<>(WORDS),
              ObjectOf.of(
                      "all_down",
                      "What is answered when no backend in any listed pool is usable: a word —"
                          + " `serve_all` gives the first listed pool as if it were up, `last_good`"
                          + " the last set that was usable, `nodata` no records, `servfail` a"
                          + " failure — or a mapping. No form gives a backend that is forced down"
                          + " or drained. The rule's comes before the name's, the first listed"
                          + " pool's, the zone's and that of the defaults.",
                      List.of(ADDRESS, CNAME),
                      AllDownOptions::fixed)
                  .exactlyOne(ADDRESS, CNAME)));

  private AllDownOptions() {}

  private static AllDown fixed(ObjectOf.Values values) {
    String cname = values.find(CNAME);
    if (cname != null) {
      return new AllDown.Cname(cname.endsWith(".") ? cname : cname + ".");
    }
    List<InetAddress> addresses = values.get(ADDRESS);
    return new AllDown.Address(
        first(addresses, Inet4Address.class), first(addresses, Inet6Address.class));
  }

  private static <A extends InetAddress> @Nullable A first(
      List<InetAddress> addresses, Class<A> family) {
    for (InetAddress address : addresses) {
      if (family.isInstance(address)) {
        return family.cast(address);
      }
    }
    return null;
  }
}

package dev.azimuth.bench;

import dev.azimuth.app.geo.MmdbWriter;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Writes what two servers need to steer the same clients to the same pools: a database of countries
 * in the MaxMind format, the rules in the language of each, and queries of clients.
 */
@Command(
    name = "geo",
    description = "Writes a database, rules over it for Azimuth and gdnsd, and queries.",
    mixinStandardHelpOptions = true)
final class GeoCommand implements Callable<Integer> {
  /** One after the other, by the number of a country. */
  private static final int POOLS = 5;

  private static final int QUERIES = 1 << 17;
  private static final int RECORD_BITS = 32;
  private static final Instant BUILT = Instant.parse("2026-01-01T00:00:00Z");

  /** Every so many-th client is one of IPv6. */
  private static final int V6_EVERY = 5;

  @Option(names = "--folder", required = true, description = "to write into")
  private Path folder = Path.of("");

  @Option(names = "--prefixes", description = "of the database; ${DEFAULT-VALUE}")
  private int prefixes = 1_000_000;

  @Override
  public Integer call() throws IOException {
    MmdbWriter database = new MmdbWriter("GeoIP2-Country", 6, RECORD_BITS, BUILT);
    List<Integer> records =
        IntStream.range(0, Registry.COUNTRIES)
            .mapToObj(GeoCommand::record)
            .map(database::record)
            .toList();
    List<Long> v6 = new ArrayList<>();
    int[] count = {0};
    Registry.countries(
        prefixes,
        (v4, high, low, length, country) -> {
          database.add(v4, high, low, length, records.get(country));
          count[0]++;
          if (!v4) {
            v6.add(high);
          }
        });
    try (OutputStream out =
        new BufferedOutputStream(Files.newOutputStream(folder.resolve("country.mmdb")))) {
      database.write(out);
    }
    Files.write(folder.resolve("azimuth.rules"), rules());
    Files.write(folder.resolve("gdnsd.map"), map());
    Files.write(folder.resolve("queries"), queries(v6));
    System.out.printf("prefixes=%d pools=%d%n", count[0], POOLS);
    return 0;
  }

  private static Map<String, Object> record(int country) {
    return new TreeMap<>(
        Map.of(
            "continent", Map.of("code", Registry.continent(country)),
            "country", Map.of("iso_code", Registry.country(country))));
  }

  /** A rule for each pool but the first, which takes whoever is left. */
  private static List<String> rules() {
    List<String> rules = new ArrayList<>();
    for (int pool = 1; pool < POOLS; pool++) {
      String countries = countries(pool).map(c -> '"' + c + '"').collect(Collectors.joining(", "));
      rules.add("- { country: [ " + countries + " ], to: p" + pool + " }");
    }
    rules.add("- { to: p0 }");
    return rules;
  }

  private static Stream<String> countries(int pool) {
    return IntStream.range(0, Registry.COUNTRIES)
        .filter(country -> country % POOLS == pool)
        .mapToObj(Registry::country);
  }

  /** The same, by continent. */
  private static List<String> map() {
    Map<String, List<String>> byContinent = new TreeMap<>();
    for (int country = 0; country < Registry.COUNTRIES; country++) {
      byContinent
          .computeIfAbsent(Registry.continent(country), c -> new ArrayList<>())
          .add(Registry.country(country) + " = [p" + country % POOLS + "]");
    }
    return byContinent.entrySet().stream()
        .map(entry -> entry.getKey() + " => { " + String.join(", ", entry.getValue()) + " }")
        .toList();
  }

  /** Of clients of common prefixes; a fifth of them has IPv6. */
  private static List<String> queries(List<Long> v6) throws IOException {
    List<String> lines = new ArrayList<>(QUERIES);
    for (int address : Clients.addresses(/* zipf= */ true)) {
      // The same popularity for IPv6: whichever prefix the IPv4 one comes to.
      long high = v6.get(Integer.remainderUnsigned(address >>> 8, v6.size()));
      String subnet =
          lines.size() % V6_EVERY == 0
              ? text(ByteBuffer.allocate(16).putLong(high).array()) + "/48"
              : text(ByteBuffer.allocate(4).putInt(address & ~0xff).array()) + "/24";
      if (!inside(address) && lines.size() < QUERIES) {
        lines.add("www.bench.example A " + subnet);
      }
    }
    return lines;
  }

  /** Whether it is an address that a client on the Internet cannot have (RFC 6890). */
  private static boolean inside(int address) {
    return address >>> 24 == 10
        || address >>> 24 == 127
        || address >>> 22 == (100 << 2 | 1)
        || address >>> 20 == (172 << 4 | 1)
        || address >>> 16 == (169 << 8 | 254)
        || address >>> 16 == (192 << 8 | 168);
  }

  private static String text(byte[] address) throws IOException {
    return InetAddress.getByAddress(address).getHostAddress();
  }
}

package dev.azimuth.app.geo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.maxmind.db.DatabaseRecord;
import com.maxmind.db.Networks;
import com.maxmind.db.Reader;
import dev.azimuth.steering.Addresses;
import dev.azimuth.steering.City;
import dev.azimuth.steering.Family;
import dev.azimuth.steering.Place;
import dev.azimuth.steering.Places;
import dev.azimuth.steering.Places.Field;
import dev.azimuth.steering.Point;
import java.io.BufferedOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class GeoDataTest {
  private static final Path FILES = Path.of("src/test/resources/geo");
  private static final Instant BUILT = Instant.parse("2026-11-20T00:00:00Z");

  @TempDir private Path folder;

  static Place find(Places places, String address) {
    byte[] octets = InetAddress.ofLiteral(address).getAddress();
    boolean v4 = octets.length == 4;
    long high = v4 ? 0 : Addresses.number(octets, 0, 8);
    long low = v4 ? Addresses.number(octets, 0, 4) : Addresses.number(octets, 8, 16);
    return places.place(places.find(v4, high, low));
  }

  private static GeoData read(String... files) throws GeoUnusable {
    return GeoData.read(Stream.of(files).map(FILES::resolve).toList());
  }

  private Path write(String name, MmdbWriter database) throws IOException {
    Path file = folder.resolve(name);
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
      database.write(out);
    }
    return file;
  }

  static List<String> sound() throws IOException {
    try (Stream<Path> files = Files.list(FILES)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".mmdb"))
          .filter(name -> !name.contains("Anonymous") && !name.startsWith("MaxMind-DB"))
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("sound")
  @SuppressWarnings("rawtypes")
  void saysOfEveryAddressOfADatabaseOfMaxMindWhatItsOwnReaderSays(String name) throws Exception {
    GeoData geo = read(name);
    Random random = new Random(7);
    List<InetAddress> addresses = new ArrayList<>();
    File file = FILES.resolve(name).toFile();
    try (Reader reader = new Reader(file)) {
      Networks<Map> networks = reader.networks(Map.class);
      while (networks.hasNext()) {
        DatabaseRecord<Map> record = networks.next();
        byte[] octets = record.network().networkAddress().getAddress();
        addresses.add(InetAddress.getByAddress(octets));
        for (int bit = record.network().prefixLength(); bit < octets.length * 8; bit++) {
          octets[bit >> 3] |= (byte) (random.nextBoolean() ? 0x80 >> (bit & 7) : 0);
        }
        addresses.add(InetAddress.getByAddress(octets));
      }
      for (int i = 0; i < 2000; i++) {
        byte[] octets = new byte[4];
        random.nextBytes(octets);
        addresses.add(InetAddress.getByAddress(octets));
      }
      for (InetAddress address : addresses) {
        Map record = reader.get(address, Map.class);
        Place place = find(geo.places(), Addresses.text(address));
        assertThat(place)
            .as("%s", address)
            .isEqualTo(record == null ? Place.UNKNOWN : plainly(record));
      }
    }
    assertThat(addresses).hasSizeGreaterThan(2000 + 60);
    assertThat(geo.files().getFirst().networks() * 2 + 2000).isEqualTo(addresses.size());
  }

  /** MaxMind's layout read the long way. */
  private static Place plainly(Map<?, ?> record) {
    String country = (String) get(record, "country", "iso_code");
    List<String> subdivisions = new ArrayList<>();
    if (country != null && record.get("subdivisions") instanceof List<?> list) {
      list.forEach(each -> subdivisions.add(country + "-" + ((Map<?, ?>) each).get("iso_code")));
    }
    Object name = get(record, "city", "names", "en");
    Number id = (Number) get(record, "city", "geoname_id");
    Number asn = (Number) get(record, "autonomous_system_number");
    asn = asn != null ? asn : (Number) get(record, "traits", "autonomous_system_number");
    Double latitude = (Double) get(record, "location", "latitude");
    Double longitude = (Double) get(record, "location", "longitude");
    String continent = (String) get(record, "continent", "code");
    return new Place(
        continent == null ? "" : continent,
        country == null ? "" : country,
        subdivisions,
        new City(name == null ? "" : (String) name, id == null ? 0 : id.intValue()),
        asn == null ? 0 : asn.longValue(),
        latitude == null || longitude == null ? null : new Point(latitude, longitude));
  }

  private static Object get(Map<?, ?> record, String... path) {
    Object value = record;
    for (String key : path) {
      value = value instanceof Map<?, ?> map ? map.get(key) : null;
    }
    return value;
  }

  @Test
  void joinsDatabasesAndTheFirstThatHasAPartWins() throws GeoUnusable {
    GeoData geo = read("GeoIP2-City-Test.mmdb", "GeoLite2-ASN-Test.mmdb");
    Place place = find(geo.places(), "89.160.20.113");
    assertThat(place.country()).isEqualTo("SE");
    assertThat(place.city().name()).isEqualTo("Linköping");
    assertThat(place.asn()).isEqualTo(29518);
    assertThat(geo.files().getFirst().knows())
        .containsExactlyInAnyOrder(
            Field.CONTINENT, Field.COUNTRY, Field.SUBDIVISION, Field.CITY, Field.COORDINATES);
    assertThat(geo.files().getLast().knows()).containsExactly(Field.ASN);
    assertThat(geo.files().getFirst().type()).isEqualTo("GeoIP2-City");
    assertThat(geo.files().getFirst().built()).isAfter(Instant.parse("2020-01-01T00:00:00Z"));
  }

  private static Map<String, Object> map(Object... entries) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < entries.length; i += 2) {
      map.put((String) entries[i], entries[i + 1]);
    }
    return map;
  }

  private Place only(Map<String, Object> record) throws Exception {
    MmdbWriter database = new MmdbWriter("test", 6, 24, BUILT);
    database.add("192.0.2.0/24", record);
    database.add("2001:db8::/32", record);
    GeoData geo = GeoData.read(List.of(write("one.mmdb", database)));
    Place place = find(geo.places(), "192.0.2.77");
    assertThat(find(geo.places(), "2001:db8:ffff::1")).isEqualTo(place);
    assertThat(find(geo.places(), "192.0.3.0")).isEqualTo(Place.UNKNOWN);
    assertThat(find(geo.places(), "2001:db7:ffff::")).isEqualTo(Place.UNKNOWN);
    return place;
  }

  private static Place place(
      String continent, String country, String subdivision, City city, long asn, Point at) {
    List<String> subdivisions = subdivision.isEmpty() ? List.of() : List.of(subdivision);
    return new Place(continent, country, subdivisions, city, asn, at);
  }

  @Test
  void readsTheCityLayoutOfDbIp() throws Exception {
    assertThat(
            only(
                map(
                    "city", map("names", map("en", "Lyon (3e Arrondissement)")),
                    "continent", map("code", "EU", "names", map("en", "Europe")),
                    "country", map("iso_code", "FR", "is_in_european_union", true),
                    "location", map("latitude", 45.75f, "longitude", 4.875f),
                    "subdivisions", List.of(map("names", map("en", "Rhône"))))))
        .isEqualTo(
            place(
                "EU",
                "FR",
                "",
                new City("Lyon (3e Arrondissement)", 0),
                0,
                new Point(45.75, 4.875)));
  }

  @Test
  void readsTheLayoutsOfIpinfo() throws Exception {
    assertThat(
            only(
                map(
                    "asn", "AS15169",
                    "as_name", "Google LLC",
                    "continent", "North America",
                    "continent_code", "NA",
                    "country", "United States",
                    "country_code", "US")))
        .as("lite")
        .isEqualTo(place("NA", "US", "", City.UNKNOWN, 15169, null));
    assertThat(
            only(
                map(
                    "asn", "AS2519",
                    "continent", "AS",
                    "continent_name", "Asia",
                    "country", "JP",
                    "country_name", "Japan")))
        .as("country and asn")
        .isEqualTo(place("AS", "JP", "", City.UNKNOWN, 2519, null));
    assertThat(
            only(
                map(
                    "city", "Mountain View",
                    "country", "US",
                    "geoname_id", "5375480",
                    "lat", "37.4056",
                    "lng", "-122.0775",
                    "region", "California",
                    "region_code", "CA",
                    "timezone", "America/Los_Angeles")))
        .as("location")
        .isEqualTo(
            place(
                "",
                "US",
                "US-CA",
                new City("Mountain View", 5375480),
                0,
                new Point(37.4056, -122.0775)));
  }

  @Test
  void readsTheLayoutsOfIpLocate() throws Exception {
    assertThat(only(map("continent_code", "OC", "country_code", "AU", "country_name", "Australia")))
        .isEqualTo(place("OC", "AU", "", City.UNKNOWN, 0, null));
    assertThat(only(map("asn", 13335, "country_code", "US", "name", "CLOUDFLARENET")))
        .as("where the operator is registered says nothing of its clients")
        .isEqualTo(place("", "", "", City.UNKNOWN, 13335, null));
  }

  @Test
  void whatIsNotWrittenAsItShouldBeIsNotKnown() throws Exception {
    assertThat(
            only(
                map(
                    "asn", 64500,
                    "continent", map("code", "ZZ"),
                    "country", map("iso_code", "ZZ"),
                    "location", map("latitude", 0.0, "longitude", 0.0),
                    "subdivisions", List.of(map("iso_code", "CA")),
                    "city", map("names", "no map", "geoname_id", 0))))
        .isEqualTo(place("", "", "", City.UNKNOWN, 64500, null));
    assertThat(
            only(
                map(
                    "country_code", "us",
                    "continent_code", "EU",
                    "lat", "91",
                    "lng", "1",
                    "asn", "AS99999999999",
                    "region_code", "CA")))
        .isEqualTo(place("EU", "", "", City.UNKNOWN, 0, null));
  }

  @ParameterizedTest
  @ValueSource(ints = {24, 28, 32})
  void readsEveryWidthOfRecordsAndIpv4Databases(int width) throws Exception {
    MmdbWriter database = new MmdbWriter("test", 4, width, BUILT);
    database.add("0.0.0.0/1", map("country_code", "SE"));
    database.add("255.255.255.255/32", map("country_code", "NO"));
    GeoData geo = GeoData.read(List.of(write("four.mmdb", database)));
    assertThat(find(geo.places(), "127.255.255.255").country()).isEqualTo("SE");
    assertThat(find(geo.places(), "128.0.0.0").country()).isEmpty();
    assertThat(find(geo.places(), "255.255.255.255").country()).isEqualTo("NO");
    assertThat(find(geo.places(), "2001:db8::1")).isEqualTo(Place.UNKNOWN);
    assertThat(geo.files().getFirst().built()).isEqualTo(BUILT);
  }

  @Test
  void anIpv6NetworkAboveAllOfIpv4SpeaksForIpv4() throws Exception {
    MmdbWriter database = new MmdbWriter("test", 6, 24, BUILT);
    database.add("::/64", map("country_code", "SE"));
    GeoData geo = GeoData.read(List.of(write("above.mmdb", database)));
    assertThat(find(geo.places(), "192.0.2.1").country()).isEqualTo("SE");
    assertThat(find(geo.places(), "0:0:0:1::").country()).isEmpty();
  }

  @Test
  void saysWhyAFileCannotBeUsed() throws Exception {
    assertThatThrownBy(() -> GeoData.read(List.of(folder.resolve("none.mmdb"))))
        .isInstanceOf(GeoUnusable.class)
        .hasMessageContaining("none.mmdb cannot be used: there is no such file");
    assertThatThrownBy(() -> GeoData.read(List.of(folder)))
        .hasMessageContaining("cannot be used: it is a folder");
    Path text = Files.writeString(folder.resolve("text.mmdb"), "no database");
    assertThatThrownBy(() -> GeoData.read(List.of(text)))
        .hasMessageContaining("it is no sound database in the MaxMind format");
    assertThatThrownBy(() -> read("GeoIP2-Anonymous-IP-Test.mmdb"))
        .hasMessageContaining("GeoIP2-Anonymous-IP says nothing of places");
  }

  static List<Path> broken() throws IOException {
    try (Stream<Path> files = Files.list(FILES.resolve("bad"))) {
      return files.sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("broken")
  void onlyTheBrokenOneOfSeveralIsTold(Path file) {
    Path sound = FILES.resolve("GeoLite2-ASN-Test.mmdb");
    for (List<Path> several : List.of(List.of(file, sound), List.of(sound, file, sound))) {
      assertThatThrownBy(() -> GeoData.read(several))
          .isInstanceOf(GeoUnusable.class)
          .hasMessageContaining(file.toString())
          .hasMessageNotContaining(sound.toString());
    }
  }

  @ParameterizedTest
  @MethodSource("broken")
  void aBrokenFileIsRefusedInWords(Path file) {
    assertThatThrownBy(() -> GeoData.read(List.of(file)))
        .isInstanceOf(GeoUnusable.class)
        .hasMessageContaining(file.getFileName().toString());
  }

  @Test
  void aFileCutOffAnywhereIsRefusedOrReadInShortTime() throws Exception {
    byte[] whole = Files.readAllBytes(FILES.resolve("GeoLite2-ASN-Test.mmdb"));
    Random random = new Random(3);
    long begun = System.nanoTime();
    for (int i = 0; i < 300; i++) {
      byte[] octets = whole.clone();
      for (int k = 0; k < 1 + i % 4; k++) {
        octets[random.nextInt(octets.length)] = (byte) random.nextInt();
      }
      int length = i % 3 == 0 ? random.nextInt(octets.length) : octets.length;
      Path file = folder.resolve("mutated.mmdb");
      Files.write(file, java.util.Arrays.copyOf(octets, length));
      try {
        assertThat(GeoData.read(List.of(file)).places().ranges(Family.V4)).isPositive();
      } catch (GeoUnusable e) {
        assertThat(e).hasMessageContaining("mutated.mmdb");
      }
    }
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(60));
  }

  @Test
  void noticesThatAFileWasReplaced() throws Exception {
    Path file = folder.resolve("city.mmdb");
    Files.copy(FILES.resolve("GeoIP2-City-Test.mmdb"), file);
    GeoData geo = GeoData.read(List.of(file));
    assertThat(geo.unchanged()).isTrue();
    assertThat(geo.isOf(List.of(file))).isTrue();
    assertThat(geo.isOf(List.of())).isFalse();
    Path next = Files.copy(FILES.resolve("GeoIP2-Country-Test.mmdb"), folder.resolve("next"));
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    assertThat(geo.unchanged()).isFalse();
    assertThat(geo.rejecting("why").rejected()).isEqualTo("why");
  }
}

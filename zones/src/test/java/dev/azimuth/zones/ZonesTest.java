package dev.azimuth.zones;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ZonesTest {
  private static final Zones ZONES =
      new Zones(
          List.of(
              zone("example.com"),
              zone("Sub.Example.com."),
              zone("a.b.sub.example.com"),
              zone("org"),
              zone("example.org")));

  private static Zone zone(String origin) {
    return ZoneText.zone(
        ZoneLoader.load(
            ZoneText.source(
                origin, "@ SOA n. h. 1 1h 1h 1d 60\n@ NS n.\n", Path.of("."), Map.of())));
  }

  @ParameterizedTest
  @CsvSource({
    "example.com., example.com., -",
    "EXAMPLE.com., example.com., -",
    "www.example.com., example.com., example.com.",
    "evilexample.com., -, -",
    "com., -, -",
    ".,  -, -",
    "sub.example.com., sub.example.com., example.com.",
    "b.sub.example.com., sub.example.com., sub.example.com.",
    "a.b.sub.example.com., a.b.sub.example.com., sub.example.com.",
    "x.y.a.b.sub.example.com., a.b.sub.example.com., a.b.sub.example.com.",
    "net., -, -",
    "example.org., example.org., org.",
    "xample.org., org., org.",
  })
  void theLongestOriginOnLabelBoundariesWins(String name, String zone, String above) {
    assertThat(origin(ZONES.find(ZoneText.name(name)))).isEqualTo(zone);
    assertThat(origin(ZONES.findAbove(ZoneText.name(name)))).isEqualTo(above);
  }

  private static String origin(Zone zone) {
    return zone == null ? "-" : zone.origin();
  }

  @Test
  void ofAnUnusableZoneNothingIsKnown() {
    Zone zone = ZoneLoader.unusable("example.com");
    var result = new LookupResult();
    for (String name : List.of("example.com.", "www.example.com.", "a.b.example.com.")) {
      for (int type : new int[] {Types.A, Types.SOA, Types.DS, Types.ANY}) {
        assertThat(zone.lookup(ZoneText.name(name), type, result)).isEqualTo(Outcome.UNUSABLE);
      }
    }
    assertThatThrownBy(() -> ZoneLoader.unusable("a..b"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is no domain name");
  }

  @Test
  void theRootZoneHoldsEverything() {
    var zones = new Zones(List.of(zone("."), zone("com")));
    assertThat(origin(zones.find(ZoneText.name("a.net.")))).isEqualTo(".");
    assertThat(origin(zones.find(ZoneText.name(".")))).isEqualTo(".");
    assertThat(origin(zones.findAbove(ZoneText.name("com.")))).isEqualTo(".");
    assertThat(zones.findAbove(ZoneText.name("."))).isNull();
  }

  @Test
  void manyZonesAreAllFound() {
    var all = new ArrayList<Zone>();
    for (int i = 0; i < 2000; i++) {
      all.add(zone("z" + i + ".test"));
    }
    var zones = new Zones(all);
    assertThat(zones.all()).isEqualTo(all);
    for (Zone zone : all) {
      assertThat(zones.find(ZoneText.name("www." + zone.origin()))).isSameAs(zone);
    }
    assertThat(zones.find(ZoneText.name("z2000.test."))).isNull();
  }

  @Test
  void noZonesAndTwoOfOneOrigin() {
    assertThat(new Zones(List.of()).find(ZoneText.name("a."))).isNull();
    assertThatThrownBy(() -> new Zones(List.of(zone("a"), zone("A."))))
        .isInstanceOf(IllegalArgumentException.class);
  }
}

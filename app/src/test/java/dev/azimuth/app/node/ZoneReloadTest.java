package dev.azimuth.app.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.app.geo.GeoData;
import dev.azimuth.steering.Routes;
import dev.azimuth.zones.LookupName;
import dev.azimuth.zones.LookupResult;
import dev.azimuth.zones.Outcome;
import dev.azimuth.zones.Serials;
import dev.azimuth.zones.Zone;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a reload reads again, and what it keeps. */
class ZoneReloadTest {
  private static final String CONFIGURATION =
      """
      server: { listen: [ "127.0.0.1:0" ], state_dir: state }
      defaults: { check: none }
      pools: { web: { backends: { b: 192.0.2.1 } } }
      zones:
        a.example: { file: a.zone, names: { www: { to: web } } }
        b.example: { file: b.zone, names: { www: { to: web } } }
      """;
  private static final String RECORDS = "@ SOA ns1 h 1 1h 1h 1d 60\n@ NS ns1\nns1 A 192.0.2.53\n";

  @TempDir private Path folder;
  private String configuration = CONFIGURATION;

  @BeforeEach
  void write() throws IOException {
    zone("a.zone", RECORDS + "$INCLUDE more\n");
    zone("b.zone", RECORDS);
    zone("more", "m A 192.0.2.2\n");
  }

  private void zone(String file, String text) throws IOException {
    Files.writeString(folder.resolve(file), text);
  }

  private Loading.Result load(Map<String, ZoneData> before, boolean acceptRemovals) {
    return Loading.load(
        Written.write(folder, configuration),
        new Loading.Before(
            before, GeoData.NONE, Routes.NONE, acceptRemovals, directory -> Serials.NONE, false));
  }

  private Map<String, ZoneData> first() {
    return whole(load(Map.of(), true)).data();
  }

  private static Loading.Whole whole(Loading.Result result) {
    assertThat(result.whole()).as(result.print(false)).isNotNull();
    return result.whole();
  }

  /** The reference that the zone gives for www. */
  private static int www(ZoneData data) {
    byte[] wire = new byte[LookupName.MAX_OCTETS];
    byte[] text =
        ("\3www\1" + data.source().origin().charAt(0) + "\7example\0")
            .getBytes(StandardCharsets.ISO_8859_1);
    System.arraycopy(text, 0, wire, 0, text.length);
    var name = new LookupName();
    name.read(wire, 0, text.length);
    var result = new LookupResult();
    assertThat(data.zone().lookup(name, 1, result)).isEqualTo(Outcome.STEERED);
    return result.steered;
  }

  private static byte[] image(Map<String, ZoneData> data, String zone) {
    Zone found = data.get(zone).zone();
    return found.data();
  }

  @Test
  void onlyTheZoneWhoseFileChangedIsReadAgain() throws IOException {
    Map<String, ZoneData> before = first();
    zone("b.zone", RECORDS + "x A 192.0.2.3\n");
    Map<String, ZoneData> after = whole(load(before, false)).data();
    assertThat(after.get("a.example").zone()).isSameAs(before.get("a.example").zone());
    assertThat(image(after, "b.example")).isNotSameAs(image(before, "b.example"));
    assertThat(ZoneDiff.lines(before, after))
        .containsExactly("zone b.example: data changed, 4 names, serial 1, as before");
    assertThat(ZoneDiff.refused(after)).isEmpty();
  }

  @Test
  void whatIsIncludedIsPartOfTheZone() throws IOException {
    Map<String, ZoneData> before = first();
    zone("more", "m A 192.0.2.9\n");
    Map<String, ZoneData> after = whole(load(before, false)).data();
    assertThat(image(after, "a.example")).isNotSameAs(image(before, "a.example"));
    assertThat(after.get("b.example").zone()).isSameAs(before.get("b.example").zone());
  }

  @Test
  void aZoneKeepsItsImageWhenNamesOfAnotherMoveItsReferences() {
    Map<String, ZoneData> before = first();
    assertThat(www(before.get("a.example"))).isZero();
    assertThat(www(before.get("b.example"))).isEqualTo(1);
    configuration = CONFIGURATION.replace("a.zone, names: {", "a.zone, names: { api: { to: web },");
    Map<String, ZoneData> after = whole(load(before, false)).data();
    assertThat(www(after.get("a.example"))).isEqualTo(1);
    assertThat(www(after.get("b.example"))).isEqualTo(2);
    assertThat(image(after, "b.example")).isSameAs(image(before, "b.example"));
    assertThat(image(after, "a.example")).isNotSameAs(image(before, "a.example"));
  }

  @Test
  void aBrokenFileKeepsItsZoneAndHoldsUpNoOther() throws IOException {
    Map<String, ZoneData> before = first();
    zone("a.zone", RECORDS + "x A wrong\n");
    zone("b.zone", RECORDS + "x A 192.0.2.3\n");
    Loading.Result result = load(before, true);
    Map<String, ZoneData> after = whole(result).data();
    assertThat(after.get("a.example").zone()).isSameAs(before.get("a.example").zone());
    assertThat(after.get("a.example").rejected()).contains("a.zone:4:5: error[DATA]");
    assertThat(result.print(false)).contains("error[DATA]");
    assertThat(after.get("b.example").rejected()).isNull();
    assertThat(image(after, "b.example")).isNotSameAs(image(before, "b.example"));
    assertThat(ZoneDiff.refused(after))
        .singleElement()
        .asString()
        .startsWith("zone a.example: new data refused");

    Map<String, ZoneData> again = whole(load(after, true)).data();
    assertThat(ZoneDiff.refused(again)).as("as long as it is").hasSize(1);
    write();
    Map<String, ZoneData> mended = whole(load(again, true)).data();
    assertThat(mended.get("a.example").rejected()).isNull();
    assertThat(mended.get("a.example").zone()).isSameAs(before.get("a.example").zone());
  }

  @Test
  void aMissingFileKeepsItsZoneToo() throws IOException {
    Map<String, ZoneData> before = first();
    Files.delete(folder.resolve("more"));
    Loading.Result result = load(before, true);
    assertThat(whole(result).data().get("a.example").rejected()).contains("error[INCLUDE]");
    assertThat(result.loaded().files()).contains(folder.resolve("more"));
  }

  @Test
  void aBrokenFileIsAnErrorWhereItsZoneIsConfiguredOtherwise() throws IOException {
    Map<String, ZoneData> before = first();
    zone("a.zone", "wrong\n");
    assertThat(load(Map.of(), true).whole()).as("at the start").isNull();
    configuration = CONFIGURATION.replace("a.zone, names: { www:", "a.zone, names: { new:");
    assertThat(load(before, true).whole()).as("other names").isNull();
  }

  private Loading.Result start() {
    return Loading.load(
        Written.write(folder, configuration), new ZoneSerials(() -> 1000, problem -> {}));
  }

  @Test
  void atAStartABrokenFileHoldsUpNoOtherZone() throws IOException {
    configuration = CONFIGURATION.replace("state_dir: state", "state_dir: " + folder);
    zone("a.zone", RECORDS + "x A wrong\n");
    Loading.Whole started = whole(start());
    Map<String, ZoneData> first = started.data();
    assertThat(started.usable()).isFalse();
    assertThat(first.get("a.example").usable()).isFalse();
    assertThat(www(first.get("b.example"))).as("references count on").isEqualTo(1);
    assertThat(ZoneDiff.refused(first))
        .singleElement()
        .asString()
        .startsWith("zone a.example: its data cannot be used, every answer is SERVFAIL:\n")
        .contains("a.zone:4:5: error[DATA]");

    Map<String, ZoneData> still = whole(load(first, false)).data();
    assertThat(still.get("a.example").usable()).isFalse();
    write();
    Map<String, ZoneData> mended = whole(load(still, false)).data();
    assertThat(www(mended.get("a.example"))).isZero();
    assertThat(ZoneDiff.refused(mended)).isEmpty();
    assertThat(ZoneDiff.mended(first, still)).isEmpty();
    assertThat(ZoneDiff.mended(still, mended))
        .containsExactly("zone a.example: its data are in order again");
    assertThat(ZoneDiff.mended(mended, mended)).isEmpty();
    assertThat(ZoneDiff.lines(still, mended))
        .containsExactly("zone a.example: data can be used now, 4 names, serial 1");

    zone("a.zone", "wrong\n");
    zone("b.zone", "wrong\n");
    assertThat(start().whole()).as("no zone is left").isNull();
    write();
    configuration = configuration.replace("to: web } } }\n  b", "to: nowhere } } }\n  b");
    zone("b.zone", "wrong\n");
    assertThat(start().whole()).as("the configuration is whole or nothing").isNull();
  }

  @Test
  void aFileThatTakesMostOfTheZoneAwayWaitsForTheOperator() throws IOException {
    zone("b.zone", RECORDS + "$GENERATE 1-9 h$ A 192.0.2.$\n");
    Map<String, ZoneData> before = first();
    zone("b.zone", RECORDS);
    Map<String, ZoneData> guarded = whole(load(before, false)).data();
    assertThat(guarded.get("b.example").zone()).isSameAs(before.get("b.example").zone());
    assertThat(guarded.get("b.example").rejected())
        .contains("leaves 4 of 13 record sets", "--accept-removals");
    Map<String, ZoneData> meant = whole(load(guarded, true)).data();
    assertThat(meant.get("b.example").rejected()).isNull();
    assertThat(meant.get("b.example").zone().sets()).isEqualTo(4);
  }

  @Test
  void aFileIsWatchedAsItWasWhenItWasRead() throws IOException {
    Loading.Result result = load(Map.of(), true);
    assertThat(result.stamps()).hasSize(3);
    // Written to before the first look: no look has seen what was read.
    zone("b.zone", RECORDS + "x A 192.0.2.3\n");
    var watch = new ConfigWatch(result.loaded().files());
    watch.took(result.stamps());
    assertThat(watch.changed(result.loaded().files())).isTrue();
    assertThat(watch.changed(result.loaded().files())).isFalse();
  }
}

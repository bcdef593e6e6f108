package dev.azimuth.app.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.app.node.ZoneSerials.Served;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ZoneSerialsTest {
  private static final String CONFIGURATION =
      """
      server: { listen: [ "127.0.0.1:0" ], state_dir: state }
      zones:
        example.com: { file: com.zone }
      """;

  @TempDir private Path folder;
  private final AtomicLong clock = new AtomicLong(5_000_000);
  private final List<String> complaints = new ArrayList<>();

  @ParameterizedTest
  @CsvSource({
    "1000, other, 2000, 2000", // the time of day
    "1000, same, 2000, 1000", // the content is what was served
    "3000, other, 2000, 3001", // the clock is behind
    "2000, other, 2000, 2001", // twice within a second
    "2026112101, other, 1795264000, 2026112102", // dates were counted before
    "4294967295, other, 1000, 1000", // later by serial arithmetic, after the turn
    "4294967295, other, 4294967290, 1", // 0 is never given
    "4294967290, same, 1000, 4294967290",
    "0, other, 2000, 2000", // served without a state directory
    "5, other, 4294967296, 6", // the second 0 of the next era
  })
  void aSerialRisesWithTheContentOnly(long served, String content, long seconds, long next) {
    assertThat(ZoneSerials.next(new Served(served, "same"), content, seconds)).isEqualTo(next);
  }

  @Test
  void theFirstIsTheTimeOfDay() {
    assertThat(ZoneSerials.next(null, "x", 1_795_264_000)).isEqualTo(1_795_264_000);
    assertThat(ZoneSerials.next(null, "x", 0)).isEqualTo(1);
  }

  @Test
  void aSerialOutlivesTheProcess() throws IOException {
    zone("0", "www A 192.0.2.1");
    assertThat(served()).isEqualTo(5000);
    clock.set(9_000_000);
    assertThat(served()).as("nothing changed").isEqualTo(5000);
    zone("0", "www A 192.0.2.2");
    assertThat(served()).isEqualTo(9000);
    clock.set(1_000_000);
    zone("0", "www A 192.0.2.3");
    assertThat(served()).as("the clock went back").isEqualTo(9001);
    zone("20000", "www A 192.0.2.3");
    assertThat(served()).as("one of the operator's").isEqualTo(20_000);
    zone("0", "www A 192.0.2.4");
    assertThat(served()).isEqualTo(20_001);
    assertThat(complaints).isEmpty();
  }

  @Test
  void aFileThatCannotBeReadIsSaidAndPassedOver() throws IOException {
    zone("0", "www A 192.0.2.1");
    for (String broken : List.of("{", "[]", "{\"example.com.\":{\"serial\":-1}}", "null")) {
      Files.writeString(folder.resolve("state/serials.json"), broken);
      complaints.clear();
      assertThat(serial(new ZoneSerials(clock::get, complaints::add))).isEqualTo(5000);
      assertThat(complaints)
          .singleElement()
          .asString()
          .contains("serials.json cannot be read and is passed over, a copy is ")
          .contains("serials.json.unreadable")
          .endsWith("; serials begin at the time of day")
          .doesNotContain("java.", "Exception", "Token");
    }
    assertThat(folder.resolve("state/serials.json.unreadable")).hasContent("{");
    assertThat(folder.resolve("state/serials.json.unreadable.4")).hasContent("null");
  }

  @Test
  void serialsThatTheDiskDidNotTakeAreWrittenOnceItDoes() throws IOException {
    zone("0", "www A 192.0.2.1");
    var serials = new ZoneSerials(clock::get, complaints::add);
    Loading.Whole whole = load(serials);
    Path inTheWay = Files.createDirectories(folder.resolve("state/serials.json.new/more"));
    serials.keep(whole.data().values());
    assertThat(serials.notKept()).contains("serials.json cannot be written (");
    serials.keep(whole.data().values());
    assertThat(serials.notKept()).as("tried again").isNotNull();
    Files.delete(inTheWay); // an empty folder is replaced
    serials.keep(whole.data().values());
    assertThat(serials.notKept()).isNull();
    clock.set(9_000_000);
    assertThat(served()).as("what is on disk").isEqualTo(5000);
  }

  /** What a process that starts now would serve; it leaves that to the next one. */
  private long served() throws IOException {
    var serials = new ZoneSerials(clock::get, complaints::add);
    long serial = serial(serials);
    serials.keep(load(serials).data().values());
    return serial;
  }

  private long serial(ZoneSerials serials) {
    return load(serials).zones().all().getFirst().serial();
  }

  private Loading.Whole load(ZoneSerials serials) {
    Loading.Whole whole = Loading.load(Written.write(folder, CONFIGURATION), serials).whole();
    assertThat(whole).isNotNull();
    return whole;
  }

  private void zone(String serial, String records) throws IOException {
    Files.createDirectories(folder.resolve("state"));
    Files.writeString(
        folder.resolve("com.zone"),
        "@ SOA ns1 h " + serial + " 1h 1h 1d 60\n@ NS ns1\nns1 A 192.0.2.53\n" + records + "\n");
  }
}

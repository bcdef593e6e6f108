package dev.azimuth.zones;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Zone data in files, and what they include. */
class MasterFileTest {
  @Test
  void includesStayInsideTheFolder(@TempDir Path top) throws IOException {
    Path folder = Files.createDirectories(top.resolve("zone/sub")).getParent();
    write(top.resolve("secret"), "s A 192.0.2.1\n");
    Files.createSymbolicLink(folder.resolve("link"), top.resolve("secret"));
    write(folder.resolve("good"), "$ORIGIN in.example.com.\n$TTL 7\nw A 192.0.2.1\n\nv A bad\n");
    write(folder.resolve("sub/fine"), "w A 192.0.2.2\n");
    write(folder.resolve("self"), "$INCLUDE self\n");
    write(folder.resolve("raw"), "\0\377");
    String text =
        ZoneText.APEX
            + """
            $INCLUDE good
            $INCLUDE "sub/fine" other.example.com.
            back A 192.0.2.3
            $INCLUDE ../secret
            $INCLUDE link
            $INCLUDE self
            $INCLUDE sub
            $INCLUDE raw
            """;
    var loaded = ZoneLoader.load(ZoneText.source("example.com", text, folder, Map.of()));
    assertThat(
            loaded.problems().stream()
                .map(p -> p.source().replace(folder + "/", "") + " " + ZoneLoaderTest.brief(p)))
        .containsExactly(
            "zone ERROR INCLUDE_OUTSIDE 7:10",
            "zone ERROR INCLUDE_OUTSIDE 8:10",
            "zone ERROR INCLUDE 10:10",
            "zone ERROR INCLUDE 11:10",
            "good ERROR DATA 5:5",
            "self ERROR INCLUDE 1:10");

    write(folder.resolve("good"), "$ORIGIN in.example.com.\n$TTL 7\nw A 192.0.2.1\n");
    String sound = text.lines().limit(6).reduce("", (a, b) -> a + b + "\n");
    var whole = ZoneLoader.load(ZoneText.source("example.com", sound, folder, Map.of()));
    assertThat(whole.files().stream().map(SourceFile::path))
        .containsExactly(
            folder.toRealPath().resolve("good"), folder.toRealPath().resolve("sub/fine"));
    Zone zone = ZoneText.zone(whole);
    assertThat(ZoneLoaderTest.rec(zone, "w.in.example.com.", "A")).containsExactly("7 A 192.0.2.1");
    assertThat(ZoneLoaderTest.rec(zone, "w.other.example.com.", "A"))
        .containsExactly("7 A 192.0.2.2");
    assertThat(ZoneLoaderTest.rec(zone, "back.example.com.", "A")).containsExactly("7 A 192.0.2.3");
  }

  @Test
  void anIncludedFileGoesOnWithTheNameInForceAndGivesItsTtlBack(@TempDir Path folder)
      throws IOException {
    write(folder.resolve("more"), "  TXT inside\n$TTL 9\nx A 192.0.2.1\n");
    String text = ZoneText.APEX + "w A 192.0.2.1\n$INCLUDE more\n  TXT behind\n";
    Zone zone =
        ZoneText.zone(ZoneLoader.load(ZoneText.source("example.com", text, folder, Map.of())));
    assertThat(ZoneLoaderTest.rec(zone, "w.example.com.", "TXT"))
        .containsExactly("9 TXT inside", "9 TXT behind");
    assertThat(ZoneLoaderTest.rec(zone, "x.example.com.", "A")).containsExactly("9 A 192.0.2.1");
  }

  @Test
  void includesEndAtADepth(@TempDir Path folder) throws IOException {
    for (int i = 1; i <= 9; i++) {
      write(folder.resolve("f" + i), "n" + i + " A 192.0.2.1\n$INCLUDE f" + (i + 1) + "\n");
    }
    String text = ZoneText.APEX + "$INCLUDE f1\n";
    assertThat(ZoneLoader.load(ZoneText.source("example.com", text, folder, Map.of())).problems())
        .singleElement()
        .satisfies(p -> assertThat(p.code() + p.line()).isEqualTo("INCLUDE2"))
        .satisfies(p -> assertThat(p.source()).endsWith("f8"));
  }

  @Test
  void aZoneFileThatIncludesItselfIsReadOnce(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("zone");
    write(file, ZoneText.APEX + "a A 192.0.2.1\n$INCLUDE zone\n");
    assertThat(ZoneLoader.load(masterFile(file)).problems())
        .singleElement()
        .satisfies(p -> assertThat(p.code() + p.line()).isEqualTo("INCLUDE5"))
        .satisfies(p -> assertThat(p.message()).contains("includes itself"));
  }

  private static void write(Path file, String text) throws IOException {
    Files.write(file, text.getBytes(StandardCharsets.ISO_8859_1));
  }

  @Test
  void theContentIsWhatTheZoneIsMadeOf(@TempDir Path folder) throws IOException {
    String text = ZoneText.APEX + "$INCLUDE more\n";
    write(folder.resolve("more"), "a A 192.0.2.1\n");
    String content = content(text, folder, Map.of("x.example.com.", 1));
    assertThat(content(text, folder, Map.of("x.example.com.", 2))).isEqualTo(content);
    assertThat(content(text, folder, Map.of("y.example.com.", 1))).isNotEqualTo(content);
    assertThat(content(text + ";", folder, Map.of("x.example.com.", 1))).isNotEqualTo(content);
    write(folder.resolve("more"), "a A 192.0.2.2\n");
    assertThat(content(text, folder, Map.of("x.example.com.", 1))).isNotEqualTo(content);
  }

  private static String content(String text, Path folder, Map<String, Integer> steered) {
    return ZoneLoader.load(ZoneText.source("example.com", text, folder, steered)).content();
  }

  @Test
  void aMasterFileIsReadAndKnownAsItWasRead(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("zone");
    write(folder.resolve("more"), "a A 192.0.2.1\n");
    write(
        file,
        "\357\273\277"
            + (ZoneText.APEX + "$INCLUDE more\nb CLASS1 A 192.0.2.2\n").replace("\n", "\r\n"));
    var loaded = ZoneLoader.load(masterFile(file));
    Zone zone = ZoneText.zone(loaded);
    assertThat(ZoneLoaderTest.rec(zone, "a.example.com.", "A")).hasSize(1);
    assertThat(ZoneLoaderTest.rec(zone, "b.example.com.", "A")).hasSize(1);
    assertThat(loaded.files()).allMatch(SourceFile::unchanged);
    assertThat(loaded.files().stream().map(f -> f.path().getFileName().toString()))
        .containsExactly("zone", "more");
    write(folder.resolve("more"), "a A 192.0.2.9\n");
    assertThat(loaded.files().stream().filter(f -> !f.unchanged()).map(SourceFile::path))
        .containsExactly(folder.resolve("more"));
    write(folder.resolve("more"), "a A 192.0.2.1\n");
    assertThat(loaded.files()).as("touched only").allMatch(SourceFile::unchanged);
  }

  @Test
  void aFileThatCannotBeReadIsAProblem(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("zone");
    assertThat(ZoneLoader.load(masterFile(file)).problems())
        .extracting(ZoneProblem::code)
        .contains("FILE");
    write(file, ZoneText.APEX + "x TXT \"\374\"\n");
    var loaded = ZoneLoader.load(masterFile(file));
    assertThat(loaded.zone()).isNull();
    assertThat(loaded.problems())
        .singleElement()
        .satisfies(p -> assertThat(p.message()).contains("no UTF-8 text"));
    assertThat(loaded.files()).singleElement().satisfies(f -> assertThat(f.digest()).isEmpty());
  }

  private static ZoneSource masterFile(Path file) {
    return new ZoneSource(
        "example.com",
        file.toString(),
        new ZoneSource.MasterFile(file),
        file.getParent(),
        3600,
        30,
        Map.of(),
        Set.of());
  }
}

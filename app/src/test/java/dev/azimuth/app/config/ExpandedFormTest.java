package dev.azimuth.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.steering.AllDown;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ExpandedFormTest {
  @TempDir private Path folder;

  static List<Path> good() {
    return Corpus.good();
  }

  private Config reload(Config config) throws IOException {
    String yaml = ExpandedForm.print(config);
    Loaded loaded = ConfigLoader.load(Files.writeString(folder.resolve("long.yaml"), yaml));
    return Objects.requireNonNull(loaded.config(), () -> loaded.print(false) + "\n" + yaml);
  }

  /** Records that stood in one file now stand in another, and defaults in the zones. */
  private static Config withoutPlaces(Config config) {
    Map<String, Config.ZoneConfig> zones = new LinkedHashMap<>();
    config
        .zones()
        .forEach(
            (origin, zone) ->
                zones.put(
                    origin,
                    new Config.ZoneConfig(
                        zone.origin(),
                        zone.records(),
                        zone.records() != null ? "" : zone.source(),
                        1,
                        0,
                        zone.records() != null ? Path.of("") : zone.folder(),
                        zone.steeredTtl(),
                        zone.staticTtl(),
                        zone.negativeTtl(),
                        new AllDown.Said(zone.allDown().form(), AllDown.Level.ZONE),
                        zone.names())));
    return new Config(
        List.of(),
        config.server(),
        config.geo(),
        config.views(),
        config.health(),
        config.checks(),
        config.combinations(),
        config.pools(),
        zones,
        config.balancers());
  }

  @ParameterizedTest
  @MethodSource("good")
  void theLongFormMeansTheSame(Path file) throws IOException {
    Config config = Objects.requireNonNull(ConfigLoader.load(file).config());
    Config again = reload(config);
    assertThat(withoutPlaces(again)).isEqualTo(withoutPlaces(config));
  }

  @Test
  void anyConfigurationLoadsAgainAsItself() throws IOException {
    Random random = new Random(20_261_121);
    Path parts = Corpus.FOLDER.resolve("good/parts").toAbsolutePath().normalize();
    for (int i = 0; i < 300; i++) {
      Config config = RandomConfig.of(random, folder, parts);
      assertThat(withoutPlaces(reload(config))).isEqualTo(withoutPlaces(config));
    }
  }

  @ParameterizedTest
  @MethodSource("good")
  void theLongFormOfTheLongFormIsTheSame(Path file) throws IOException {
    Config config = Objects.requireNonNull(ConfigLoader.load(file).config());
    assertThat(ExpandedForm.print(reload(config))).isEqualTo(ExpandedForm.print(config));
  }
}

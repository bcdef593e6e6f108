package dev.azimuth.app.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Configurations written to a file and read as the product reads them. */
final class Written {
  static final String REGIONS =
      """
      server: { listen: [ "127.0.0.1:0" ], state_dir: state }
      checks: { web: { tcp: 80, every: 10s, fall: 1, rise: 1 } }
      pools:
        eu: { check: web, failback_hold: 0s, backends: { fra1: 192.0.2.1, fra2: 192.0.2.2 } }
        us: { check: web, backends: { iad1: 198.51.100.1 } }
      zones:
        example.com:
          records: |
            @   SOA ns1 hostmaster 1 1h 15m 7d 60
            @   NS  ns1
            ns1 A   203.0.113.53
          names:
            www: { to: [ eu, us ] }
      """;

  private Written() {}

  static Loading.Whole load(Path folder, String yaml) {
    Loading.Result result = Loading.load(write(folder, yaml));
    assertThat(result.print(false)).doesNotContain("error[");
    Loading.Whole whole = result.whole();
    assertThat(whole).isNotNull();
    return whole;
  }

  static Path write(Path folder, String yaml) {
    try {
      return Files.writeString(folder.resolve("azimuth.yaml"), yaml);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

package dev.azimuth.app.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoadingTest {
  @TempDir private Path folder;

  @Test
  void problemsOfZoneDataStandBesideThoseOfTheConfigurationInOneRun() {
    Loading.Result result =
        Loading.load(
            Written.write(
                folder,
                Written.REGIONS
                    .replace("every: 10s", "every: soon")
                    .replace("ns1 A   203.0.113.53", "ns1 A   203.0.113")
                    .replace("us: { check: web", "us: { chek: web")));
    assertThat(result.whole()).isNull();
    assertThat(result.print(false))
        .contains("checks.web.every")
        .contains("\"chek\" is no option of pool")
        .containsPattern("azimuth\\.yaml:11:\\d+: error.*203\\.0\\.113");
    assertThat(result.loaded().problems()).hasSize(3);
  }
}

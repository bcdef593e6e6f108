package dev.azimuth.app.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.app.admin.Token;
import dev.azimuth.app.config.Config;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HintsTest {
  @TempDir private Path folder;

  private Path secret(String name, String permissions) throws IOException {
    Path file = Files.writeString(folder.resolve(name), "e5e973e5a6b2a43f48e7dc849e37bfcf\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    return file;
  }

  private Config config(Path cookies) {
    String options = "cookies: { secret: { file: %s } }, state_dir".formatted(cookies);
    return Written.load(folder, Written.REGIONS.replace("state_dir", options)).config();
  }

  @Test
  void secretsThatOthersMayReadAreTold() throws IOException {
    Config config = config(secret("cookies", "rw-r--r--"));
    assertThat(Hints.now(new Token(secret("token", "rw-r--r--")), config, Map.of()))
        .satisfiesExactly(
            hint -> assertThat(hint).startsWith("the token in ").contains("/token is no secret"),
            hint ->
                assertThat(hint)
                    .startsWith("the cookie secret in ")
                    .contains("/cookies is no secret: chmod g-w,o= ")
                    .doesNotContain("e5e9"));
  }

  @Test
  void certificatesThatEndSoonAreToldWithTheirBalancer() {
    Path parts = Path.of("src/test/resources/config/good/parts").toAbsolutePath();
    Config config =
        Written.load(
                folder,
                Written.REGIONS
                    + "balancers: { web: { listen: \"tcp://127.0.0.1:443\", to: eu, tls: {"
                    + " certificates: { chain: %s/probe.pem, key: { file: %s/probe-key.pem } } } } }\n"
                        .formatted(parts, parts))
            .config();
    String said = "balancer web: the certificate " + parts.resolve("probe.pem");
    assertThat(Hints.certificates(config, Instant.parse("2100-01-01T00:00:00Z"))).isEmpty();
    assertThat(Hints.certificates(config, Instant.parse("2126-10-22T01:45:58Z")))
        .containsExactly(said + " ends at 2126-10-29T01:45:57Z: renew it");
    assertThat(Hints.certificates(config, Instant.parse("2126-10-29T01:45:57Z")))
        .containsExactly(said + " ended at 2126-10-29T01:45:57Z");
    assertThat(Hints.certificates(config, Instant.parse("2026-11-22T01:45:56Z")))
        .containsExactly(said + " is not valid before 2026-11-22T01:45:57Z");
  }

  @Test
  void secretsThatCannotBeReadAreTold() throws IOException {
    Config config =
        Written.load(
                folder,
                Written.REGIONS
                    + "health: { heartbeats: { listen: \"127.0.0.1:0\", secret: { file: beats } },"
                    + " webhooks: [ { url: \"http://127.0.0.1:1/\", secret: { file: hook } } ] }\n")
            .config();
    assertThat(Hints.now(new Token(folder.resolve("token")), config, Map.of()))
        .containsExactly(
            "the webhook secret in %s cannot be read: there is no such file"
                .formatted(folder.resolve("hook")),
            "the heartbeat secret in %s cannot be read: there is no such file"
                .formatted(folder.resolve("beats")));
  }

  @Test
  void nothingIsToldOfSecretsThatAreKept() throws IOException {
    Config config = config(secret("cookies", "rw-r-----"));
    assertThat(Hints.now(new Token(secret("token", "rw-------")), config, Map.of())).isEmpty();
    assertThat(Hints.now(null, config, Map.of("elsewhere.example.", "timeout"))).isEmpty();
  }
}

package dev.azimuth.health;

import static dev.azimuth.health.Samples.GOOD;
import static dev.azimuth.health.Samples.target;
import static dev.azimuth.health.Samples.timing;
import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.health.ProbeResult.Code;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers that ask for a certificate are shown one. */
class ClientCertificateTest {
  private static final Timing PATIENT = timing(60_000, 50, 20_000, 1, 1);

  @TempDir private Path folder;

  private final BlockingQueue<String> seen = new LinkedBlockingQueue<>();
  private Authority authority;

  @BeforeEach
  void makeAuthority() throws Exception {
    authority = new Authority(folder);
  }

  private Secure secure(Secure.Identity identity) throws Exception {
    Secure.Authority root = new Secure.Authority(Path.of("ca.pem"), List.of(authority.root()));
    return new Secure(true, "www.example.com", root, identity, null);
  }

  private static Secure.Identity identity(Authority.Issued issued) {
    return new Secure.Identity(
        Path.of("own.pem"), Path.of("own.key"), List.of(issued.certificate()), issued.key());
  }

  private static Check http(Secure secure) {
    return Samples.http(
        secure,
        Check.Request.get("/", "www.example.com"),
        Check.Expected.status(GOOD),
        false,
        PATIENT);
  }

  /** Wants a certificate of the authority. */
  private TestServer server(String version) throws Exception {
    return TestServer.tls(
        authority.issue("www.example.com").demanding(authority.trust()),
        (server, socket) -> {
          SSLSocket secure = (SSLSocket) socket;
          secure.setNeedClientAuth(true);
          secure.setEnabledProtocols(new String[] {version});
          secure.startHandshake();
          seen.add(secure.getSession().getPeerPrincipal().getName());
          TestServer.status("200 OK").serve(server, socket);
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void aServerThatAsksIsShownTheCertificate(String version) throws Exception {
    Authority.Issued own = authority.issue("probe.example.com");
    try (TestServer server = server(version)) {
      ProbeResult result = Watcher.probe(target(server.port(), http(secure(identity(own)))));

      assertThat(result.code()).as(result.toString()).isEqualTo(Code.L7OK);
      assertThat(seen).containsExactly(own.certificate().getSubjectX500Principal().getName());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void aServerThatGetsNoneOrAStrangersEndsTheHandshake(String version) throws Exception {
    Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
    Authority.Issued foreign = new Authority(elsewhere).issue("probe.example.com");
    try (TestServer server = server(version)) {
      for (Secure.Identity each : new Secure.Identity[] {null, identity(foreign)}) {
        ProbeResult result = Watcher.probe(target(server.port(), http(secure(each))));

        assertThat(result.code()).as(result.toString()).isEqualTo(Code.L6RSP);
        assertThat(result.detail()).isNotEmpty();
      }
      assertThat(seen).isEmpty();
    }
  }

  @Test
  void anIdentityIsEqualByItsCertificatesAndTellsNothingOfItsKey() throws Exception {
    Authority.Issued one = authority.issue("probe.example.com");
    Authority.Issued other = authority.issue("probe.example.com");
    Target target = target(443, http(secure(identity(one))));

    assertThat(target).isEqualTo(target(443, http(secure(identity(one)))));
    assertThat(target).hasSameHashCodeAs(target(443, http(secure(identity(one)))));
    assertThat(target).isNotEqualTo(target(443, http(secure(identity(other)))));
    assertThat(target.question())
        .as("a renewed certificate asks the same")
        .isEqualTo(target(443, http(secure(identity(other)))).question());
    assertThat(target.toString())
        .as("so does its text")
        .isEqualTo(target(443, http(secure(identity(other)))).toString())
        .contains("identity=own.pem own.key,")
        .doesNotContain(one.key().toString());
    assertThat(target.toString()).isNotEqualTo(target(443, http(secure(null))).toString());
  }
}

package dev.azimuth.app.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.azimuth.app.config.BalancerConfig;
import dev.azimuth.balancer.Settings;
import dev.azimuth.health.Secure;
import dev.azimuth.resolver.CookieSecrets;
import dev.azimuth.resolver.Identity;
import dev.azimuth.steering.Salt;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PersonaTest {
  private static final String SECRET = "e5e973e5a6b2a43f48e7dc849e37bfcf";

  @TempDir private Path folder;

  private Persona persona;

  @BeforeEach
  void begin() {
    persona =
        new Persona(
            "1.2.3",
            "host.example",
            CookieSecrets.random(new Random(1)),
            folder.resolve("sticky_salt"));
  }

  private Loading.Whole whole(String server) {
    return Written.load(folder, Written.REGIONS.replace("server: {", "server: { " + server + ","));
  }

  private Loading.Whole applied(String server) throws IOException {
    return persona.apply(whole(server));
  }

  private static Identity identity(byte[] nsid, String version, String id, String hostname) {
    return new Identity(nsid, version, id, hostname);
  }

  private static byte[] octets(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void withoutTheKeyOfACertificateItShowsNothing() {
    Path parts = Path.of("src/test/resources/config/good/parts").toAbsolutePath();
    String tls =
        """
        balancers:
          web:
            listen: "tcp://127.0.0.1:443"
            to: eu
            tls: { certificates: { chain: %s/probe.pem, key: { file: %s/probe-key.pem } } }
        """
            .formatted(parts, parts);
    Loading.Whole read = Written.load(folder, Written.REGIONS + tls);
    BalancerConfig web = Objects.requireNonNull(read.config().balancers().get("web"));
    Settings.Termination ended = Objects.requireNonNull(web.settings().tls());
    Secure.Identity shown = ended.certificates().getFirst();
    var unread = new Secure.Identity(shown.chain(), shown.keyFile(), shown.certificates(), null);
    Settings settings =
        web.settings()
            .with(
                new Settings.Termination(
                    List.of(unread), ended.strict(), ended.versions(), ended.protocols()),
                null);
    assertThatThrownBy(() -> Persona.requireKeys(Stream.of(web.with(settings)), Stream.of()))
        .isInstanceOf(SharedSecrets.Unusable.class)
        .hasMessageContaining(parts.resolve("probe-key.pem") + " of the certificate ")
        .hasMessageEndingWith("may not be read");
    assertThatCode(() -> persona.apply(read)).doesNotThrowAnyException();
  }

  @Test
  void byItselfItTellsVersionAndHostButNoIdentifier() throws IOException {
    assertThat(applied("reload: auto").identity())
        .isEqualTo(identity(new byte[0], "Azimuth 1.2.3", "", "host.example"));
  }

  @Test
  void whatTheOperatorSaysCounts() throws IOException {
    assertThat(applied("identity: { nsid: fra1 }").identity())
        .isEqualTo(identity(octets("fra1"), "Azimuth 1.2.3", "fra1", "host.example"));
    assertThat(applied("identity: { nsid: \"0x00ff\", version: x, hostname: \"off\" }").identity())
        .isEqualTo(identity(new byte[] {0, -1}, "x", "", ""));
    assertThat(applied("identity: { nsid: a, id: b, version: \"off\", hostname: c }").identity())
        .isEqualTo(identity(octets("a"), "", "b", "c"));
  }

  @Test
  void secretsAreThoseOfTheFileOrOfTheProcess() throws IOException {
    assertThat(applied("reload: auto").cookies()).isEqualTo(persona.random());
    assertThat(applied("cookies: random").cookies()).isEqualTo(persona.random());
    assertThat(applied("cookies: \"off\"").cookies()).isEqualTo(CookieSecrets.OFF);
    Files.writeString(folder.resolve("secrets"), SECRET);
    assertThat(applied("cookies: { secret: { file: secrets } }").cookies())
        .isEqualTo(CookieSecrets.of(List.of(HexFormat.of().parseHex(SECRET))));
  }

  @Test
  void onlyWhoAnswersNeedsTheSecrets() {
    Loading.Whole whole = whole("cookies: { secret: { file: none } }");
    assertThat(whole.cookies()).isEqualTo(CookieSecrets.OFF);
    assertThatThrownBy(() -> persona.apply(whole)).isInstanceOf(SharedSecrets.Unusable.class);
  }

  private Loading.Whole sticky(String server) {
    return Written.load(
        folder,
        Written.REGIONS
            .replace("server: {", "server: { " + server)
            .replace("www: { to:", "www: { pick: sticky, to:"));
  }

  @Test
  void theSaltIsThatOfTheFileOrOneThatTheNodeKeeps() throws IOException {
    Salt own = persona.apply(sticky("")).salt();
    Path kept = folder.resolve("sticky_salt");
    assertThat(own).isNotEqualTo(Salt.NONE);
    assertThat(Files.getPosixFilePermissions(kept))
        .containsExactlyInAnyOrder(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
    assertThat(persona.apply(sticky("")).salt()).isEqualTo(own);

    Files.writeString(folder.resolve("shared"), SECRET);
    assertThat(persona.apply(sticky("sticky_salt: { file: shared },")).salt())
        .isEqualTo(Salt.of(HexFormat.of().parseHex(SECRET)));
    Files.writeString(folder.resolve("shared"), SECRET + "\n" + SECRET);
    Loading.Whole two = sticky("sticky_salt: { file: shared },");
    assertThatThrownBy(() -> persona.apply(two))
        .isInstanceOf(SharedSecrets.Unusable.class)
        .hasMessageStartingWith("server.sticky_salt: ")
        .hasMessageEndingWith("does not hold 1 line of 32 hexadecimal digits");
  }

  @Test
  void whereNothingIsStickyThereIsNoSalt() throws IOException {
    assertThat(applied("sticky_salt: { file: none }").salt()).isEqualTo(Salt.NONE);
    assertThat(folder.resolve("sticky_salt")).doesNotExist();
  }
}

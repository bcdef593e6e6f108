package dev.azimuth.health;

import static dev.azimuth.health.Samples.https;
import static dev.azimuth.health.Samples.target;
import static dev.azimuth.health.Samples.timing;
import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.health.ProbeResult.Code;
import java.io.DataInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TlsProbeTest {
  private static final char[] PASSWORD = "changeit".toCharArray();
  private static final Timing PATIENT = timing(60_000, 50, 20_000, 1, 1);

  private static final Secure SECURE = new Secure(true, "www.example.com", null, null);

  private static KeyStore keys;
  private static KeyStore trust;

  @BeforeAll
  static void makeCertificates(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("keys.p12");
    String san = "san=dns:www.example.com";
    String[] authority = {"-ext", "bc:critical=ca:true"};
    Keytool.add(file, PASSWORD, "ca", authority);
    Keytool.add(file, PASSWORD, "elsewhere", authority);
    Keytool.add(file, PASSWORD, "middle", "-signer", "ca", "-ext", "bc:critical=ca:true");
    Keytool.add(
        file,
        PASSWORD,
        "old",
        "-signer",
        "ca",
        "-ext",
        "bc:critical=ca:true",
        "-startdate",
        "-9d",
        "-validity",
        "5");
    Keytool.add(file, PASSWORD, "good", "-signer", "ca", "-ext", san);
    Keytool.add(file, PASSWORD, "wrong", "-signer", "ca", "-ext", "san=dns:other.example.com");
    Keytool.add(file, PASSWORD, "nameless", "-signer", "ca");
    Keytool.add(file, PASSWORD, "www.example.com", "-signer", "ca");
    Keytool.add(
        file, PASSWORD, "part", "-signer", "ca", "-ext", Keytool.alternativeName("w*.example.com"));
    Keytool.add(file, PASSWORD, "wild", "-signer", "ca", "-ext", "san=dns:*.Example.com");
    Keytool.add(
        file, PASSWORD, "numbers", "-signer", "ca", "-ext", "san=ip:192.0.2.1,ip:2001:db8::1");
    Keytool.add(file, PASSWORD, "client", "-signer", "ca", "-ext", san, "-ext", "eku=clientAuth");
    Keytool.add(file, PASSWORD, "agrees", "-signer", "ca", "-ext", san, "-ext", "ku=keyAgreement");
    Keytool.add(
        file,
        PASSWORD,
        "expired",
        "-signer",
        "ca",
        "-ext",
        san,
        "-startdate",
        "-10d",
        "-validity",
        "5");
    Keytool.add(file, PASSWORD, "future", "-signer", "ca", "-ext", san, "-startdate", "+2d");
    Keytool.add(file, PASSWORD, "soon", "-signer", "ca", "-ext", san, "-validity", "10");
    Keytool.add(file, PASSWORD, "self", "-ext", san);
    Keytool.add(file, PASSWORD, "stranger", "-signer", "elsewhere", "-ext", san);
    Keytool.add(file, PASSWORD, "under", "-signer", "middle", "-ext", san);
    Keytool.add(file, PASSWORD, "underOld", "-signer", "old", "-ext", san);
    keys = KeyStore.getInstance(file.toFile(), PASSWORD);
    trust = KeyStore.getInstance("PKCS12");
    trust.load(null, null);
    trust.setCertificateEntry("ca", keys.getCertificate("ca"));
  }

  /** The context of a server that shows these, its own first. */
  private static SSLContext context(String... aliases) throws Exception {
    X509Certificate[] chain = new X509Certificate[aliases.length];
    for (int i = 0; i < chain.length; i++) {
      chain[i] = (X509Certificate) keys.getCertificate(aliases[i]);
    }
    return Shown.context((PrivateKey) keys.getKey(aliases[0], PASSWORD), chain);
  }

  private static ProbeResult probe(String alias, boolean verify) throws Exception {
    try (TestServer server = TestServer.tls(context(alias), TestServer.status("200 OK"))) {
      return Watcher.probe(target(server.port(), https(verify, "www.example.com", PATIENT)), trust);
    }
  }

  @Test
  void aTrustedCertificateWithTheNameIsGood() throws Exception {
    assertThat(probe("good", true).code()).isEqualTo(Code.L7OK);
  }

  @ParameterizedTest
  @CsvSource({
    "expired, 'certificate ended [0-9-]{10}'",
    "future, 'certificate begins [0-9-]{10}'",
    "wrong, 'certificate is for other.example.com'",
    "nameless, 'certificate is for no alternative name'",
    "www.example.com, 'certificate is for no alternative name'",
    "part, 'certificate is for w[*].example.com'",
    "numbers, 'certificate is for no host name'",
    "client, 'certificate is not for servers'",
    "agrees, 'certificate is not for servers'",
    "self, 'self-signed certificate'",
    "stranger, 'unknown issuer CN=elsewhere'",
    "under, 'unknown issuer CN=middle'",
    "under elsewhere, 'broken chain: the next certificate did not sign that of CN=under'",
    "underOld old, 'certificate of the issuer ended [0-9-]{10}'",
  })
  void anyOtherCertificateFailsTheHandshakeAndSaysWhy(String shown, String detail)
      throws Exception {
    try (TestServer server =
        TestServer.tls(context(shown.split(" ", -1)), TestServer.status("200 OK"))) {
      for (Check check :
          List.of(
              https(true, "www.example.com", PATIENT),
              new Check.Handshake(SECURE, null, OptionalInt.empty(), PATIENT))) {
        ProbeResult result = Watcher.probe(target(server.port(), check), trust);

        assertThat(result.code()).isEqualTo(Code.L6RSP);
        assertThat(result.detail()).matches(detail);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "wild, www.example.com, www.example.com",
    "good, WWW.example.com, WWW.example.com",
    "numbers, 192.0.2.1, 192.0.2.1",
    "numbers, 2001:db8::1, [2001:db8::1]",
  })
  void aWildcardForAWholeLabelAndAnAddressAreNamesToo(String alias, String name, String asked)
      throws Exception {
    try (TestServer server = TestServer.tls(context(alias), TestServer.status("200 OK"))) {
      Target target = target(server.port(), https(true, name, PATIENT));
      assertThat(Watcher.probe(target, trust).code()).isEqualTo(Code.L7OK);
      assertThat(server.requests.take()).contains("host: " + asked + "\r\n");
    }
  }

  @Test
  void anIssuerBetweenIsFollowed() throws Exception {
    try (TestServer server =
        TestServer.tls(context("under", "middle"), TestServer.status("200 OK"))) {
      Target target = target(server.port(), https(true, "www.example.com", PATIENT));

      assertThat(Watcher.probe(target, trust).code()).isEqualTo(Code.L7OK);
    }
  }

  @Test
  void aHandshakeIsEnoughWhereNoMoreIsAskedFor() throws Exception {
    try (TestServer server = TestServer.tls(context("good"), TestServer.hang())) {
      Check check = new Check.Handshake(SECURE, null, OptionalInt.empty(), PATIENT);

      assertThat(Watcher.probe(target(server.port(), check), trust).code()).isEqualTo(Code.L6OK);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "10, 2, L6OK, ''",
    "14, 2, L6OK, 'certificate ends in 9 d'",
    "30, 14, L6RSP, 'certificate ends in 9 d'",
  })
  void aCertificateThatSoonEndsIsWarnedOfOrFails(
      int warnDays, int failDays, Code code, String detail) throws Exception {
    Secure.Expiry expiry =
        new Secure.Expiry(Duration.ofDays(warnDays).minusHours(1), Duration.ofDays(failDays));
    for (boolean verify : new boolean[] {true, false}) {
      Secure secure = new Secure(verify, "www.example.com", null, expiry);
      Check check = new Check.Handshake(secure, null, OptionalInt.empty(), PATIENT);
      try (TestServer server = TestServer.tls(context("soon"), TestServer.hang());
          Watcher watcher = new Watcher(1, trust)) {
        Target target = target(server.port(), check);
        watcher.watch(target);
        ProbeResult result = watcher.nextVerdict(target);

        assertThat(result.code()).isEqualTo(code);
        assertThat(result.detail()).isEqualTo(detail);
        X509Certificate soon = (X509Certificate) keys.getCertificate("soon");
        assertThat(watcher.prober.certificateEnds())
            .containsExactly(Map.entry(target, soon.getNotAfter().toInstant().toEpochMilli()));
        watcher.watch();
        watcher.prober.close();
        assertThat(watcher.prober.certificateEnds()).isEmpty();
      }
    }
  }

  @Test
  void anExpiredCertificateFailsUnverifiedWhereItsEndIsAskedFor() throws Exception {
    Secure secure =
        new Secure(false, null, null, new Secure.Expiry(Duration.ofDays(14), Duration.ofDays(2)));
    try (TestServer server = TestServer.tls(context("expired"), TestServer.hang())) {
      Check check = new Check.Handshake(secure, null, OptionalInt.empty(), PATIENT);
      ProbeResult result = Watcher.probe(target(server.port(), check), trust);

      assertThat(result.code()).isEqualTo(Code.L6RSP);
      assertThat(result.detail()).matches("certificate ended [45] d ago");
    }
  }

  @Test
  void rootsOfOnesOwnAreTrustedInPlaceOfTheUsual() throws Exception {
    Secure.Authority elsewhere =
        new Secure.Authority(
            Path.of("elsewhere.pem"), List.of((X509Certificate) keys.getCertificate("elsewhere")));
    Check check =
        new Check.Handshake(
            new Secure(true, "www.example.com", elsewhere, null),
            null,
            OptionalInt.empty(),
            PATIENT);
    try (TestServer stranger = TestServer.tls(context("stranger"), TestServer.hang());
        TestServer usual = TestServer.tls(context("good"), TestServer.hang())) {
      assertThat(Watcher.probe(target(stranger.port(), check), trust).code()).isEqualTo(Code.L6OK);
      assertThat(Watcher.probe(target(usual.port(), check), trust).code()).isEqualTo(Code.L6RSP);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"good", "expired", "wrong", "self"})
  void withoutVerificationAnyCertificateIsGood(String alias) throws Exception {
    assertThat(probe(alias, false).code()).isEqualTo(Code.L7OK);
  }

  @Test
  void theJvmsOwnTrustStoreDoesNotTrustAPrivateRoot() throws Exception {
    try (TestServer server = TestServer.tls(context("good"), TestServer.status("200 OK"))) {
      Target target = target(server.port(), https(true, "www.example.com", PATIENT));

      assertThat(Watcher.probe(target).code()).isEqualTo(Code.L6RSP);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"www.example.com", "single", "under_score.example.com"})
  void theHostIsSentAsServerName(String host) throws Exception {
    assertThat(clientHello(host)).contains("\0" + (char) host.length() + host);
  }

  @ParameterizedTest
  @ValueSource(strings = {"192.0.2.1", "2001:db8::1"})
  void anAddressIsNotSentAsServerName(String host) throws Exception {
    assertThat(clientHello(host)).doesNotContain(host);
  }

  private static String clientHello(String host) throws Exception {
    CompletableFuture<String> hello = new CompletableFuture<>();
    try (TestServer server =
        TestServer.plain(
            (self, socket) -> {
              DataInputStream in = new DataInputStream(socket.getInputStream());
              in.skipNBytes(3); // type and version, RFC 8446, section 5.1
              byte[] message = in.readNBytes(in.readUnsignedShort());
              hello.complete(new String(message, StandardCharsets.ISO_8859_1));
            })) {
      Watcher.probe(target(server.port(), https(false, host, PATIENT)), trust);
      return hello.get(20, TimeUnit.SECONDS);
    }
  }

  @Test
  void everyProbeShakesHandsInFullSoThatItSeesTheCertificate() throws Exception {
    Timing often = timing(100, 50, 10_000, 1, 1);
    Set<Long> created = ConcurrentHashMap.newKeySet();
    Set<String> sessions = ConcurrentHashMap.newKeySet();
    try (TestServer server =
            TestServer.tls(
                context("good"),
                (self, socket) -> {
                  TestServer.status("200 OK").serve(self, socket);
                  SSLSession session = ((SSLSocket) socket).getSession();
                  sessions.add(HexFormat.of().formatHex(session.getId()));
                  created.add(session.getCreationTime());
                });
        Watcher watcher = new Watcher(1, trust)) {
      Target target = target(server.port(), https(true, "www.example.com", often));
      watcher.watch(target);
      for (int i = 0; i < 4; i++) {
        assertThat(watcher.next(target).code()).isEqualTo(Code.L7OK);
      }
      assertThat(sessions).hasSizeGreaterThanOrEqualTo(3);
      assertThat(created).hasSizeGreaterThanOrEqualTo(3);
    }
  }

  @Test
  void silenceInTheHandshakeRunsIntoTheTimeout() throws Exception {
    try (TestServer server = TestServer.plain(TestServer.hang())) {
      Timing hasty = timing(60_000, 50, 500, 1, 1);

      assertThat(
              Watcher.probe(target(server.port(), https(true, "www.example.com", hasty)), trust)
                  .code())
          .isEqualTo(Code.L6TOUT);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"HTTP/1.1 400 plain text to a TLS client\r\n\r\n", ""})
  void aServerWithoutTlsFailsTheHandshake(String answer) throws Exception {
    try (TestServer server =
        TestServer.plain(
            (self, socket) -> {
              socket.getInputStream().read();
              socket.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
              socket.shutdownOutput();
              TestServer.hang().serve(self, socket);
            })) {
      ProbeResult result =
          Watcher.probe(target(server.port(), https(false, "www.example.com", PATIENT)), trust);

      assertThat(result.code()).isEqualTo(Code.L6RSP);
      assertThat(result.detail()).matches("[ -~]{1,120}");
    }
  }

  @Test
  void aStatusOverTlsDecidesTheSame() throws Exception {
    try (TestServer server = TestServer.tls(context("good"), TestServer.status("503 No"))) {
      ProbeResult result =
          Watcher.probe(target(server.port(), https(true, "www.example.com", PATIENT)), trust);

      assertThat(result.code()).isEqualTo(Code.L7STS);
    }
  }

  @Test
  void whatIsWrittenOfRootsIsShortAndTellsThemApart() throws Exception {
    X509Certificate one = (X509Certificate) keys.getCertificate("elsewhere");
    X509Certificate other = (X509Certificate) keys.getCertificate("stranger");
    Path file = Path.of("roots.pem");
    Secure.Authority roots = new Secure.Authority(file, List.of(one));
    String sha =
        HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(one.getEncoded()));
    assertThat(roots).hasToString("roots.pem sha256:" + sha);
    assertThat(roots)
        .isEqualTo(new Secure.Authority(file, List.of(one)))
        .hasSameHashCodeAs(new Secure.Authority(file, List.of(one)))
        .isNotEqualTo(new Secure.Authority(file, List.of(other)))
        .isNotEqualTo(new Secure.Authority(Path.of("other.pem"), List.of(one)));
    assertThat(new Secure(true, "www.example.com", roots, null).toString().length())
        .isLessThan(200);
  }
}

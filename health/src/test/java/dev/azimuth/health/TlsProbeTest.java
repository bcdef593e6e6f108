package dev.azimuth.health;

import static dev.azimuth.health.Samples.https;
import static dev.azimuth.health.Samples.target;
import static dev.azimuth.health.Samples.timing;
import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.health.ProbeResult.Code;
import java.io.DataInputStream;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
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

  private static KeyStore keys;
  private static KeyStore trust;

  @BeforeAll
  static void makeCertificates(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("keys.p12");
    keytool(file, "ca", "-ext", "bc:critical=ca:true");
    keytool(file, "good", "-signer", "ca", "-ext", "san=dns:www.example.com");
    keytool(file, "wrong", "-signer", "ca", "-ext", "san=dns:other.example.com");
    keytool(
        file,
        "expired",
        "-signer",
        "ca",
        "-ext",
        "san=dns:www.example.com",
        "-startdate",
        "-10d",
        "-validity",
        "5");
    keytool(file, "self", "-ext", "san=dns:www.example.com");
    keys = KeyStore.getInstance(file.toFile(), PASSWORD);
    trust = KeyStore.getInstance("PKCS12");
    trust.load(null, null);
    trust.setCertificateEntry("ca", keys.getCertificate("ca"));
  }

  private static void keytool(Path file, String alias, String... more) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(System.getProperty("java.home") + File.separator + "bin/keytool");
    command.addAll(
        List.of("-genkeypair", "-alias", alias, "-dname", "CN=" + alias, "-keyalg", "EC"));
    command.addAll(List.of("-keystore", file.toString(), "-storepass", new String(PASSWORD)));
    command.addAll(List.of("-storetype", "PKCS12"));
    command.addAll(List.of(more));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(said).isZero();
  }

  /** A server's context with this one certificate. */
  private static SSLContext context(String alias) throws Exception {
    KeyStore one = KeyStore.getInstance("PKCS12");
    one.load(null, null);
    one.setKeyEntry(alias, keys.getKey(alias, PASSWORD), PASSWORD, keys.getCertificateChain(alias));
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(one, PASSWORD);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(factory.getKeyManagers(), null, null);
    return context;
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
    "expired, 'NotAfter: .*'",
    "wrong, 'No subject alternative DNS name matching www.example.com found.*'",
    "self, 'unable to find valid certification path.*'",
  })
  void anyOtherCertificateFailsTheHandshakeAndSaysWhy(String alias, String detail)
      throws Exception {
    ProbeResult result = probe(alias, true);

    assertThat(result.code()).isEqualTo(Code.L6RSP);
    assertThat(result.detail()).matches(detail);
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
}

package dev.azimuth.balancer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.azimuth.health.Secure;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** TLS that a balancer speaks to backends. */
class ClientTlsTest {
  @TempDir static Path folder;
  private static Pki pki;
  private static Pki strangers;
  private static Secure.Identity origin;
  private static Secure.Identity edge;

  private final Lab lab = new Lab();
  private final Draft draft = new Draft();

  /** What backends have to say of their connections. */
  private final LinkedBlockingQueue<String> said = new LinkedBlockingQueue<>();

  @BeforeAll
  static void issue() throws Exception {
    pki = new Pki(folder);
    strangers = new Pki(Files.createDirectory(folder.resolve("strangers")));
    origin = pki.issue("origin", Pki.Key.PKCS_8_EC, "origin.internal");
    edge = pki.issue("edge", Pki.Key.PKCS_8_EC, "www.example");
  }

  @AfterEach
  void close() throws IOException {
    lab.close();
    assertThat(lab.faults).isEmpty();
  }

  /**
   * A server that gives back what it gets, to the end.
   *
   * @param proxied whether a PROXY header comes before TLS
   */
  private int server(String version, boolean proxied) throws Exception {
    var context = pki.context(origin);
    return lab.server(
        socket -> {
          if (proxied) {
            byte[] header = socket.getInputStream().readNBytes(28);
            said.add(HexFormat.of().formatHex(header, 12, 28));
          }
          SSLSocket secure =
              (SSLSocket)
                  context
                      .getSocketFactory()
                      .createSocket(socket, InputStream.nullInputStream(), true);
          secure.setEnabledProtocols(new String[] {version});
          SSLParameters parameters = secure.getSSLParameters();
          parameters.setApplicationProtocols(new String[] {"h2", "http/1.1"});
          secure.setSSLParameters(parameters);
          secure.startHandshake();
          ExtendedSSLSession session = (ExtendedSSLSession) secure.getSession();
          said.add(session.getRequestedServerNames() + " " + secure.getApplicationProtocol());
          secure.getInputStream().transferTo(secure.getOutputStream());
          secure.close();
        });
  }

  private String ask(InetSocketAddress to, String text) throws IOException {
    try (Socket client = lab.client(to)) {
      client.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
      client.shutdownOutput();
      return new String(client.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    } catch (SocketException e) {
      return ""; // it was closed with octets that nobody had read
    }
  }

  private Settings onward(
      @Nullable String name, Secure.@Nullable Authority authorities, boolean verify) {
    draft.onward = new Settings.Onward(name, authorities, verify);
    return draft.settings();
  }

  @Test
  void backendsGetWhatClientsSendAndEndsWithIt() throws Exception {
    InetSocketAddress to =
        lab.forward(onward("origin.internal", pki.authority(), true), server("TLSv1.3", false));
    assertThat(ask(to, "hello")).isEqualTo("hello");
    assertThat(said.take()).contains("origin.internal");
    byte[] octets = new byte[3_000_000];
    new Random(1).nextBytes(octets);
    try (Socket client = lab.client(to)) {
      Thread writer =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      client.getOutputStream().write(octets);
                      client.shutdownOutput();
                    } catch (IOException e) {
                      said.add("not written");
                    }
                  });
      assertThat(Arrays.equals(client.getInputStream().readAllBytes(), octets)).isTrue();
      writer.join();
    }
    await().untilAsserted(() -> assertThat(lab.count(End.DONE)).isEqualTo(2));
  }

  @Test
  void anyCertificateDoesWhereNoneIsVerified() throws Exception {
    InetSocketAddress to = lab.forward(onward(null, null, false), server("TLSv1.2", false));
    try (Socket client = lab.client(to)) {
      client.getOutputStream().write(1);
      assertThat(client.getInputStream().read()).isOne();
    }
    assertThat(said.take()).isEqualTo("[] ");
  }

  @ParameterizedTest
  @CsvSource({
    "another name, certificate is for origin.internal",
    "another authority, unknown issuer CN=ca",
    "system, unknown issuer CN=ca"
  })
  void aCertificateThatIsNotGoodIsRefusedAndSaidWhy(String what, String why) throws Exception {
    Settings settings =
        switch (what) {
          case "another name" -> onward("www.internal", pki.authority(), true);
          case "another authority" -> onward("origin.internal", strangers.authority(), true);
          default -> onward("origin.internal", null, true);
        };
    int port = server("TLSv1.3", false);
    InetSocketAddress to = lab.forward(settings, port);
    assertThat(ask(to, "hello")).isEmpty();
    await().untilAsserted(() -> assertThat(lab.count(End.BACKEND_TLS)).isOne());
    await().untilAsserted(() -> assertThat(lab.openNow()).isZero());
    BalancerReport.BackendReport backend = lab.report().backends().getFirst();
    assertThat(backend.failures()).containsEntry(Failure.TLS, 1L);
    assertThat(backend.lastFailure())
        .isNotNull()
        .satisfies(last -> assertThat(last.cause()).startsWith("TLS: " + why));
  }

  @Test
  void anotherBackendIsTriedWhereOneHasNoTls() throws Exception {
    int plain =
        lab.server(
            socket -> {
              socket.getOutputStream().write("220 hello\r\n".getBytes(StandardCharsets.US_ASCII));
              socket.getInputStream().read();
            });
    InetSocketAddress to =
        lab.forward(
            onward("origin.internal", pki.authority(), true), plain, server("TLSv1.3", false));
    for (int i = 0; i < 8; i++) {
      assertThat(ask(to, "hello")).isEqualTo("hello");
    }
    assertThat(lab.report().listeners().getFirst().retries()).isPositive();
  }

  @Test
  void aProxyHeaderComesBeforeTls() throws Exception {
    draft.send = Settings.ProxyHeader.V2;
    InetSocketAddress to =
        lab.forward(onward("origin.internal", pki.authority(), true), server("TLSv1.3", true));
    assertThat(ask(to, "hello")).isEqualTo("hello");
    assertThat(said.take()).startsWith("2111000c7f0000017f000001");
  }

  @Test
  void whatAClientAskedForIsAskedForOnward() throws Exception {
    Secure.Identity both = pki.issue("both", Pki.Key.SEC_1, "origin.internal");
    draft.tls =
        new Settings.Termination(
            List.of(edge, both), false, Set.of("TLSv1.3"), List.of("h2", "http/1.1"));
    InetSocketAddress to =
        lab.forward(onward(null, pki.authority(), true), server("TLSv1.3", false));
    SSLSocket client =
        (SSLSocket)
            pki.context()
                .getSocketFactory()
                .createSocket(lab.client(to), "origin.internal", to.getPort(), true);
    SSLParameters parameters = client.getSSLParameters();
    parameters.setServerNames(List.of(new SNIHostName("origin.internal")));
    parameters.setApplicationProtocols(new String[] {"http/1.1"});
    client.setSSLParameters(parameters);
    client.getOutputStream().write("hello".getBytes(StandardCharsets.US_ASCII));
    client.shutdownOutput();
    assertThat(client.getInputStream().readAllBytes()).asString().isEqualTo("hello");
    assertThat(said.take()).contains("origin.internal").endsWith(" http/1.1");
  }

  @Test
  void whoNamesNobodyReachesNobodyWhereThatHadToBeVerified() throws Exception {
    InetSocketAddress to =
        lab.forward(onward(null, pki.authority(), true), server("TLSv1.3", false));
    assertThat(ask(to, "hello")).isEmpty();
    await().untilAsserted(() -> assertThat(lab.count(End.BACKEND_TLS)).isOne());
  }

  @Test
  void aBackendThatIsCutOffIsNotOneThatHasEnded() throws Exception {
    var context = pki.context(origin);
    int port =
        lab.server(
            socket -> {
              SSLSocket secure =
                  (SSLSocket)
                      context
                          .getSocketFactory()
                          .createSocket(socket, InputStream.nullInputStream(), false);
              secure.getOutputStream().write(secure.getInputStream().read());
              secure.getInputStream().read();
              socket.shutdownOutput();
            });
    InetSocketAddress to = lab.forward(onward("origin.internal", pki.authority(), true), port);
    try (Socket client = lab.client(to)) {
      client.getOutputStream().write(1);
      assertThat(client.getInputStream().read()).isOne();
      client.getOutputStream().write(1);
      ByteArrayOutputStream rest = new ByteArrayOutputStream();
      assertThatThrownBy(() -> client.getInputStream().transferTo(rest))
          .isInstanceOf(IOException.class);
    }
    await().untilAsserted(() -> assertThat(lab.count(End.BACKEND_RESET)).isOne());
  }

  @ParameterizedTest
  @ValueSource(strings = {"-tls1_2", "-tls1_3"})
  void opensslIsABackend(String version) throws Exception {
    Process process =
        new ProcessBuilder(
                "openssl s_server -accept 127.0.0.1:0 -cert origin.pem -key origin.key -rev %s"
                    .formatted(version)
                    .split(" ", -1))
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .start();
    try {
      BufferedReader printed = process.inputReader(StandardCharsets.UTF_8);
      String line = printed.readLine();
      while (line != null && !line.startsWith("ACCEPT ")) {
        line = printed.readLine();
      }
      assertThat(line).isNotNull();
      int port = Integer.parseInt(line.substring(line.lastIndexOf(':') + 1));
      InetSocketAddress to = lab.forward(onward("origin.internal", pki.authority(), true), port);
      try (Socket client = lab.client(to)) {
        client.getOutputStream().write("hello\n".getBytes(StandardCharsets.US_ASCII));
        assertThat(client.getInputStream().readNBytes(6)).asString().isEqualTo("olleh\n");
      }
    } finally {
      process.destroy();
    }
  }
}

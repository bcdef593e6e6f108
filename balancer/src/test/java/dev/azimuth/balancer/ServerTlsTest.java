package dev.azimuth.balancer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.azimuth.health.Secure;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** TLS that a balancer ends. */
class ServerTlsTest {
  @TempDir static Path folder;
  private static Pki pki;
  private static Secure.Identity one;
  private static Secure.Identity wild;

  private final Lab lab = new Lab();
  private final Draft draft = new Draft();

  /** How the last client of the server went: what it sent, or how it broke off. */
  private final LinkedBlockingQueue<String> went = new LinkedBlockingQueue<>();

  @BeforeAll
  static void issue() throws Exception {
    pki = new Pki(folder);
    one = pki.issue("one", Pki.Key.PKCS_1, "one.example", "other.example");
    wild = pki.issue("wild", Pki.Key.SEC_1, "*.wild.example");
  }

  @AfterEach
  void close() throws IOException {
    lab.close();
    assertThat(lab.faults).isEmpty();
  }

  private InetSocketAddress start(boolean strict, String... protocols) throws IOException {
    draft.tls =
        new Settings.Termination(
            List.of(one, wild), strict, Set.of("TLSv1.2", "TLSv1.3"), List.of(protocols));
    int port =
        lab.server(
            socket -> {
              try {
                byte[] got = socket.getInputStream().readAllBytes();
                went.add(new String(got, StandardCharsets.ISO_8859_1));
                socket.getOutputStream().write(got);
                socket.close();
              } catch (IOException e) {
                went.add("broken off");
              }
            });
    return lab.forward(draft.settings(), port);
  }

  private SSLSocket client(InetSocketAddress to, String server, String... protocols)
      throws Exception {
    SSLSocket socket =
        (SSLSocket)
            pki.context()
                .getSocketFactory()
                .createSocket(lab.client(to), server, to.getPort(), true);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setServerNames(server.isEmpty() ? List.of() : List.of(new SNIHostName(server)));
    parameters.setApplicationProtocols(protocols);
    socket.setSSLParameters(parameters);
    return socket;
  }

  private String subject(InetSocketAddress to, String server) throws Exception {
    try (SSLSocket client = client(to, server)) {
      X509Certificate shown = (X509Certificate) client.getSession().getPeerCertificates()[0];
      return shown.getSubjectX500Principal().getName();
    }
  }

  @Test
  void certificatesAreChosenByTheNameThatAClientWants() throws Exception {
    InetSocketAddress to = start(false);
    assertThat(subject(to, "one.example")).isEqualTo("CN=one.example");
    assertThat(subject(to, "OTHER.example")).isEqualTo("CN=one.example");
    assertThat(subject(to, "a.wild.example")).isEqualTo("CN=*.wild.example");
    assertThat(subject(to, "a.b.wild.example")).isEqualTo("CN=one.example");
    assertThat(subject(to, "unknown.example")).isEqualTo("CN=one.example");
    assertThat(subject(to, "")).isEqualTo("CN=one.example");
  }

  @Test
  void whoWantsNoServerThatIsThereIsRefusedWhereThatIsStrict() throws Exception {
    InetSocketAddress to = start(true);
    assertThat(subject(to, "a.wild.example")).isEqualTo("CN=*.wild.example");
    for (String server : List.of("unknown.example", "")) {
      assertThatThrownBy(() -> client(to, server).startHandshake())
          .hasMessageContaining("unrecognized_name");
    }
    await().untilAsserted(() -> assertThat(lab.count(End.CLIENT_TLS)).isEqualTo(2));
  }

  @Test
  void aProtocolIsAgreedOrNoneIsSpoken() throws Exception {
    InetSocketAddress to = start(false, "h2", "http/1.1");
    try (SSLSocket client = client(to, "one.example", "http/1.1", "h2")) {
      client.startHandshake();
      assertThat(client.getApplicationProtocol()).isEqualTo("h2");
    }
    try (SSLSocket client = client(to, "one.example")) {
      client.startHandshake();
      assertThat(client.getApplicationProtocol()).isEmpty();
    }
    assertThatThrownBy(() -> client(to, "one.example", "dot").startHandshake())
        .hasMessageContaining("no_application_protocol");
    await().untilAsserted(() -> assertThat(lab.count(End.CLIENT_TLS)).isOne());
  }

  /** Of TLS 1.2 an end is that of both sides (RFC 5246 section 7.2.1), so this is of 1.3. */
  @Test
  void allOctetsArriveInBothDirectionsAndEndsWithThem() throws Exception {
    InetSocketAddress to = start(false);
    byte[] octets = new byte[3_000_000];
    new Random(1).nextBytes(octets);
    try (SSLSocket client = client(to, "one.example")) {
      client.setEnabledProtocols(new String[] {"TLSv1.3"});
      Thread writer =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      client.getOutputStream().write(octets);
                      client.shutdownOutput();
                    } catch (IOException e) {
                      went.add("not written");
                    }
                  });
      assertThat(Arrays.equals(client.getInputStream().readAllBytes(), octets)).isTrue();
      writer.join();
    }
    await().untilAsserted(() -> assertThat(lab.count(End.DONE)).isOne());
    assertThat(lab.ended.getFirst().fromClient()).isEqualTo(octets.length);
    assertThat(lab.ended.getFirst().fromBackend()).isEqualTo(octets.length);
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void aClientThatIsCutOffIsNotOneThatHasEnded(String version) throws Exception {
    InetSocketAddress to = start(false);
    Socket plain = lab.client(to);
    SSLSocket client =
        (SSLSocket) pki.context().getSocketFactory().createSocket(plain, "one.example", 443, false);
    client.setEnabledProtocols(new String[] {version});
    client.getOutputStream().write(new byte[] {1, 2, 3});
    await().untilAsserted(() -> assertThat(lab.report().listeners().getFirst().open()).isOne());
    plain.shutdownOutput();
    assertThat(went.take()).isEqualTo("broken off");
    await().untilAsserted(() -> assertThat(lab.count(End.CLIENT_RESET)).isOne());
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void aClientThatEndsHasEnded(String version) throws Exception {
    InetSocketAddress to = start(false);
    try (SSLSocket client = client(to, "one.example")) {
      client.setEnabledProtocols(new String[] {version});
      client.getOutputStream().write("hello".getBytes(StandardCharsets.US_ASCII));
    }
    assertThat(went.take()).isEqualTo("hello");
  }

  @Test
  void aBackendThatBreaksOffIsNotOneThatHasEnded() throws Exception {
    draft.tls = new Settings.Termination(List.of(one), false, Set.of("TLSv1.3"), List.of());
    int port =
        lab.server(
            socket -> {
              socket.getInputStream().read();
              socket.getOutputStream().write(7);
              socket.getInputStream().read();
              socket.setSoLinger(true, 0);
              socket.close();
            });
    SSLSocket client = client(lab.forward(draft.settings(), port), "one.example");
    client.getOutputStream().write(1);
    assertThat(client.getInputStream().read()).isEqualTo(7);
    client.getOutputStream().write(1);
    assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(IOException.class);
    await().untilAsserted(() -> assertThat(lab.count(End.BACKEND_RESET)).isOne());
  }

  @Test
  void whoSpeaksNoTlsIsRefused() throws Exception {
    InetSocketAddress to = start(false);
    for (String text : List.of("GET / HTTP/1.1\r\n\r\n", "\u0016\u0003\u0001\u0000\u0000")) {
      Socket client = lab.client(to);
      client.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
      assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(IOException.class);
    }
    byte[] hello = Hellos.jdk("one.example", List.of());
    hello[0x0a]++; // of a version that nobody speaks
    Arrays.fill(hello, hello.length - 200, hello.length, (byte) 0xff);
    Socket client = lab.client(to);
    client.getOutputStream().write(hello);
    assertThat(read(client)).isNotEqualTo(0x17);
    await().untilAsserted(() -> assertThat(lab.count(End.CLIENT_TLS)).isEqualTo(3));
    await().untilAsserted(() -> assertThat(lab.openNow()).isZero());
    assertThat(lab.report().backends().getFirst().connections()).isZero();
  }

  private static int read(Socket client) {
    try {
      return client.getInputStream().read();
    } catch (IOException e) {
      return -1;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"-tls1_2", "-tls1_3"})
  void opensslIsServedAndGoesOnWithItsSession(String version) throws Exception {
    draft.tls =
        new Settings.Termination(
            List.of(one, wild), false, Set.of("TLSv1.2", "TLSv1.3"), List.of("http/1.1"));
    int port =
        lab.server(
            socket -> {
              socket.getOutputStream().write(socket.getInputStream().readNBytes(6));
              socket.close();
            });
    InetSocketAddress to = lab.forward(draft.settings(), port);
    Path session = folder.resolve("session" + version);
    for (String more : List.of("-sess_out", "-sess_in")) {
      Process process =
          new ProcessBuilder(
                  "openssl s_client -connect 127.0.0.1:%d -servername a.wild.example -CAfile ca.pem"
                      .formatted(to.getPort())
                      .concat(" -verify_return_error -verify_hostname a.wild.example")
                      .concat(
                          String.join(" ", " -alpn http/1.1", version, more, session.toString()))
                      .split(" ", -1))
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .start();
      process.getOutputStream().write("hello\n".getBytes(StandardCharsets.US_ASCII));
      process.getOutputStream().flush();
      String printed =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
      assertThat(process.waitFor()).as(printed).isZero();
      assertThat(printed)
          .contains("Verify return code: 0 (ok)", "ALPN protocol: http/1.1", "\nhello\n", "closed")
          .contains(more.equals("-sess_in") ? "Reused, TLS" : "New, TLS");
    }
  }

  @Test
  void changedCertificatesAreTakenUpAndThoseThatWereThoughtBetterOfAreNot() throws Exception {
    Settings settings = shows(pki.issue("first", Pki.Key.PKCS_8_EC, "first.example"));
    int port = lab.server(socket -> socket.getInputStream().transferTo(socket.getOutputStream()));
    InetSocketAddress to = lab.forward(settings, port);
    SSLSocket old = client(to, "any.example");
    old.getOutputStream().write(1);
    assertThat(old.getInputStream().read()).isOne();

    Settings renewed = shows(pki.issue("second", Pki.Key.PKCS_8_EC, "second.example"));
    lab.balancers.prepare(List.of(renewed));
    lab.balancers.discard();
    lab.supply(settings, port);
    assertThat(subject(to, "any.example")).isEqualTo("CN=first.example");

    lab.balancers.prepare(List.of(renewed));
    lab.supply(renewed, port);
    assertThat(subject(to, "any.example")).isEqualTo("CN=second.example");
    old.getOutputStream().write(2);
    assertThat(old.getInputStream().read()).isEqualTo(2);
  }

  private Settings shows(Secure.Identity certificate) {
    draft.tls = new Settings.Termination(List.of(certificate), false, Set.of("TLSv1.3"), List.of());
    return draft.settings();
  }

  @Test
  void besideARenewedCertificateAnotherKeepsItsSessions() throws Exception {
    Set<String> versions = Set.of("TLSv1.3");
    var before = new Settings.Termination(List.of(one, wild), false, versions, List.of());
    draft.tls = before;
    Credentials first = Credentials.NONE.of(List.of(draft.settings()));
    Secure.Identity renewed = pki.issue("renewed", Pki.Key.PKCS_8_EC, "one.example");
    var after = new Settings.Termination(List.of(renewed, wild), false, versions, List.of());
    draft.tls = after;
    Credentials next = first.of(List.of(draft.settings()));
    assertThat(identities(next, after).get(1)).isSameAs(identities(first, before).get(1));
    assertThat(identities(next, after).get(0)).isNotSameAs(identities(first, before).get(0));
  }

  private static List<Identity> identities(Credentials of, Settings.Termination termination) {
    return Objects.requireNonNull(of.servers().get(termination)).identities();
  }

  @Test
  void aKeyThatCouldNotBeReadShowsNothing() throws Exception {
    Settings settings =
        shows(new Secure.Identity(one.chain(), one.keyFile(), one.certificates(), null));
    assertThatThrownBy(() -> lab.balancers.prepare(List.of(settings)))
        .isInstanceOf(IOException.class)
        .hasMessage(one.keyFile() + " has not been read");
  }
}

package dev.azimuth.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.e2e.AzimuthProcess.Outcome;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A balancer shows what its files hold now, and goes on with what they held when that is of use.
 */
@Timeout(600)
class BalancerCertificateTest {
  private static final String YAML =
      """
      pools:
        origin: { backends: { a: { address: 127.0.0.1, port: 9 } } }
      balancers:
        web:
          listen: "tcp://127.0.0.1:0"
          to: origin
          log: 1
          tls: { certificates: { chain: web.pem, key: { file: web.key } } }
      """
          + Zones.EXAMPLE
          + "      www: { to: origin }\n";

  private static final Pattern LISTENER =
      Pattern.compile("\"address\"\\s*:\\s*\"tcp://127\\.0\\.0\\.1:(\\d+)\"");

  @TempDir Path folder;

  /** Puts another certificate, and its key, into the files that the balancer shows. */
  private void issue(String name, String validity) throws Exception {
    Path store = folder.resolve(name + ".p12");
    Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
    List<String> command =
        List.of(
            (keytool
                    + " -genkeypair -alias a -keyalg EC -storepass secret -storetype PKCS12"
                    + " -dname CN="
                    + name
                    + " -ext san=dns:"
                    + name
                    + ".example "
                    + validity
                    + " -keystore "
                    + store)
                .split(" ", -1));
    Process made = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(made.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(made.waitFor()).as(said).isZero();
    char[] password = "secret".toCharArray();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, password);
    }
    write("web.key", "PRIVATE KEY", keys.getKey("a", password).getEncoded());
    write("web.pem", "CERTIFICATE", keys.getCertificate("a").getEncoded());
  }

  private void write(String file, String what, byte[] octets) throws Exception {
    String text = Base64.getMimeEncoder().encodeToString(octets);
    Path written =
        Files.writeString(
            folder.resolve(file),
            "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(what, text, what));
    Files.setPosixFilePermissions(written, PosixFilePermissions.fromString("rw-------"));
  }

  /** The name in the certificate that a client is shown. */
  private static String shown(int port) throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    var trust = new Trusting();
    context.init(null, new Trusting[] {trust}, null);
    try (Socket plain = new Socket(InetAddress.ofLiteral("127.0.0.1"), port);
        SSLSocket socket =
            (SSLSocket) context.getSocketFactory().createSocket(plain, "127.0.0.1", port, true)) {
      socket.setSoTimeout(20_000);
      socket.startHandshake();
    } catch (SocketException e) {
      // The origin refuses, and the balancer was quicker to say so than we to end the handshake.
    }
    return trust.shown.getSubjectX500Principal().getName();
  }

  /** Trusts whatever is shown: what that is is what the test looks at. */
  private static final class Trusting implements X509TrustManager {
    private X509Certificate shown;

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String kind) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String kind) {
      shown = chain[0];
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }

  @Test
  void aRenewedCertificateIsTakenUpByItselfAndAWrongOneIsRejected() throws Exception {
    issue("first", "-validity 30");
    try (AzimuthProcess node = AzimuthProcess.start(folder, YAML)) {
      MatchResult listener =
          LISTENER.matcher(node.get("/status").body()).results().findFirst().orElseThrow();
      int port = Integer.parseInt(listener.group(1));
      assertThat(shown(port)).isEqualTo("CN=first");
      node.awaitLog(
          Pattern.compile("to - NOT_REACHED after .* origin/a failed: Connection refused"));
      Patience.untilStatus(node, "last: Connection refused");
      String left =
          "azimuth_certificate_seconds_left{address=\"127.0.0.1:0\",name=\"first.example\"}";
      assertThat(node.metric(left)).isBetween(1L, 30L * 86_400);

      issue("second", "-startdate -10d -validity 5");
      node.awaitLog(
          Pattern.compile("balancer web: certificate \\S+/web.pem taken up, valid until 20"));
      node.awaitLog(Pattern.compile("balancer web: the certificate \\S+/web.pem ended at 20"));
      assertThat(shown(port)).isEqualTo("CN=second");
      Patience.untilStatus(node, "balancer web: the certificate");
      assertThat(node.get("/metrics").body())
          .containsPattern("seconds_left\\{address=\"127.0.0.1:0\",name=\"second.example\"} -\\d");

      Path key = folder.resolve("web.key");
      String fits = Files.readString(key);
      issue("third", "-validity 30");
      Files.writeString(key, fits);
      Outcome refused = node.operate("reload");
      assertThat(refused.exit()).isNotZero();
      assertThat(refused.err()).contains("web.key is not the key of");
      assertThat(node.operate("status").out()).contains("REJECTED");
      assertThat(AzimuthProcess.run("validate", folder.resolve("azimuth.yaml").toString()).exit())
          .isEqualTo(3);
      assertThat(shown(port)).isEqualTo("CN=second");
    }
  }
}

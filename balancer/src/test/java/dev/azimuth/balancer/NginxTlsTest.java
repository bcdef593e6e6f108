package dev.azimuth.balancer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** curl at our end of TLS, nginx at the other one. */
class NginxTlsTest {
  private static final byte[] LARGE = new byte[5_000_000];

  @TempDir static Path folder;
  private static Pki pki;
  private static Settings.Certificate edge;
  private static Process nginx;
  private static int port;

  private final Draft draft = new Draft();

  @BeforeAll
  static void start() throws Exception {
    Path program = program("nginx");
    program("curl");
    pki = new Pki(folder);
    edge = pki.issue("edge", Pki.Key.PKCS_8_EC, "www.example");
    pki.issue("origin", Pki.Key.PKCS_8, "www.example", "origin.internal");
    new Random(1).nextBytes(LARGE);
    Files.write(folder.resolve("large"), LARGE);
    // Its workers may be of another user.
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    try (ServerSocket free = new ServerSocket(0, 1, Lab.LOOPBACK)) {
      port = free.getLocalPort();
    }
    Files.writeString(
        folder.resolve("nginx.conf"),
        """
        daemon off;
        worker_processes 1;
        error_log stderr crit;
        pid nginx.pid;
        events { }
        http {
          access_log off;
          client_body_temp_path t1; proxy_temp_path t2; fastcgi_temp_path t3;
          uwsgi_temp_path t4; scgi_temp_path t5;
          server {
            listen 127.0.0.1:%d ssl;
            ssl_certificate origin.pem;
            ssl_certificate_key origin.key;
            ssl_protocols TLSv1.2 TLSv1.3;
            root .;
            location = /who { return 200 "$ssl_server_name $ssl_protocol"; }
          }
        }
        """
            .formatted(port));
    nginx =
        new ProcessBuilder(program.toString(), "-p", folder.toString(), "-c", "nginx.conf")
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile())
            .start();
    await().until(NginxTlsTest::listens);
  }

  @AfterAll
  static void stop() {
    if (nginx != null) {
      nginx.destroy();
    }
  }

  /** Skips the test where it is not installed. */
  private static Path program(String name) {
    for (String place : List.of("/usr/sbin", "/usr/bin", "/usr/local/sbin", "/usr/local/bin")) {
      if (Files.isExecutable(Path.of(place, name))) {
        return Path.of(place, name);
      }
    }
    assumeTrue(false, "no " + name + " here");
    throw new IllegalStateException(name);
  }

  private static boolean listens() {
    try (Socket _ = new Socket(Lab.LOOPBACK, port)) {
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static byte[] curl(InetSocketAddress at, String path, String... more) throws Exception {
    List<String> command = new ArrayList<>(List.of("curl", "-sS", "--max-time", "30"));
    command.addAll(List.of("--cacert", folder.resolve("ca.pem").toString()));
    command.addAll(List.of("--resolve", "www.example:" + at.getPort() + ":127.0.0.1"));
    command.addAll(List.of(more));
    command.add("https://www.example:" + at.getPort() + path);
    Path errors = folder.resolve("errors");
    Process process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
    byte[] got = process.getInputStream().readAllBytes();
    assertThat(process.waitFor()).as(Files.readString(errors)).isZero();
    return got;
  }

  /** Onward goes the name that the client asked for, and the certificate must be for it. */
  @ParameterizedTest
  @CsvSource({
    "false, 1.2, false",
    "false, 1.3, false",
    "false, 1.2, true",
    "false, 1.3, true",
    "true, 1.2, true",
    "true, 1.3, true",
  })
  void whatCurlAsksOfUsNginxAnswers(boolean nio, String version, boolean onceOnly)
      throws Exception {
    draft.tls = new Settings.Termination(List.of(edge), false, Set.of("TLSv" + version), List.of());
    draft.onward = new Settings.Onward(null, pki.root, true);
    try (Lab lab = nio ? new Lab(null, 2) : new Lab()) {
      InetSocketAddress at = lab.forward(draft.settings(), port);
      String[] header = onceOnly ? new String[] {"-H", "Connection: close"} : new String[0];
      assertThat(curl(at, "/who", header)).asString().isEqualTo("www.example TLSv1.3");
      assertThat(Arrays.equals(curl(at, "/large", header), LARGE)).isTrue();
      lab.assertAtRest();
      // curl may close its socket with our last word unread, of which the system makes RST.
      assertThat(lab.count(End.DONE) + lab.count(End.CLIENT_RESET)).isEqualTo(2);
    }
  }

  @Test
  void nginxWithAnotherNameThanIsWantedIsNoBackend() throws Exception {
    draft.onward = new Settings.Onward("other.internal", pki.root, true);
    try (Lab lab = new Lab()) {
      Socket client = lab.client(lab.forward(draft.settings(), port));
      assertThat(client.getInputStream().read()).isEqualTo(-1);
      lab.assertAtRest();
      assertThat(lab.count(End.BACKEND_TLS)).isOne();
    }
  }
}

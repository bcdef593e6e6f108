package dev.azimuth.balancer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.azimuth.health.Secure;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Peers that do inside of TLS, or to it, what nobody should; TLS is ended and spoken onward. */
class HostileTlsTest {
  private static final int CLIENTS = 10;
  private static final byte[] SOME = new byte[100_000];

  @TempDir static Path folder;
  private static Pki pki;
  private static Secure.Identity edge;
  private static Secure.Identity origin;
  private static Leaks leaks;

  private final Draft draft = new Draft();
  private final List<Socket> sockets = new ArrayList<>();
  private final List<SSLSocket> clients = new ArrayList<>();

  @BeforeAll
  static void issue() throws Exception {
    pki = new Pki(folder);
    edge = pki.issue("edge", Pki.Key.PKCS_8_EC, "www.example");
    origin = pki.issue("origin", Pki.Key.PKCS_8_EC, "origin.internal");
    leaks = new Leaks();
  }

  @AfterAll
  static void assertNothingForgotten() {
    if (leaks != null) {
      leaks.close();
    }
  }

  private Lab lab(boolean nio) {
    draft.tls =
        new Settings.Termination(List.of(edge), false, Set.of("TLSv1.2", "TLSv1.3"), List.of());
    draft.onward = new Settings.Onward("origin.internal", pki.authority(), true);
    return nio ? new Lab(null, 2) : new Lab();
  }

  private static int server(Lab lab, String version, Lab.Serving serving) throws IOException {
    return lab.server(
        socket -> {
          SSLSocket secure = pki.server(socket, origin, version);
          secure.startHandshake();
          serving.serve(secure);
        });
  }

  private void connect(Lab lab, InetSocketAddress to, String version) throws Exception {
    for (int i = 0; i < CLIENTS; i++) {
      Socket socket = lab.client(to, 16 * 1024);
      sockets.add(socket);
      clients.add(pki.client(socket, "www.example", version));
    }
  }

  private void resetAll() throws IOException {
    for (Socket each : sockets) {
      Lab.reset(each);
    }
  }

  private static void ended(Lab lab, End how) {
    lab.assertAtRest();
    assertThat(lab.report().listeners().getFirst().ends()).containsEntry(how, (long) CLIENTS);
  }

  private static void echo(Socket socket) throws IOException {
    try (socket) {
      socket.getInputStream().transferTo(socket.getOutputStream());
    }
  }

  private static void flood(Socket socket) {
    try {
      while (true) {
        socket.getOutputStream().write(SOME);
      }
    } catch (IOException e) {
      // until it is closed
    }
  }

  /** Passes on what one socket says to another, octet by octet. */
  private static void drip(Socket from, Socket to) {
    try {
      to.setTcpNoDelay(true);
      InputStream in = from.getInputStream();
      for (int octet; (octet = in.read()) >= 0; ) {
        to.getOutputStream().write(octet);
      }
      to.shutdownOutput();
    } catch (IOException e) {
      // One of them is gone.
    }
  }

  /** A server that is another one, heard and spoken to octet by octet. */
  private static int dripping(Lab lab, InetSocketAddress to) throws IOException {
    return lab.server(
        socket -> {
          Socket onward = lab.client(to);
          Thread.ofVirtual().start(() -> drip(onward, socket));
          drip(socket, onward);
        });
  }

  @ParameterizedTest
  @CsvSource({"false, TLSv1.2", "false, TLSv1.3", "true, TLSv1.2", "true, TLSv1.3"})
  void oneOctetAtATimeThroughHandshakesOfBothSidesComesBackAsItWas(boolean nio, String version)
      throws Exception {
    try (Lab lab = lab(nio)) {
      int port = server(lab, version, HostileTlsTest::echo);
      int slow = dripping(lab, new InetSocketAddress(Lab.LOOPBACK, port));
      InetSocketAddress to = lab.forward(draft.settings(), slow);
      connect(lab, new InetSocketAddress(Lab.LOOPBACK, dripping(lab, to)), version);
      for (SSLSocket client : clients) {
        client.getOutputStream().write("hello".getBytes(StandardCharsets.US_ASCII));
        assertThat(client.getInputStream().readNBytes(5)).asString().isEqualTo("hello");
        client.close();
      }
      for (Socket socket : sockets) {
        socket.close();
      }
      ended(lab, End.DONE);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void resetsOfClientsWhileOctetsGoBothWaysEndBothSides(boolean nio) throws Exception {
    try (Lab lab = lab(nio)) {
      int port = server(lab, "TLSv1.3", HostileTlsTest::echo);
      connect(lab, lab.forward(draft.settings(), port), "TLSv1.3");
      for (SSLSocket client : clients) {
        client.startHandshake();
        Thread.ofVirtual().start(() -> flood(client));
      }
      for (SSLSocket client : clients) {
        assertThat(client.getInputStream().readNBytes(1000)).hasSize(1000);
      }
      resetAll();
      ended(lab, End.CLIENT_RESET);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void resetsOfBackendsWhileOctetsGoBothWaysEndBothSides(boolean nio) throws Exception {
    try (Lab lab = lab(nio)) {
      int port =
          lab.server(
              socket -> {
                SSLSocket secure = pki.server(socket, origin, "TLSv1.3");
                byte[] some = secure.getInputStream().readNBytes(1000);
                secure.getOutputStream().write(some);
                Lab.reset(socket);
              });
      connect(lab, lab.forward(draft.settings(), port), "TLSv1.3");
      for (SSLSocket client : clients) {
        client.startHandshake();
        Thread.ofVirtual().start(() -> flood(client));
      }
      ended(lab, End.BACKEND_RESET);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aResetWhileTheBackendShakesHandsLeavesItAtOnceOrInTime(boolean nio) throws Exception {
    try (Lab lab = lab(nio)) {
      draft.hurry(Duration.ofSeconds(5));
      int silent = lab.server(socket -> {});
      connect(lab, lab.forward(draft.settings(), silent), "TLSv1.3");
      for (SSLSocket client : clients) {
        client.startHandshake();
      }
      await().until(() -> lab.report().backends().getFirst().open() == CLIENTS);
      resetAll();
      lab.assertAtRest();
      assertThat(
              lab.count(End.CLIENT_LEFT) + lab.count(End.BACKEND_TLS) + lab.count(End.NOT_REACHED))
          .isEqualTo(CLIENTS);
      assertThat(lab.report().backends().getFirst().connections()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void resetsAfterTheEndOfTheClientEndBothSides(boolean nio) throws Exception {
    try (Lab lab = lab(nio)) {
      List<Integer> heard = new CopyOnWriteArrayList<>();
      int port =
          server(
              lab, "TLSv1.3", socket -> heard.add(socket.getInputStream().readAllBytes().length));
      connect(lab, lab.forward(draft.settings(), port), "TLSv1.3");
      for (SSLSocket client : clients) {
        client.getOutputStream().write(7);
        client.shutdownOutput();
      }
      await().until(() -> heard.size() == CLIENTS);
      assertThat(heard).containsOnly(1);
      resetAll();
      ended(lab, End.CLIENT_RESET);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void clientsThatNeverReadHaveOneReadKeptForEach(boolean nio) throws Exception {
    try (Lab lab = lab(nio)) {
      int port = server(lab, "TLSv1.3", HostileTlsTest::flood);
      connect(lab, lab.forward(draft.settings(), port), "TLSv1.3");
      for (SSLSocket client : clients) {
        client.startHandshake();
      }
      assertHeldIsBounded(lab);
      resetAll();
      ended(lab, End.CLIENT_RESET);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void backendsThatNeverReadHaveOneReadKeptForEach(boolean nio) throws Exception {
    try (Lab lab = lab(nio)) {
      List<Socket> backends = new CopyOnWriteArrayList<>();
      int port =
          lab.server(
              socket -> {
                pki.server(socket, origin, "TLSv1.3").startHandshake();
                backends.add(socket);
              });
      connect(lab, lab.forward(draft.settings(), port), "TLSv1.3");
      for (SSLSocket client : clients) {
        Thread.ofVirtual().start(() -> flood(client));
      }
      assertHeldIsBounded(lab);
      await().until(() -> backends.size() == CLIENTS);
      for (Socket each : backends) {
        Lab.reset(each);
      }
      ended(lab, End.BACKEND_RESET);
    }
  }

  private static void assertHeldIsBounded(Lab lab) {
    // What a client says before its backend is reached is held as well.
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> lab.report().backends().getFirst().connections() == CLIENTS);
    await().until(() -> lab.balancers.held() > CLIENTS * 1024);
    await()
        .during(Duration.ofMillis(500))
        .untilAsserted(
            () ->
                assertThat(lab.balancers.held())
                    .isLessThanOrEqualTo(CLIENTS * (Incoming.MOST + 64L * 1024)));
  }

  /** What may come where a record should: too long, of no type, one that nobody sealed. */
  @ParameterizedTest
  @CsvSource({
    "false, 170303ffff",
    "false, 00000000000000",
    "false, 1703030020",
    "true, 170303ffff",
    "true, 1703030020",
  })
  void whatIsNoRecordEndsBothSides(boolean nio, String header) throws Exception {
    try (Lab lab = lab(nio)) {
      int port = server(lab, "TLSv1.3", HostileTlsTest::echo);
      connect(lab, lab.forward(draft.settings(), port), "TLSv1.3");
      for (int i = 0; i < CLIENTS; i++) {
        SSLSocket client = clients.get(i);
        client.getOutputStream().write(1);
        assertThat(client.getInputStream().read()).isOne();
        OutputStream raw = sockets.get(i).getOutputStream();
        raw.write(Hellos.hex(header));
        raw.write(new byte[32]);
        assertThatThrownBy(() -> client.getInputStream().readAllBytes())
            .isInstanceOf(IOException.class);
      }
      ended(lab, End.CLIENT_RESET);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"170303ffff", "160303ffff", "1703030020", "1503030002015a"})
  void whatABackendSaysInsteadOfShakingHandsCountsAsAFailure(String said) throws Exception {
    try (Lab lab = lab(false)) {
      int port =
          lab.server(
              socket -> {
                socket.getOutputStream().write(Hellos.hex(said));
                socket.getOutputStream().write(new byte[40]);
                int _ = socket.getInputStream().read();
              });
      connect(lab, lab.forward(draft.settings(), port), "TLSv1.3");
      for (SSLSocket client : clients) {
        client.startHandshake();
      }
      ended(lab, End.BACKEND_TLS);
      assertThat(lab.report().backends().getFirst().failures())
          .containsEntry(Failure.TLS, (long) CLIENTS);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void keysAreChangedAsOftenAsAClientWantsWhoReads(boolean nio) throws Exception {
    try (Lab lab = lab(nio)) {
      int port = server(lab, "TLSv1.3", HostileTlsTest::echo);
      InetSocketAddress to = lab.forward(draft.settings(), port);
      Process process =
          new ProcessBuilder(
                  "openssl s_client -tls1_3 -servername www.example -connect 127.0.0.1:%d"
                      .formatted(to.getPort())
                      .split(" ", -1))
              .redirectErrorStream(true)
              .start();
      List<String> printed = new CopyOnWriteArrayList<>();
      Thread reader =
          Thread.ofVirtual().start(() -> process.inputReader().lines().forEach(printed::add));
      try (OutputStream typed = process.getOutputStream()) {
        for (int i = 1; i <= 10; i++) {
          type(typed, "K"); // change the keys, and have the other side change its own
          int round = i;
          await().until(() -> printed.stream().filter("KEYUPDATE"::equals).count() == round);
          type(typed, "round " + i);
          await().until(() -> printed.contains("round " + round));
        }
      }
      assertThat(process.waitFor()).isZero();
      reader.join();
      lab.assertAtRest();
    }
  }

  /** What it sends beside them must not count as reading the answers. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whoReadsNothingHasKeysChangedSoOftenAndNoOftener(boolean nio) throws Exception {
    try (Lab lab = lab(nio)) {
      int port = server(lab, "TLSv1.3", HostileTlsTest::flood);
      Socket socket = lab.client(lab.forward(draft.settings(), port), 16 * 1024);
      SSLSocket client = pki.client(socket, "www.example", "TLSv1.3");
      client.startHandshake();
      await().until(() -> lab.balancers.held() > 1024);
      int octets = 0;
      for (int round = 0; round < 20 && lab.openNow() > 0; round++) {
        octets += askedAndSaid(lab, client, octets);
      }
      lab.assertAtRest();
      assertThat(lab.count(End.CLIENT_RESET)).isOne();
    }
  }

  /** Asks for new keys, then sends two octets, of which the second comes by itself. */
  private static int askedAndSaid(Lab lab, SSLSocket client, int before) {
    try {
      for (int i = 0; i < 20; i++) {
        client.startHandshake(); // which is that, once hands are shaken
      }
      for (int i = 1; i <= 2; i++) {
        int all = before + i;
        client.getOutputStream().write(7);
        await()
            .until(
                () ->
                    lab.report().listeners().getFirst().fromClients() == all || lab.openNow() == 0);
      }
    } catch (IOException e) {
      // It is ended.
    }
    return 2;
  }

  private static void type(OutputStream typed, String line) throws IOException {
    typed.write((line + "\n").getBytes(StandardCharsets.US_ASCII));
    typed.flush();
  }
}

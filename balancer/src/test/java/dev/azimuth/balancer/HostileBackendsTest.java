package dev.azimuth.balancer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.azimuth.health.Secure;
import dev.azimuth.steering.Cidr;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Backends that do what nobody should: the balancer is none the worse, and forgets nothing. */
class HostileBackendsTest {
  private static final int CLIENTS = 50;
  private static final byte[] SOME = new byte[100_000];
  private static Leaks leaks;

  @TempDir Path folder;

  @BeforeAll
  static void watch() {
    leaks = new Leaks();
  }

  @AfterAll
  static void assertNothingForgotten() {
    leaks.close();
  }

  /** What a backend does with a connection. */
  enum Deed implements Lab.Serving {
    RESETS_AT_ONCE {
      @Override
      public void serve(Socket socket) throws IOException {
        Lab.reset(socket);
      }
    },
    CLOSES_AT_ONCE {
      @Override
      public void serve(Socket socket) throws IOException {
        socket.close();
      }
    },
    SPEAKS_FIRST_AND_CLOSES {
      @Override
      public void serve(Socket socket) throws IOException {
        socket.getOutputStream().write(SOME);
        socket.close();
      }
    },
    CLOSES_WITH_UNREAD_OCTETS {
      @Override
      public void serve(Socket socket) throws IOException {
        int _ = socket.getInputStream().read();
        socket.close();
      }
    },
    RESETS_WHILE_IT_SENDS {
      @Override
      public void serve(Socket socket) throws IOException {
        socket.getOutputStream().write(SOME);
        Lab.reset(socket);
      }
    },
    RESETS_WHILE_IT_IS_SENT_TO {
      @Override
      public void serve(Socket socket) throws IOException {
        socket.getInputStream().readNBytes(1000);
        Lab.reset(socket);
      }
    },
    RESETS_AFTER_ITS_END {
      @Override
      public void serve(Socket socket) throws IOException {
        socket.shutdownOutput();
        int _ = socket.getInputStream().read();
        Lab.reset(socket);
      }
    },
    RESETS_AFTER_THE_END_OF_THE_CLIENT {
      @Override
      public void serve(Socket socket) throws IOException {
        byte[] _ = socket.getInputStream().readAllBytes();
        Lab.reset(socket);
      }
    },
    SENDS_OCTET_BY_OCTET {
      @Override
      public void serve(Socket socket) throws IOException {
        socket.setTcpNoDelay(true);
        for (int i = 0; i < 200; i++) {
          socket.getOutputStream().write(i);
        }
        socket.close();
      }
    },
    ENDS_AND_STAYS {
      @Override
      public void serve(Socket socket) throws IOException {
        socket.shutdownOutput();
      }
    },
  }

  private static Lab lab(boolean nio) {
    return nio ? new Lab(null, 2) : new Lab();
  }

  private static Draft hurried() {
    Draft draft = new Draft();
    draft.hurry(Duration.ofMillis(300));
    return draft;
  }

  /** Sends something, its end, and reads until there is nothing more, however that comes. */
  private static void talk(Socket client, byte[] octets) throws IOException {
    try (client) {
      client.getOutputStream().write(octets);
      client.shutdownOutput();
      byte[] _ = client.getInputStream().readAllBytes();
    } catch (SocketTimeoutException e) {
      throw e;
    } catch (IOException e) {
      // The backend's RST is the client's.
    }
  }

  private static void talk(Lab lab, InetSocketAddress to, byte[] octets) throws Exception {
    List<Thread> clients = new ArrayList<>();
    List<Throwable> failed = new CopyOnWriteArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      Socket client;
      try {
        client = lab.client(to);
      } catch (SocketException e) {
        continue; // the backend's RST came so quickly that connecting saw it
      }
      clients.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      talk(client, octets);
                    } catch (IOException e) {
                      failed.add(e);
                    }
                  }));
    }
    for (Thread each : clients) {
      each.join();
    }
    assertThat(failed).isEmpty();
  }

  private static void whatever(boolean nio, Deed deed) throws Exception {
    try (Lab lab = lab(nio)) {
      InetSocketAddress to = lab.forward(hurried().settings(), lab.server(deed));
      talk(lab, to, SOME);
      lab.assertAtRest();
      assertThat(lab.report().listeners().getFirst().accepted()).isEqualTo(CLIENTS);
    }
  }

  @ParameterizedTest
  @EnumSource
  void whateverABackendDoesEndsTheConnectionAndLeavesNothing(Deed deed) throws Exception {
    whatever(false, deed);
  }

  @ParameterizedTest
  @EnumSource
  void whateverABackendDoesEndsAConnectionOfTheJdkAndLeavesNothing(Deed deed) throws Exception {
    whatever(true, deed);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aBackendThatClosesBeforeItHasTheHeaderAndWhatTheClientSaidIsNoFault(boolean nio)
      throws Exception {
    try (Lab lab = lab(nio)) {
      Draft draft = hurried();
      draft.access =
          new Settings.Access(Lab.ANYBODY, List.of(), List.of(new Cidr(true, 0, 0x7f000000L, 8)));
      draft.send = Settings.ProxyHeader.V1;
      InetSocketAddress to = lab.forward(draft.settings(), lab.server(Deed.CLOSES_AT_ONCE));
      String said = "PROXY TCP4 198.51.100.7 203.0.113.1 54321 443\r\nhello";
      for (int i = 0; i < 10; i++) {
        talk(lab, to, said.getBytes(StandardCharsets.ISO_8859_1));
      }
      lab.assertAtRest();
      assertThat(lab.report().listeners().getFirst().accepted()).isEqualTo(10 * CLIENTS);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aBackendThatNeverAnswersIsLeftAsOftenAsItWasEntered(boolean nio) throws Exception {
    try (Lab lab = lab(nio)) {
      int[] deaf = {lab.deaf(), lab.deaf()};
      InetSocketAddress to = lab.forward(hurried().settings(), deaf);
      talk(lab, to, new byte[1]);
      lab.assertAtRest();
      assertThat(lab.count(End.NOT_REACHED)).isEqualTo(CLIENTS);
      assertThat(lab.report().listeners().getFirst().retries()).isEqualTo(CLIENTS);
      assertThat(lab.report().backends())
          .allSatisfy(
              each ->
                  assertThat(each.failures())
                      .containsEntry(Failure.TIMED_OUT, (long) CLIENTS)
                      .containsEntry(Failure.REFUSED, 0L));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void backendsThatNeverReadHaveOneReadKeptForEach(boolean nio) throws Exception {
    try (Lab lab = lab(nio)) {
      List<Socket> backends = new CopyOnWriteArrayList<>();
      InetSocketAddress to = lab.forward(new Draft().settings(), lab.server(backends::add));
      List<Socket> clients = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        Socket client = lab.client(to);
        clients.add(client);
        Thread.ofVirtual().start(() -> flood(client));
      }
      await().until(() -> backends.size() == CLIENTS && lab.balancers.held() > 0);
      await()
          .during(Duration.ofMillis(300))
          .untilAsserted(
              () -> assertThat(lab.balancers.held()).isLessThan((long) CLIENTS * Incoming.MOST));
      // A selector of the JDK does not tell of RST while nothing is to be read.
      for (Socket each : nio ? backends : clients) {
        Lab.reset(each);
      }
      lab.assertAtRest();
      assertThat(lab.count(nio ? End.BACKEND_RESET : End.CLIENT_RESET)).isEqualTo(CLIENTS);
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

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aReplyThatABackendSentBeforeItBrokeOffArrivesBeforeTheReset(boolean tls) throws Exception {
    Draft draft = new Draft();
    Pki pki = null;
    if (tls) {
      pki = new Pki(folder);
      Secure.Identity own = pki.issue("own", Pki.Key.PKCS_8_EC, "own.example");
      draft.tls = new Settings.Termination(List.of(own), false, Set.of("TLSv1.3"), List.of());
    }
    try (Lab lab = new Lab()) {
      Socket plain = lab.client(lab.forward(draft.settings(), lab.server(breakingOff(lab))), 4096);
      Socket client = pki == null ? plain : pki.client(plain, "own.example", "TLSv1.3");
      client.getOutputStream().write(1);
      await().until(() -> !lab.report().backends().isEmpty() && broken.get());
      byte[] got = new byte[SOME.length];
      assertThat(client.getInputStream().readNBytes(got, 0, got.length)).isEqualTo(got.length);
      assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(IOException.class);
      lab.assertAtRest();
      assertThat(lab.count(End.BACKEND_RESET)).isOne();
    }
  }

  @Test
  void whoDoesNotReadTheReplyOfABackendThatBrokeOffHasTheTimeOfAHalfClosedConnection()
      throws Exception {
    try (Lab lab = new Lab()) {
      Draft draft = hurried();
      draft.idle(Duration.ofMillis(500)); // where the reset is behind octets that nobody has read
      Socket client = lab.client(lab.forward(draft.settings(), lab.server(breakingOff(lab))), 4096);
      client.getOutputStream().write(1);
      await().until(broken::get);
      lab.assertAtRest();
      assertThat(lab.count(End.HALF_CLOSED) + lab.count(End.IDLE)).isOne();
    }
  }

  private final AtomicBoolean broken = new AtomicBoolean();

  /** Replies, and breaks off when the balancer has it all, but not the client. */
  private Lab.Serving breakingOff(Lab lab) {
    return socket -> {
      int _ = socket.getInputStream().read();
      socket.getOutputStream().write(SOME);
      await().until(() -> lab.report().listeners().getFirst().toClients() == SOME.length);
      Lab.reset(socket);
      broken.set(true);
    };
  }

  /** What a backend does that should shake hands. */
  enum Handshake implements Lab.Serving {
    SILENT {
      @Override
      public void serve(Socket socket) {}
    },
    GARBAGE {
      @Override
      public void serve(Socket socket) throws IOException {
        byte[] octets = new byte[1000];
        new Random(1).nextBytes(octets);
        socket.getOutputStream().write(octets);
      }
    },
    RESET {
      @Override
      public void serve(Socket socket) throws IOException {
        int _ = socket.getInputStream().read();
        Lab.reset(socket);
      }
    },
    CLOSE {
      @Override
      public void serve(Socket socket) throws IOException {
        int _ = socket.getInputStream().read();
        socket.close();
      }
    },
  }

  @ParameterizedTest
  @EnumSource
  void aBackendThatDoesNotShakeHandsIsLeftAsOftenAsItWasEntered(Handshake how) throws Exception {
    Pki pki = new Pki(folder);
    try (Lab lab = new Lab()) {
      Draft draft = hurried();
      draft.onward = new Settings.Onward("origin.internal", pki.authority(), true);
      InetSocketAddress to = lab.forward(draft.settings(), lab.server(how));
      talk(lab, to, new byte[1]);
      lab.assertAtRest();
      assertThat(lab.report().backends().getFirst().connections()).isZero();
    }
  }
}

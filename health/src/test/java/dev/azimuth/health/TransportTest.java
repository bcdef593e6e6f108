package dev.azimuth.health;

import static dev.azimuth.health.Samples.http;
import static dev.azimuth.health.Samples.kept;
import static dev.azimuth.health.Samples.tcp;
import static dev.azimuth.health.Samples.timing;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.azimuth.health.ProbeResult.Code;
import io.netty.channel.epoll.Epoll;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Probes come to the same over each of the ways to have sockets. */
@ParameterizedClass
@EnumSource
class TransportTest {
  private static final Timing PATIENT = timing(60_000, 50, 20_000, 1, 1);
  private static final Timing HASTY = timing(60_000, 50, 300, 1, 1);
  private static final Timing OFTEN = timing(500, 50, 5_000, 1, 1);

  /** Octets, of which no socket takes all at once. */
  private static final int LONG = 16 << 20;

  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

  @Parameter private Transport transport;

  @BeforeEach
  void isThere() {
    assumeTrue(transport == Transport.NIO || Epoll.isAvailable());
  }

  private ProbeResult probe(String address, int port, Check check) throws Exception {
    try (Watcher watcher = new Watcher(transport)) {
      Target target = new Target(InetAddress.ofLiteral(address), port, check);
      watcher.watch(target);
      return watcher.nextVerdict(target);
    }
  }

  private ProbeResult probe(TestServer.Behaviour behaviour, Check check) throws Exception {
    try (TestServer server = TestServer.plain(behaviour)) {
      return probe("127.0.0.1", server.port(), check);
    }
  }

  @Test
  void aConnectionIsEnoughForTcp() throws Exception {
    assertThat(probe(TestServer.hang(), tcp(PATIENT)).code()).isEqualTo(Code.L4OK);
  }

  @Test
  void aServerThatSpeaksFirstIsHeard() throws Exception {
    Check check =
        new Check.Tcp(
            Octets.NONE,
            new Content.Contains(Octets.utf8("ESMTP")),
            null,
            OptionalInt.empty(),
            PATIENT);
    TestServer.Behaviour greeting =
        (server, socket) -> {
          socket.getOutputStream().write("220 x ESMTP\r\n".getBytes(StandardCharsets.US_ASCII));
          TestServer.hang().serve(server, socket);
        };

    assertThat(probe(greeting, check).code()).isEqualTo(Code.L7OK);
  }

  /** More than a socket takes at once. */
  @Test
  void aLongRequestIsSentWhole() throws Exception {
    AtomicInteger received = new AtomicInteger();
    Check check =
        new Check.Tcp(
            new Octets("x".repeat(LONG)),
            new Content.Contains(Octets.utf8("done")),
            null,
            OptionalInt.empty(),
            PATIENT);
    TestServer.Behaviour counting =
        (server, socket) -> {
          while (received.get() < LONG) {
            int read = socket.getInputStream().read(new byte[1 << 16]);
            if (read < 0) {
              throw new IOException("too few");
            }
            received.addAndGet(read);
          }
          socket.getOutputStream().write("done".getBytes(StandardCharsets.US_ASCII));
          TestServer.hang().serve(server, socket);
        };

    assertThat(probe(counting, check).code()).isEqualTo(Code.L7OK);
    assertThat(received).hasValue(LONG);
  }

  @Test
  void anAnswerInPiecesIsReadToItsEnd() throws Exception {
    TestServer.Behaviour slow =
        (server, socket) -> {
          server.request(socket);
          for (String piece : OK.split("(?<=\n)", -1)) {
            socket.getOutputStream().write(piece.getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().flush();
          }
        };

    assertThat(probe(slow, http(PATIENT)).code()).isEqualTo(Code.L7OK);
  }

  @Test
  void oneConnectionServesManyProbes() throws Exception {
    AtomicInteger connections = new AtomicInteger();
    TestServer.Behaviour serving =
        (server, socket) -> {
          connections.incrementAndGet();
          while (true) {
            TestServer.answer(OK).serve(server, socket);
          }
        };
    try (TestServer server = TestServer.plain(serving);
        Watcher watcher = new Watcher(transport)) {
      Target target = Samples.target(server.port(), kept(http(OFTEN)));
      watcher.watch(target);
      for (int probe = 0; probe < 4; probe++) {
        assertThat(watcher.nextVerdict(target).code()).isEqualTo(Code.L7OK);
      }
      assertThat(connections).hasValue(1);
    }
  }

  private static Check.Http longRequest(Timing timing) {
    return http(
        null,
        new Check.Request("POST", "/", null, List.of(), new Octets("x".repeat(LONG))),
        Check.Expected.status(Samples.GOOD),
        false,
        timing);
  }

  @Test
  void aConnectionThatHasNotTakenAllOfARequestServesNoOther() throws Exception {
    AtomicInteger connections = new AtomicInteger();
    CompletableFuture<Void> over = new CompletableFuture<>();
    TestServer.Behaviour answersAndReadsNoMore =
        (server, socket) -> {
          connections.incrementAndGet();
          TestServer.answer(OK).serve(server, socket);
          over.join();
        };
    try (TestServer server = TestServer.plain(answersAndReadsNoMore);
        Watcher watcher = new Watcher(transport)) {
      Target target = Samples.target(server.port(), kept(longRequest(OFTEN)));
      watcher.watch(target);
      for (int probe = 0; probe < 3; probe++) {
        // One that was used again would be waited for until its timeout.
        assertThat(watcher.nextVerdict(target).code()).isEqualTo(Code.L7OK);
      }
      assertThat(connections).hasValueGreaterThanOrEqualTo(3);
    } finally {
      over.complete(null);
    }
  }

  /** The server says why it will not read the rest of a request, and resets the connection. */
  @Test
  void anAnswerThatIsThereCountsThoughTheRequestCannotBeSent() throws Exception {
    assumeTrue(transport == Transport.EPOLL, "channels are closed where writing fails");
    TestServer.Behaviour refusing =
        TestServer.answer("HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n");
    try (TestServer server = TestServer.plain(refusing);
        Watcher watcher = new Watcher(transport)) {
      Target target = Samples.target(server.port(), longRequest(OFTEN));
      watcher.watch(target);
      for (int probe = 0; probe < 20; probe++) {
        ProbeResult result = watcher.nextVerdict(target);
        assertThat(result.code()).as(result.detail()).isEqualTo(Code.L7STS);
      }
    }
  }

  @Test
  void refusalResetAndSilenceAreToldApart() throws Exception {
    int free;
    try (TestServer server = TestServer.plain(TestServer.hang())) {
      free = server.port();
    }
    ProbeResult refused = probe("127.0.0.1", free, http(PATIENT));
    assertThat(refused.code()).isEqualTo(Code.L4CON);
    assertThat(refused.detail()).isEqualTo("Connection refused");
    ProbeResult reset =
        probe(
            (server, socket) -> {
              server.request(socket);
              socket.setSoLinger(true, 0);
            },
            http(PATIENT));
    assertThat(reset.code()).isEqualTo(Code.L7RSP);
    assertThat(reset.detail()).startsWith("Connection reset");
    assertThat(probe(TestServer.hang(), http(HASTY)).code()).isEqualTo(Code.L7TOUT);
  }

  @Test
  void whatNoRouteLeadsToIsAFailedConnection() throws Exception {
    for (Check check : List.of(tcp(PATIENT), Samples.https(false, "www.example.com", PATIENT))) {
      ProbeResult result = probe("255.255.255.255", 80, check);
      assertThat(result.code()).isEqualTo(Code.L4CON);
      if (transport == Transport.EPOLL) {
        assertThat(result.detail()).isEqualTo("no route from here");
      }
    }
  }

  @Test
  void tlsIsSpokenAndItsFailuresAreTold(@TempDir Path folder) throws Exception {
    Check check = Samples.https(false, "www.example.com", PATIENT);
    try (TestServer server =
        TestServer.tls(
            new Authority(folder).issue("www.example.com").context(), TestServer.answer(OK))) {
      assertThat(probe("127.0.0.1", server.port(), check).code()).isEqualTo(Code.L7OK);
      assertThat(
              probe("127.0.0.1", server.port(), Samples.https(true, "www.example.com", PATIENT))
                  .code())
          .isEqualTo(Code.L6RSP);
    }
    assertThat(probe((server, socket) -> {}, check).code()).isEqualTo(Code.L6RSP);
  }

  @Test
  void datagramsAreSentAndAPortThatNobodyHasIsUnreachable() throws Exception {
    Check check =
        new Check.Udp(
            Octets.utf8("ping"),
            new Content.Contains(Octets.utf8("ping")),
            null,
            OptionalInt.empty(),
            PATIENT);
    int port;
    try (DatagramSocket socket =
        new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
      port = socket.getLocalPort();
      Thread.ofVirtual()
          .start(
              () -> {
                try {
                  DatagramPacket packet = new DatagramPacket(new byte[100], 100);
                  socket.receive(packet);
                  socket.send(packet);
                } catch (IOException e) {
                  // Closed by the test.
                }
              });
      assertThat(probe("127.0.0.1", port, check).code()).isEqualTo(Code.L7OK);
    }
    assertThat(probe("127.0.0.1", port, check).code()).isEqualTo(Code.L4CON);
  }
}

package dev.azimuth.health;

import static dev.azimuth.health.Samples.target;
import static dev.azimuth.health.Samples.timing;
import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.health.ProbeResult.Code;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Octets that are sent and looked for, over TCP and UDP. */
class ExchangeProbeTest {
  private static final Timing PATIENT = timing(60_000, 50, 20_000, 1, 1);
  private static final Timing HASTY = timing(60_000, 50, 450, 1, 1);

  private static Check tcp(String send, Content expect, Timing timing) {
    return new Check.Tcp(new Octets(send), expect, null, OptionalInt.empty(), timing);
  }

  private static Check udp(String send, Content expect, Timing timing) {
    return new Check.Udp(new Octets(send), expect, null, OptionalInt.empty(), timing);
  }

  private static Content contains(String octets) {
    return new Content.Contains(new Octets(octets));
  }

  private static Content matches(String regex) {
    return new Content.Matches(Regex.of(regex));
  }

  /** Speaks first, reads up to a line's end, answers and ends. */
  private static TestServer.Behaviour mail(String greeting, String answer) {
    return (server, socket) -> {
      socket.getOutputStream().write(greeting.getBytes(StandardCharsets.ISO_8859_1));
      while (socket.getInputStream().read() != '\n') {}
      socket.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
    };
  }

  @ParameterizedTest
  @CsvSource({
    "'250 ok', L7OK, ''",
    "'550 no', L7RSP, 'not the expected text'",
    "'', L7RSP, 'not the expected text'",
  })
  void whatIsSentIsAnswered(String answer, Code code, String detail) throws Exception {
    try (TestServer server = TestServer.plain(mail("220 here\r\n", answer))) {
      ProbeResult result =
          Watcher.probe(target(server.port(), tcp("EHLO x\r\n", contains("250"), PATIENT)));

      assertThat(result.code()).isEqualTo(code);
      assertThat(result.detail()).isEqualTo(detail);
    }
  }

  @Test
  void aGreetingIsEnoughWhereNothingIsSent() throws Exception {
    try (TestServer server = TestServer.plain(mail("SSH-2.0-x\r\n", ""))) {
      assertThat(
              Watcher.probe(target(server.port(), tcp("", matches("^SSH-2[.]0"), PATIENT))).code())
          .isEqualTo(Code.L7OK);
    }
  }

  @Test
  void octetsThatAreNoTextAreFoundInPieces() throws Exception {
    try (TestServer server =
        TestServer.plain(
            (self, socket) -> {
              socket.setTcpNoDelay(true);
              for (int octet : new int[] {1, 0, 0xff, 0x80, 7}) {
                socket.getOutputStream().write(octet);
              }
              TestServer.hang().serve(self, socket);
            })) {
      assertThat(
              Watcher.probe(
                      target(server.port(), tcp("", contains("\0\u00ff\u0080\u0007"), PATIENT)))
                  .code())
          .isEqualTo(Code.L7OK);
    }
  }

  @Test
  void anAnswerInEndlesslyManyPiecesIsNotLookedAtForEver() throws Exception {
    try (TestServer server =
        TestServer.plain(
            (self, socket) -> {
              socket.setTcpNoDelay(true);
              while (true) {
                socket.getOutputStream().write('x');
                LockSupport.parkNanos(500_000);
              }
            })) {
      ProbeResult result = Watcher.probe(target(server.port(), tcp("", matches("y$"), PATIENT)));

      assertThat(result.code()).isEqualTo(Code.L7RSP);
      assertThat(result.detail()).isEqualTo("an answer in too many pieces");
    }
  }

  /** Answers datagrams: those before the given one are lost. */
  private static final class Answering implements AutoCloseable {
    final AtomicInteger received = new AtomicInteger();
    private final DatagramSocket socket;

    Answering(int first, String answer) throws IOException {
      socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      Thread.ofVirtual().start(() -> answer(first, answer.getBytes(StandardCharsets.ISO_8859_1)));
    }

    private void answer(int first, byte[] answer) {
      byte[] room = new byte[2_048];
      try (DatagramSocket stranger =
          new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
        while (true) {
          DatagramPacket packet = new DatagramPacket(room, room.length);
          socket.receive(packet);
          stranger.send(
              new DatagramPacket(
                  "pong".getBytes(StandardCharsets.US_ASCII), 4, packet.getSocketAddress()));
          if (received.incrementAndGet() >= first) {
            socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
          }
        }
      } catch (IOException e) {
        // Closed by the test.
      }
    }

    int port() {
      return socket.getLocalPort();
    }

    @Override
    public void close() {
      socket.close();
    }
  }

  @ParameterizedTest
  @CsvSource({"1, L7OK, 1", "2, L7OK, 2", "3, L7OK, 3", "9, L7TOUT, 3"})
  void aDatagramIsSentThreeTimesAtMost(int first, Code code, int received) throws Exception {
    try (Answering server = new Answering(first, "pong")) {
      ProbeResult result =
          Watcher.probe(target(server.port(), udp("ping", contains("pong"), HASTY)));

      assertThat(result.code()).isEqualTo(code);
      assertThat(server.received).hasValue(received);
    }
  }

  @ParameterizedTest
  @CsvSource({"pong, L7OK", "ping, L7RSP"})
  void theAnswerMustBeTheExpectedOne(String answer, Code code) throws Exception {
    try (Answering server = new Answering(1, answer)) {
      assertThat(Watcher.probe(target(server.port(), udp("x", contains("pong"), PATIENT))).code())
          .isEqualTo(code);
      assertThat(Watcher.probe(target(server.port(), udp("x", null, PATIENT))).code())
          .isEqualTo(Code.L7OK);
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void anEmptyDatagramIsAnAnswerAndALongOneIsWhole(Transport transport) throws Exception {
    for (String answer : List.of("", "x".repeat(60_000) + "pong")) {
      try (Answering server = new Answering(1, answer);
          Watcher watcher = new Watcher(transport)) {
        Target any = target(server.port(), udp("x", null, PATIENT));
        Target pong = target(server.port(), udp("x", contains("pong"), PATIENT));
        watcher.watch(any, pong);
        assertThat(watcher.next(any).code()).isEqualTo(Code.L7OK);
        assertThat(watcher.next(pong).code()).isEqualTo(answer.isEmpty() ? Code.L7RSP : Code.L7OK);
      }
    }
  }

  @Test
  void aPortThatNobodyListensOnIsRefused() throws Exception {
    int port;
    try (DatagramSocket socket =
        new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
      port = socket.getLocalPort();
    }
    ProbeResult result = Watcher.probe(target(port, udp("x", null, PATIENT)));

    assertThat(result.code()).isEqualTo(Code.L4CON);
    assertThat(result.tookMicros()).isLessThan(10_000_000);
  }
}

package dev.azimuth.app.querylog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The handshake of Frame Streams with programs that keep to it, and with others. */
@Timeout(60)
class FrameStreamTest {
  private static final String CONTENT = "c:x";
  private static final String FIELD = "00000001 00000003 633a78";
  private static final String READY = "00000000 0000000f 00000004" + FIELD;
  private static final String ACCEPT = "00000000 0000000f 00000001" + FIELD;
  private static final String START = "00000000 0000000f 00000002" + FIELD;
  private static final String STOP = "00000000 00000004 00000003";
  private static final String FINISH = "00000000 00000004 00000005";

  /** So long that it never ends, and so short that nobody waits for it. */
  private static final Duration LONG = Duration.ofMinutes(10);

  private static final Duration SHORT = Duration.ofMillis(1);

  private ServerSocketChannel listener;
  private SocketChannel peer;

  @BeforeEach
  void listen() throws IOException {
    listener = ServerSocketChannel.open();
    listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  @AfterEach
  void close() throws IOException {
    listener.close();
    if (peer != null) {
      peer.close();
    }
  }

  /** Our side of a connection to a peer that has already said something. */
  private SocketSink connected(String said, Duration patience) throws IOException {
    SocketSink sink =
        SocketSink.connect(SocketChannel.open(), listener.getLocalAddress(), patience);
    peer = listener.accept();
    say(said);
    return sink;
  }

  private void say(String hex) throws IOException {
    peer.write(ByteBuffer.wrap(octets(hex)));
  }

  private static byte[] octets(String hex) {
    return HexFormat.of().parseHex(hex.replace(" ", ""));
  }

  /** All that the peer hears until our side closes the connection. */
  private String heard() throws IOException {
    var octets = ByteBuffer.allocate(1 << 20);
    while (peer.read(octets) >= 0) {
      assertThat(octets.hasRemaining()).isTrue();
    }
    return HexFormat.of().formatHex(octets.array(), 0, octets.position());
  }

  private static String hex(String... frames) {
    return String.join("", frames).replace(" ", "");
  }

  @Test
  void aPeerThatTakesTheContentGetsIt() throws IOException {
    FrameStream stream = FrameStream.toPeer(connected(ACCEPT, LONG), CONTENT);
    stream.write(ByteBuffer.wrap(FrameStream.frame("ab".getBytes(StandardCharsets.US_ASCII))));
    say(FINISH);
    stream.close();
    assertThat(heard()).isEqualTo(hex(READY, START, "00000002 6162", STOP));
  }

  @Test
  void aPeerMayTakeOtherContentsToo() throws IOException {
    String more = "00000000 0000001c 00000001 00000001 00000002 6162 00000002 00000000" + FIELD;
    more = more.replace("0000001c", "%08x".formatted(octets(more).length - 8));
    FrameStream stream = FrameStream.toPeer(connected(more, LONG), CONTENT);
    say(FINISH);
    stream.close();
    assertThat(heard()).isEqualTo(hex(READY, START, STOP));
  }

  @ParameterizedTest
  @CsvSource({
    "does not speak, 00000000 00000004 00000005", // FINISH
    "does not speak, 00000000 0000000f 00000004 00000001 00000003 633a78", // READY
    "does not speak, 0000000f 0000000f 00000001 00000001 00000003 633a78", // data
    "does not speak, 00000000 00000003 00000001",
    "does not speak, 00000000 ffffffff 00000001",
    "does not speak, 00000000 00000201 00000001",
    "does not speak, 485454502f312e3120343030", // HTTP
    "does not take c:x, 00000000 00000004 00000001",
    "does not take c:x, 00000000 0000000f 00000001 00000001 00000003 633a79",
    "does not take c:x, 00000000 0000000f 00000001 00000002 00000003 633a78",
    "does not take c:x, 00000000 0000000f 00000001 00000001 00000004 633a78",
    "does not take c:x, 00000000 0000000f 00000001 00000001 ffffffff 633a78",
    "does not take c:x, 00000000 00000007 00000001 633a78",
  })
  void whoAnswersOtherwiseGetsNothing(String why, String answer) throws IOException {
    SocketSink sink = connected(answer, LONG);
    assertThatThrownBy(() -> FrameStream.toPeer(sink, CONTENT))
        .isExactlyInstanceOf(IOException.class)
        .hasMessageContaining(why);
    assertThat(heard()).isEqualTo(hex(READY));
  }

  @ParameterizedTest
  @CsvSource({"''", "0000", "00000000 0000000f 00000001", "00000000 0000000f 00000001 00000001"})
  void whoEndsTheConnectionInItsAnswerGetsNothing(String answer) throws IOException {
    SocketSink sink = connected(answer, LONG);
    peer.shutdownOutput();
    assertThatThrownBy(() -> FrameStream.toPeer(sink, CONTENT)).isInstanceOf(EOFException.class);
    assertThat(heard()).isEqualTo(hex(READY));
  }

  @ParameterizedTest
  @CsvSource({"''", "0000", "00000000 0000000f 00000001 00000001"})
  void whoDoesNotGoOnIsLeft(String answer) throws IOException {
    SocketSink sink = connected(answer, SHORT);
    assertThatThrownBy(() -> FrameStream.toPeer(sink, CONTENT))
        .isInstanceOf(SocketTimeoutException.class);
    assertThat(heard()).isEqualTo(hex(READY));
  }

  @Test
  void aPeerThatTakesNothingMoreIsLeftWithoutAFarewell() throws IOException {
    FrameStream stream = FrameStream.toPeer(connected(ACCEPT, SHORT), CONTENT);
    assertThatThrownBy(() -> stream.write(ByteBuffer.allocate(1 << 26)))
        .isInstanceOf(SocketTimeoutException.class);
    stream.close();
  }

  @Test
  void aPeerThatDoesNotFinishIsLeft() throws IOException {
    for (String last : new String[] {"", STOP}) {
      FrameStream stream = FrameStream.toPeer(connected(ACCEPT + last, SHORT), CONTENT);
      assertThatThrownBy(stream::close).isInstanceOf(IOException.class);
      assertThat(heard()).isEqualTo(hex(READY, START, STOP));
      peer.close();
    }
  }
}

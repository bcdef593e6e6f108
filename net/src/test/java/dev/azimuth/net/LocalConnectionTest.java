package dev.azimuth.net;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Messages and descriptors between two ends of a unix socket. */
@Timeout(60)
class LocalConnectionTest {
  private static final InetSocketAddress LOOPBACK =
      new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);

  @TempDir Path folder;

  /** Both ends of a connection. */
  private final class Pair implements AutoCloseable {
    final LocalListener listener = LocalListener.open(path(), 1_000);
    final LocalConnection client = LocalConnection.connect(path());
    final LocalConnection server = Objects.requireNonNull(listener.accept());

    Pair() throws IOException {}

    @Override
    public void close() {
      client.close();
      server.close();
      listener.close();
    }
  }

  private Path path() {
    return folder.resolve("socket");
  }

  @Test
  void messagesKeepTheirBounds() throws IOException {
    try (Pair pair = new Pair()) {
      pair.client.send("one", List.of());
      pair.client.send("zwölf", List.of());
      assertThat(pair.server.receive(1_000).text()).isEqualTo("one");
      assertThat(pair.server.receive(1_000).text()).isEqualTo("zwölf");
      assertThat(pair.server.sameUser()).isTrue();
      assertThat(pair.client.sameUser()).isTrue();
    }
  }

  @Test
  void whatIsQueuedInASocketGoesWithIt() throws IOException {
    try (Pair pair = new Pair();
        DatagramSocket client = new DatagramSocket()) {
      DatagramPort old = DatagramPorts.open(LOOPBACK, true, 1 << 16, Transport.NATIVE);
      byte[] query = "query".getBytes(US_ASCII);
      client.send(new DatagramPacket(query, query.length, old.localAddress()));
      try (Descriptor copy = old.duplicate()) {
        pair.server.send("take it", List.of(copy));
      }
      old.close();

      LocalMessage message = pair.client.receive(1_000);
      try (DatagramPort taken =
          DatagramPorts.adopt(message.descriptors().getFirst(), true, 1 << 16)) {
        assertThat(taken.localAddress()).isEqualTo(old.localAddress());
        assertThat(taken.receive()).isEqualTo(1);
        byte[] into = new byte[DatagramPort.PAYLOAD];
        assertThat(taken.copy(0, into)).isEqualTo(query.length);
        taken.reply(0, query, query.length);
        assertThat(taken.flush()).isEqualTo(1);
      }
    }
  }

  @Test
  void asManyDescriptorsAsAreAgreedOnPassInOrder() throws IOException {
    try (Pair pair = new Pair()) {
      List<Descriptor> sent = new ArrayList<>();
      List<InetSocketAddress> names = new ArrayList<>();
      for (int i = 0; i < LocalConnection.MOST_DESCRIPTORS; i++) {
        try (StreamPort port = StreamPort.open(LOOPBACK, false, 1 << 15)) {
          names.add(port.localAddress());
          sent.add(port.duplicate());
        }
      }
      pair.client.send("all", sent);
      sent.forEach(Descriptor::close);
      List<InetSocketAddress> received = new ArrayList<>();
      for (Descriptor descriptor : pair.server.receive(1_000).descriptors()) {
        try (StreamPort port = StreamPort.adopt(descriptor)) {
          received.add(port.localAddress());
        }
      }
      assertThat(received).isEqualTo(names);
    }
  }

  @Test
  void theEndAndTheSilenceOfTheOtherAreToldApart() throws IOException {
    try (Pair pair = new Pair()) {
      assertThatThrownBy(() -> pair.server.receive(10)).isInstanceOf(SocketTimeoutException.class);
      pair.client.close();
      assertThatThrownBy(() -> pair.server.receive(1_000)).isInstanceOf(EOFException.class);
      assertThatThrownBy(() -> pair.server.send("too late", List.of()))
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void nobodyElseMayConnect() throws IOException {
    try (LocalListener listener = LocalListener.open(path(), 10)) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path())))
          .isEqualTo("rw-------");
      assertThat(listener.accept()).isNull();
    }
  }

  @Test
  void whatAnotherProcessLeftIsReplaced() throws IOException {
    LocalListener.open(path(), 10).close();
    assertThatThrownBy(() -> LocalConnection.connect(path())).isInstanceOf(ConnectException.class);
    new Pair().close();
  }

  @Test
  void aPathWithoutASocketIsSaid() {
    assertThatThrownBy(() -> LocalConnection.connect(folder.resolve("none")))
        .isInstanceOf(NoSuchFileException.class);
    Path longest = folder.resolve("x".repeat(120));
    assertThatThrownBy(() -> LocalConnection.connect(longest))
        .isInstanceOf(NoSuchFileException.class);
    assertThatThrownBy(() -> LocalListener.open(longest, 10))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("too long");
  }
}

package dev.azimuth.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.Selector;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SocketPipeTest {
  private static final int MOST = 256 * 1024;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private Pair from;
  private Pair into;
  private SocketPipe pipe;

  /** Two ends of a connection: ours by number, and the other. */
  private record Pair(NativeSocket ours, Socket other) implements AutoCloseable {
    static Pair open() throws IOException {
      try (ServerSocket server = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
        NativeSocket ours =
            NativeSocket.open(
                SocketDescriptor.AF_INET,
                SocketDescriptor.SOCK_STREAM | SocketDescriptor.SOCK_NONBLOCK);
        try {
          ours.connect((InetSocketAddress) server.getLocalSocketAddress());
        } catch (IOException underWay) {
          // It does not block, so it says so; accepting waits for it.
        }
        Socket other = server.accept();
        other.setSoTimeout(10_000);
        other.setTcpNoDelay(true);
        return new Pair(ours, other);
      }
    }

    int number() {
      return ours.descriptor();
    }

    @Override
    public void close() throws IOException {
      ours.close();
      other.close();
    }
  }

  @BeforeEach
  void open() throws IOException {
    assumeTrue(DatagramPorts.nativeAvailable());
    from = Pair.open();
    into = Pair.open();
    pipe = SocketPipe.open();
  }

  @AfterEach
  void close() throws IOException {
    if (pipe != null) {
      pipe.close();
      from.close();
      into.close();
    }
  }

  /** Fills the pipe as soon as something is there. */
  private int filled() throws IOException {
    int filled = 0;
    while (filled == 0) {
      filled = pipe.fill(from.number(), MOST);
      Thread.onSpinWait();
    }
    return filled;
  }

  private static byte[] octets(int length) {
    byte[] octets = new byte[length];
    new Random(length).nextBytes(octets);
    return octets;
  }

  @Test
  void octetsGoThroughInTheirOrder() throws IOException {
    byte[] sent = octets(40_000);
    from.other.getOutputStream().write(sent);
    for (int moved = 0; moved < sent.length; ) {
      int filled = filled();
      assertThat(pipe.held()).isEqualTo(filled);
      assertThat(pipe.drain(into.number())).isEqualTo(filled);
      assertThat(pipe.held()).isZero();
      moved += filled;
    }
    assertThat(into.other.getInputStream().readNBytes(sent.length)).isEqualTo(sent);
    assertThat(pipe.drain(into.number())).isZero();
  }

  @Test
  void noMoreIsTakenThanIsAskedFor() throws IOException {
    from.other.getOutputStream().write(octets(1000));
    assertThat(filled()).isEqualTo(1000);
    assertThat(pipe.drain(into.number())).isEqualTo(1000);
    from.other.getOutputStream().write(octets(1000));
    int first = 0;
    while (first == 0) {
      first = pipe.fill(from.number(), 300);
    }
    assertThat(first).isEqualTo(300);
  }

  @Test
  void whatTheOtherSocketDoesNotTakeIsCopiedOut() throws IOException {
    byte[] all = octets(64 << 20);
    Thread writer =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    from.other.getOutputStream().write(all);
                  } catch (IOException e) {
                    // The test is over.
                  }
                });
    int moved = 0;
    while (pipe.held() == 0) { // until the socket is full
      int filled = filled();
      assertThat(pipe.drain(into.number())).isGreaterThanOrEqualTo(0);
      moved += filled - pipe.held();
    }
    moved += pipe.drain(into.number());
    int left = pipe.held();
    ByteBuffer rest = ByteBuffer.allocateDirect(left + 10).position(7);
    pipe.empty(rest);
    assertThat(pipe.held()).isZero();
    assertThat(rest.position()).isEqualTo(7 + left);
    byte[] copied = new byte[left];
    rest.get(7, copied);
    assertThat(copied).isEqualTo(Arrays.copyOfRange(all, moved, moved + left));
    from.close();
    writer.interrupt();
  }

  @Test
  void roomForTheRestMustBeThere() throws IOException {
    from.other.getOutputStream().write(octets(1000));
    int filled = filled();
    assertThatThrownBy(() -> pipe.empty(ByteBuffer.allocateDirect(filled - 1)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> pipe.empty(ByteBuffer.allocate(filled)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(pipe.held()).isEqualTo(filled);
  }

  @Test
  void nothingAndTheEndLookAlike() throws IOException {
    assertThat(pipe.fill(from.number(), MOST)).isZero();
    from.other.shutdownOutput();
    assertThat(pipe.fill(from.number(), MOST)).isZero();
  }

  @Test
  void onlyAnEmptyPipeIsFilled() throws IOException {
    from.other.getOutputStream().write(octets(1000));
    filled();
    assertThatThrownBy(() -> pipe.fill(from.number(), MOST))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aSocketThatWasResetFailsOnEitherSide() throws IOException {
    from.other.getOutputStream().write(octets(1000));
    filled();
    into.other.setSoLinger(true, 0);
    into.other.close();
    assertThatThrownBy(
            () -> {
              while (pipe.held() > 0) {
                pipe.drain(into.number());
              }
              from.other.getOutputStream().write(1);
              filled();
              pipe.drain(into.number());
            })
        .isInstanceOf(IOException.class)
        .hasMessageContaining("errno");
    pipe.close();
    pipe = SocketPipe.open();
    from.other.setSoLinger(true, 0);
    from.other.close();
    assertThatThrownBy(this::filled).isInstanceOf(IOException.class).hasMessageContaining("104");
  }

  @Test
  void whatTheSystemDoesNotSpliceIsSaidToBeSo() throws IOException {
    Set<String> before = polls();
    try (Selector selector = Selector.open()) {
      Set<String> after = polls();
      after.removeAll(before);
      assertThat(after).hasSize(1);
      int epoll = Integer.parseInt(after.iterator().next());
      assertThat(selector.isOpen()).isTrue();
      assertThat(pipe.fill(epoll, MOST)).isEqualTo(SocketPipe.UNABLE);
    }
  }

  private static Set<String> polls() throws IOException {
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      return open.filter(each -> link(each).contains("eventpoll"))
          .map(each -> each.getFileName().toString())
          .collect(Collectors.toSet());
    }
  }

  private static String link(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (IOException e) {
      return ""; // closed meanwhile
    }
  }

  @Test
  void itsDescriptorsAreClosedWithItOnce() throws IOException {
    long before = descriptors();
    SocketPipe second = SocketPipe.open();
    assertThat(descriptors()).isEqualTo(before + 2);
    second.close();
    second.close();
    assertThat(descriptors()).isEqualTo(before);
  }

  private static long descriptors() throws IOException {
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      return open.filter(each -> link(each).startsWith("pipe:")).count();
    }
  }

  @Test
  void fillingAndDrainingAllocateNothing() throws IOException {
    byte[] sent = octets(20_000);
    int quiet = 0;
    for (int round = 0; quiet < 3 && round < 100; round++) {
      long allocated = 0;
      for (int i = 0; i < 500; i++) {
        from.other.getOutputStream().write(sent);
        for (int moved = 0; moved < sent.length; ) {
          long before = THREADS.getCurrentThreadAllocatedBytes();
          int filled = pipe.fill(from.number(), MOST);
          moved += pipe.drain(into.number());
          allocated += THREADS.getCurrentThreadAllocatedBytes() - before;
          assertThat(filled).isGreaterThanOrEqualTo(0);
        }
        into.other.getInputStream().skipNBytes(sent.length);
      }
      quiet = allocated == 0 ? quiet + 1 : 0;
    }
    assertThat(quiet).as("rounds in a row in which nothing was allocated").isEqualTo(3);
  }
}

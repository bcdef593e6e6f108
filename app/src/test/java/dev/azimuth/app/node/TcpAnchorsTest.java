package dev.azimuth.app.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.app.config.HealthConfig.Anchor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TcpAnchorsTest {
  private static final InetAddress HERE = InetAddress.getLoopbackAddress();

  private static int answering(Anchor... anchors) throws Exception {
    CompletableFuture<Integer> answering = new CompletableFuture<>();
    new TcpAnchors().ask(List.of(anchors), answering::complete);
    return answering.get(10, TimeUnit.SECONDS);
  }

  private static Anchor at(int port) {
    return new Anchor(HERE, OptionalInt.of(port));
  }

  @Test
  void acceptedAndRefusedAreAnswersAndSilenceIsNone() throws Exception {
    List<Socket> waiting = new ArrayList<>();
    try (Socket taken = new Socket(); // which nobody listens on
        ServerSocket accepting = new ServerSocket(0, 50, HERE);
        ServerSocket silent = new ServerSocket(0, 1, HERE)) {
      taken.bind(new InetSocketAddress(HERE, 0));
      int refusing = taken.getLocalPort();
      fill(silent, waiting);
      Anchor quiet = at(silent.getLocalPort());
      assertThat(answering(at(accepting.getLocalPort()), at(refusing), quiet)).isEqualTo(2);
      long began = System.nanoTime();
      assertThat(answering(quiet)).isZero();
      assertThat(answering(at(refusing), quiet, quiet)).as("fewer than half").isEqualTo(1);
      assertThat(System.nanoTime() - began).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(1_800));

      // A wait for the other half would be in every one; other work on the machine is not.
      long quickest = Long.MAX_VALUE;
      for (int i = 0; i < 5; i++) {
        began = System.nanoTime();
        assertThat(answering(at(refusing), quiet)).as("half").isEqualTo(1);
        quickest = Math.min(quickest, System.nanoTime() - began);
      }
      assertThat(quickest)
          .as("does not wait for the other half")
          .isLessThan(TimeUnit.MILLISECONDS.toNanos(900));
    } finally {
      for (Socket socket : waiting) {
        socket.close();
      }
    }
  }

  @Test
  void withoutAPortOneOfTwoIsEnough() throws Exception {
    assertThat(answering(new Anchor(HERE, OptionalInt.empty()))).isEqualTo(1);
  }

  /** The kernel drops what comes for a queue that is full, as a network does that is cut. */
  private static void fill(ServerSocket server, List<Socket> waiting) throws IOException {
    while (true) {
      Socket socket = new Socket();
      waiting.add(socket);
      try {
        socket.connect(server.getLocalSocketAddress(), 200);
      } catch (SocketTimeoutException full) {
        return;
      }
    }
  }
}

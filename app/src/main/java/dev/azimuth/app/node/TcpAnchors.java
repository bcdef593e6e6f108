package dev.azimuth.app.node;

import dev.azimuth.app.config.HealthConfig.Anchor;
import dev.azimuth.health.Doubt;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntConsumer;

/** Asks anchors for a TCP connection: one that is refused was answered too, by a host. */
final class TcpAnchors implements Anchors {
  private static final List<Integer> PORTS = List.of(53, 443);

  /** So that the answer is there before nobody waits for it any more. */
  private static final int PATIENCE_MILLIS = (int) (Doubt.ANSWER_MILLIS - 50);

  @Override
  public void ask(List<Anchor> anchors, IntConsumer answered) {
    Thread.ofVirtual().name("anchors").start(() -> answered.accept(answering(anchors)));
  }

  private static int answering(List<Anchor> anchors) {
    try (ExecutorService each = Executors.newVirtualThreadPerTaskExecutor()) {
      List<List<Future<Boolean>>> asked =
          anchors.stream()
              .map(
                  anchor ->
                      places(anchor).stream()
                          .map(place -> each.submit(() -> answers(place)))
                          .toList())
              .toList();
      return (int) asked.stream().filter(of -> of.stream().anyMatch(TcpAnchors::yes)).count();
    }
  }

  private static List<InetSocketAddress> places(Anchor anchor) {
    List<Integer> ports = anchor.port().isPresent() ? List.of(anchor.port().getAsInt()) : PORTS;
    return ports.stream().map(port -> new InetSocketAddress(anchor.address(), port)).toList();
  }

  private static boolean answers(InetSocketAddress place) {
    try (Socket socket = new Socket()) {
      socket.connect(place, PATIENCE_MILLIS);
      return true;
    } catch (ConnectException refused) {
      // Also what the system reports after its own timeout, which is far longer than ours.
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean yes(Future<Boolean> answer) {
    try {
      return answer.get();
    } catch (ExecutionException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}

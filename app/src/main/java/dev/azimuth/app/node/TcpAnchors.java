package dev.azimuth.app.node;

import dev.azimuth.app.config.HealthConfig.Anchor;
import dev.azimuth.health.Doubt;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.IntConsumer;

/**
 * Asks anchors for a TCP connection: one that is refused was answered too, by a host. Says so once
 * half of them have answered; more would decide nothing.
 */
final class TcpAnchors implements Anchors {
  private static final List<Integer> PORTS = List.of(53, 443);

  /** So that the answer is there before nobody waits for it any more. */
  private static final int PATIENCE_MILLIS = (int) (Doubt.ANSWER_MILLIS - 50);

  private static final int SILENT = -1;

  @Override
  public void ask(List<Anchor> anchors, IntConsumer answered) {
    Thread.ofVirtual().name("anchors").start(() -> answer(anchors, answered));
  }

  private static void answer(List<Anchor> anchors, IntConsumer answered) {
    try (ExecutorService each = Executors.newVirtualThreadPerTaskExecutor()) {
      CompletionService<Integer> results = new ExecutorCompletionService<>(each);
      int open = 0;
      for (int i = 0; i < anchors.size(); i++) {
        int number = i;
        for (InetSocketAddress place : places(anchors.get(i))) {
          results.submit(() -> answers(place) ? number : SILENT);
          open++;
        }
      }
      BitSet answering = new BitSet();
      for (; open > 0 && answering.cardinality() * 2 < anchors.size(); open--) {
        int number = next(results);
        if (number != SILENT) {
          answering.set(number);
        }
      }
      answered.accept(answering.cardinality());
      each.shutdownNow(); // nobody waits for the others
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

  private static int next(CompletionService<Integer> results) {
    try {
      return results.take().get();
    } catch (ExecutionException e) {
      return SILENT;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return SILENT;
    }
  }
}

package dev.azimuth.app.node;

import dev.azimuth.app.node.Node.Refused;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits for the publisher, never for ever. */
final class Waiting {
  /** Longer than the deadline for verdicts, so that only a stuck publisher is ever told of. */
  static final Duration PATIENCE = Duration.ofMillis(2 * Desk.VERDICT_MILLIS);

  private Waiting() {}

  static void until(CompletableFuture<Void> done) throws Refused {
    try {
      done.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Refused refused) {
        throw refused;
      }
      throw new Refused("it failed, the log says how: " + e.getCause());
    } catch (TimeoutException e) {
      // Not carried out later either, when nobody expects it any more.
      done.cancel(false);
      throw new Refused("it was not carried out within " + PATIENCE.toSeconds() + " s");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Refused("interrupted");
    }
  }
}

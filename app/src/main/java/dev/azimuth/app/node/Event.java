package dev.azimuth.app.node;

import dev.azimuth.health.ProbeResult;
import dev.azimuth.health.Target;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** What the publisher is told by everything else. */
sealed interface Event {

  /** A probe came back. */
  record Probed(Target target, ProbeResult result) implements Event {}

  /** A host name resolved. */
  record Addressed(String host, Resolved resolved) implements Event {}

  /**
   * A configuration is to be taken up once its new targets have a verdict.
   *
   * @param done completed when it serves
   */
  record Adopt(Loading.Whole whole, CompletableFuture<Void> done) implements Event {}

  /**
   * Operators' orders change.
   *
   * @param change from those in force to the new ones; runs on the publisher's thread
   * @param done completed when the change shows in answers and is on disk
   */
  record Ordered(Function<Orders, Orders> change, CompletableFuture<Void> done) implements Event {}

  /** A pool on hold may serve again. */
  record Failback(String pool, CompletableFuture<Void> done) implements Event {}

  /** The publisher is to end after what was told it before. */
  record Stop(CompletableFuture<Void> done) implements Event {}

  /** Everything that waits for what an event asked. */
  static List<CompletableFuture<Void>> waiting(Event event) {
    return switch (event) {
      case Probed p -> List.of();
      case Addressed a -> List.of();
      // A plan may wait for verdicts: the publisher completes it when it serves.
      case Adopt a -> List.of();
      case Ordered o -> List.of(o.done());
      case Failback f -> List.of(f.done());
      case Stop s -> List.of(s.done());
    };
  }
}

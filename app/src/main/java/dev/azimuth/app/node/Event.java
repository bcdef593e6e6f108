package dev.azimuth.app.node;

import dev.azimuth.app.orders.Ground;
import dev.azimuth.app.orders.Orders;
import dev.azimuth.health.ProbeResult;
import dev.azimuth.health.Target;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What the publisher is told by everything else. */
sealed interface Event {

  /** A probe came back. */
  record Probed(Target target, ProbeResult result) implements Event {}

  /** Anchors were asked. */
  record Anchored(int answering, int anchors) implements Event {}

  /** A host name resolved. */
  record Addressed(String host, Resolved resolved) implements Event {}

  /** A server said that a host name has no address. */
  record Addressless(String host) implements Event {}

  /**
   * Connections of a balancer to a backend fail, one after the other.
   *
   * @param backend {@code pool/backend}
   */
  record Failing(String balancer, String backend) implements Event {}

  /**
   * The node ends: no client should come to its balancers any more.
   *
   * @param done completed when answers say so
   */
  record Leave(CompletableFuture<Void> done) implements Event {}

  /**
   * A configuration is to be taken up once its new targets have a verdict.
   *
   * @param done completed when it serves
   */
  record Adopt(Loading.Whole whole, CompletableFuture<Void> done) implements Event {}

  /**
   * Operators' orders change.
   *
   * @param change runs on the publisher's thread, so that none comes between what it looks at and
   *     what it does
   * @param done completed when the change shows in answers; fails with {@link Node.Refused} when it
   *     was not made
   */
  record Ordered(Change change, CompletableFuture<Void> done) implements Event {}

  /** From the orders in force to the new ones. */
  @FunctionalInterface
  interface Change {
    /**
     * @param ground what the orders act upon; null before the first picture
     */
    Orders of(Orders orders, @Nullable Ground ground) throws Node.Refused;
  }

  /** A pool on hold may serve again. */
  record Failback(String pool, CompletableFuture<Void> done) implements Event {}

  /** The publisher is to end after what was told it before. */
  record Stop(CompletableFuture<Void> done) implements Event {}

  /** Everything that waits for what an event asked. */
  static List<CompletableFuture<Void>> waiting(Event event) {
    return switch (event) {
      case Probed p -> List.of();
      case Anchored a -> List.of();
      case Addressed a -> List.of();
      case Addressless a -> List.of();
      // A plan may wait for verdicts: the publisher completes it when it serves.
      case Adopt a -> List.of();
      case Ordered o -> List.of(o.done());
      case Failback f -> List.of(f.done());
      case Failing f -> List.of();
      case Leave l -> List.of(l.done());
      case Stop s -> List.of(s.done());
    };
  }
}

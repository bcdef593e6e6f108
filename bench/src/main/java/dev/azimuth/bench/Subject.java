package dev.azimuth.bench;

import dev.azimuth.health.ProbeResult;
import dev.azimuth.health.ProbeResult.Code;
import dev.azimuth.health.State;
import dev.azimuth.health.Target;
import dev.azimuth.health.TargetHealth;
import java.util.concurrent.TimeUnit;

/** A backend that fails and works again by turns, and what its probes make of that. */
final class Subject implements AutoCloseable {
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

  final Fault fault;
  final Target target;
  private final Backend backend;

  private TargetHealth health = TargetHealth.unknown(0); // guarded by this, like what follows
  private long turned;
  private long seen;
  private boolean doubtful;
  private Code decided = Code.INCONCLUSIVE;
  private int falls;

  Subject(Fault fault, Target target, Backend backend) {
    this.fault = fault;
    this.target = target;
    this.backend = backend;
  }

  /**
   * One change of the backend and when it was noticed.
   *
   * @param turned when it changed, by {@link System#nanoTime}
   * @param seen when the state did, likewise
   * @param doubtful whether a probe between them was inconclusive
   * @param code of the probe that decided
   */
  record Turn(long turned, long seen, boolean doubtful, Code code) {}

  /** Takes one more result. */
  synchronized void heard(ProbeResult result) {
    State before = health.state();
    health = health.after(result, target.check().timing());
    doubtful |= result.code() == Code.INCONCLUSIVE;
    if (health.state() != before) {
      seen = System.nanoTime();
      decided = result.code();
      falls += before == State.UP ? 1 : 0;
      notifyAll();
    }
  }

  /** Makes the backend fail or work; before, the other state is waited for. */
  void turn(State to) throws InterruptedException {
    await(to == State.UP ? State.DOWN : State.UP);
    long now = to == State.UP ? backend.heal() : backend.fail(fault);
    synchronized (this) {
      turned = now;
      doubtful = false;
    }
  }

  /**
   * Waits until the state follows.
   *
   * @throws IllegalStateException when it does not for very long
   */
  synchronized Turn await(State wanted) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    while (health.state() != wanted) {
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      if (left <= 0) {
        throw new IllegalStateException(fault + " was not seen: " + health);
      }
      wait(left);
    }
    return new Turn(turned, seen, doubtful, decided);
  }

  /** How often it has gone down. */
  synchronized int falls() {
    return falls;
  }

  @Override
  public void close() {
    backend.close();
  }
}

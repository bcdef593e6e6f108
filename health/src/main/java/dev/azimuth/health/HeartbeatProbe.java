package dev.azimuth.health;

import dev.azimuth.health.ProbeResult.Code;
import java.util.function.Consumer;

/** A look at what a backend said of itself last. Silence for too long is a failure. */
final class HeartbeatProbe extends Probe {
  private final Target target;
  private final Check.Heartbeat check;
  private final Means means;

  HeartbeatProbe(Target target, Check.Heartbeat check, Means means, Consumer<Finding> owner) {
    super(owner);
    this.target = target;
    this.check = check;
    this.means = means;
  }

  @Override
  void begin() {
    end(
        judge(
            means.local().heartbeats(),
            target.about(),
            check.expires().toMillis(),
            means.clock().getAsLong()));
  }

  /** Pure but for what the heartbeats hold. All times in milliseconds. */
  static Finding judge(Heartbeats heartbeats, String about, long expires, long now) {
    if (!heartbeats.listening()) {
      return Finding.of(Code.INCONCLUSIVE, "no listener for heartbeats is open");
    }
    Heartbeats.Beat last = heartbeats.last(about);
    long silence = now - (last == null ? heartbeats.since(about) : last.at());
    if (silence > expires) {
      return Finding.of(Code.L7TOUT, "no heartbeat for " + silence / 1000 + " s");
    }
    if (last == null) {
      return Finding.of(Code.INCONCLUSIVE, "no heartbeat yet");
    }
    return last.up()
        ? new Finding(Code.L7OK, "", last.weight())
        : Finding.of(Code.L7STS, "it says that it is down");
  }

  @Override
  Finding late() {
    throw new IllegalStateException("it ends as it begins");
  }

  @Override
  void release() {
    // It holds nothing.
  }
}

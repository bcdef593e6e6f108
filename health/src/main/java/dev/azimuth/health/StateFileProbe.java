package dev.azimuth.health;

import dev.azimuth.health.ProbeResult.Code;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A probe by a file that something else writes: judges what was found in it last. What the file
 * does not say decides nothing: whoever writes it may have stopped for reasons of its own.
 */
final class StateFileProbe extends Probe {
  /** What was found longer ago than this is not believed any more, in milliseconds. */
  static final long STALE = 5_000;

  private final Target target;
  private final Check.StateFile check;
  private final Means means;
  private @Nullable ScheduledFuture<?> again;

  StateFileProbe(Target target, Check.StateFile check, Means means, Consumer<Finding> owner) {
    super(owner);
    this.target = target;
    this.check = check;
    this.means = means;
  }

  @Override
  void begin() {
    if (last() == null) {
      // A file that has only just become wanted is read in a moment.
      again = means.loop().schedule(this::look, StateFiles.LOOK_MILLIS, TimeUnit.MILLISECONDS);
    } else {
      look();
    }
  }

  private StateFiles.@Nullable Reading last() {
    return means.local().files().last(check.path());
  }

  private void look() {
    end(judge(last(), check, target.about(), means.clock().getAsLong(), means.wall().getAsLong()));
  }

  /**
   * What a reading says of a backend. Pure.
   *
   * @param now in milliseconds of the steady clock
   * @param wall in milliseconds of the wall clock, which writes the times of files
   */
  static Finding judge(
      StateFiles.@Nullable Reading last, Check.StateFile check, String about, long now, long wall) {
    if (last == null) {
      return silent("not read yet");
    }
    if (now - last.looked() > STALE) {
      return silent("not to be read for " + (now - last.looked()) / 1000 + " s");
    }
    if (last.fault() != null) {
      return silent(last.fault());
    }
    long age = wall - last.written();
    if (!check.expires().isZero() && age > check.expires().toMillis()) {
      return silent("not written for " + age / 1000 + " s");
    }
    StateFiles.Line line = last.lines().get(about);
    if (line == null) {
      return silent("says nothing of " + about);
    }
    return line.up()
        ? new Finding(Code.L7OK, "the file says up", line.weight())
        : Finding.of(Code.L7STS, "the file says down");
  }

  private static Finding silent(String why) {
    return Finding.of(Code.INCONCLUSIVE, Details.printable("the file: " + why));
  }

  @Override
  Finding late() {
    return silent("not read yet");
  }

  @Override
  void release() {
    if (again != null) {
      again.cancel(false);
    }
  }
}

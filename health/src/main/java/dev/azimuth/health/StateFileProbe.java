package dev.azimuth.health;

import dev.azimuth.health.ProbeResult.Code;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * A probe by a file that something else writes. What the file does not say decides nothing: whoever
 * writes it may have stopped for reasons of its own.
 */
final class StateFileProbe extends Probe {
  private final Target target;
  private final Check.StateFile check;
  private final Means means;

  StateFileProbe(Target target, Check.StateFile check, Means means, Consumer<Finding> owner) {
    super(owner);
    this.target = target;
    this.check = check;
    this.means = means;
  }

  @Override
  void begin() {
    // A disk may be slow, and this loop must not be.
    Thread.ofVirtual()
        .name("check-file")
        .start(
            () -> {
              Finding finding = read();
              means.loop().execute(() -> end(finding));
            });
  }

  private Finding read() {
    try {
      Duration expires = check.expires();
      long age = means.clock().getAsLong() - StateFiles.written(check.path());
      if (!expires.isZero() && age > expires.toMillis()) {
        return silent("not written for " + age / 1000 + " s");
      }
      StateFiles.Line line =
          means.local().files().line(check.path(), target.about(), means.clock().getAsLong());
      if (line == null) {
        return silent("says nothing of " + target.about());
      }
      return line.up()
          ? new Finding(Code.L7OK, "the file says up", line.weight())
          : Finding.of(Code.L7STS, "the file says down");
    } catch (StateFiles.Unusable e) {
      return silent(String.valueOf(e.getMessage()));
    }
  }

  private static Finding silent(String why) {
    return Finding.of(Code.INCONCLUSIVE, Details.printable("the file: " + why));
  }

  @Override
  Finding late() {
    return Finding.of(Code.INCONCLUSIVE, "the file could not be read in time");
  }

  @Override
  void release() {
    // What is still read is not looked at any more.
  }
}

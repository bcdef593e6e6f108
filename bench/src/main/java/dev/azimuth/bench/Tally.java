package dev.azimuth.bench;

import dev.azimuth.health.ProbeResult;
import dev.azimuth.health.State;
import dev.azimuth.health.Target;
import dev.azimuth.health.TargetHealth;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** What the probes of backends that are all well have said. Of the prober's thread. */
final class Tally {
  private final Map<Target, TargetHealth> health = new HashMap<>();
  private final long wanted;
  private final CountDownLatch enough;
  private long probes;
  private long failed;
  private long inconclusive;
  private long falls;
  private int row;

  /**
   * @param wanted conclusive probes
   * @param enough counted down when there are so many
   */
  Tally(long wanted, CountDownLatch enough) {
    this.wanted = wanted;
    this.enough = enough;
  }

  /** Takes the first or one more result of a target, which was up before. */
  void heard(Target target, ProbeResult result) {
    if (result.code() == ProbeResult.Code.INCONCLUSIVE) {
      inconclusive++;
      return;
    }
    TargetHealth before = health.getOrDefault(target, new TargetHealth(State.UP, 0, 0, null));
    TargetHealth after = before.after(result, target.check().timing());
    health.put(target, after);
    if (!result.code().good()) {
      failed++;
      row = Math.max(row, after.past().row());
    }
    falls += before.state() == State.UP && after.state() == State.DOWN ? 1 : 0;
    if (++probes == wanted) {
      enough.countDown();
    }
  }

  /**
   * @param expected part of the probes that fail
   */
  String words(double expected) {
    return String.format(
        Locale.ROOT,
        "probes=%d failed=%d expected=%.1f row=%d inconclusive=%d falls=%d",
        probes,
        failed,
        probes * expected,
        row,
        inconclusive,
        falls);
  }
}

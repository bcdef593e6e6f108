package dev.azimuth.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.health.Check;
import dev.azimuth.health.ProbeResult;
import dev.azimuth.health.ProbeResult.Code;
import dev.azimuth.health.Target;
import dev.azimuth.health.Timing;
import java.net.InetAddress;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class TallyTest {
  private static final Timing TIMING =
      new Timing(Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(2), 2, 3);

  private final CountDownLatch enough = new CountDownLatch(1);
  private final Tally tally = new Tally(8, enough);

  @Test
  void onlyAsManyFailuresInARowOfOneTargetAreAFall() {
    hear(1, Code.L4TOUT, Code.L4TOUT, Code.L4OK);
    hear(2, Code.L4TOUT, Code.INCONCLUSIVE, Code.L4TOUT);
    assertThat(tally.words(0.5))
        .isEqualTo("probes=5 failed=4 expected=2.5 row=2 inconclusive=1 falls=0");
    hear(2, Code.L4TOUT, Code.L4TOUT);
    assertThat(tally.words(0.5))
        .isEqualTo("probes=7 failed=6 expected=3.5 row=4 inconclusive=1 falls=1");
  }

  @Test
  void whoeverWaitsIsToldWhenThereAreEnough() {
    hear(1, Code.L4OK, Code.L4OK, Code.L4OK, Code.INCONCLUSIVE);
    hear(2, Code.L4OK, Code.L4OK, Code.L4OK, Code.L4OK);
    assertThat(enough.getCount()).isOne();
    hear(3, Code.L4OK);
    assertThat(enough.getCount()).isZero();
  }

  private void hear(int port, Code... codes) {
    Check check = new Check.Tcp(null, OptionalInt.empty(), TIMING);
    for (Code code : codes) {
      Target target = new Target(InetAddress.getLoopbackAddress(), port, check);
      tally.heard(target, new ProbeResult(code, "", 0, 0));
    }
  }
}

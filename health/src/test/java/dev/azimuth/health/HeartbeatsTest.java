package dev.azimuth.health;

import static dev.azimuth.health.Samples.timing;
import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.health.Heartbeats.Beat;
import dev.azimuth.health.ProbeResult.Code;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What silence counts for, and what does not count as silence. */
class HeartbeatsTest {
  private final Heartbeats beats = new Heartbeats();

  private Finding judged(long now) {
    return HeartbeatProbe.judge(beats, "a", 5_000, now);
  }

  @Test
  void silenceBeyondItsTimeIsAFailureAndWordsAreBelieved() {
    beats.listen(0);
    beats.expect(Set.of("a", "b"), 1_000);
    assertThat(judged(6_000).code()).isEqualTo(Code.INCONCLUSIVE);
    assertThat(judged(6_001).code()).isEqualTo(Code.L7TOUT);
    beats.beat("a", new Beat(6_500, true, 70));
    assertThat(judged(11_500)).isEqualTo(new Finding(Code.L7OK, "", 70));
    assertThat(judged(11_501).detail()).isEqualTo("no heartbeat for 5 s");
    beats.beat("a", new Beat(12_000, false, ProbeResult.NOT_SAID));
    assertThat(judged(12_000).code()).isEqualTo(Code.L7STS);
    // Who stays keeps what he said; who goes and comes back begins anew.
    beats.expect(Set.of("a"), 13_000);
    assertThat(beats.last("a")).isNotNull();
    beats.expect(Set.of(), 14_000);
    beats.expect(Set.of("a"), 15_000);
    assertThat(judged(15_000).code()).isEqualTo(Code.INCONCLUSIVE);
  }

  @Test
  void nobodyIsSilentWhileNobodyListens() {
    beats.expect(Set.of("a"), 1_000);
    assertThat(judged(60_000).code()).isEqualTo(Code.INCONCLUSIVE);
    beats.listen(60_000);
    assertThat(judged(65_000).code()).isEqualTo(Code.INCONCLUSIVE);
    assertThat(judged(65_001).code()).as("he has had his time now").isEqualTo(Code.L7TOUT);

    beats.beat("a", new Beat(66_000, true, ProbeResult.NOT_SAID));
    beats.shut(68_000);
    assertThat(judged(90_000).code()).isEqualTo(Code.INCONCLUSIVE);
    beats.listen(100_000);
    assertThat(judged(103_000).code()).isEqualTo(Code.L7OK);
    assertThat(judged(103_001).code()).as("2 s before and 3 s after").isEqualTo(Code.L7TOUT);
    beats.listen(200_000);
    assertThat(judged(200_000).code()).as("it listened all the time").isEqualTo(Code.L7TOUT);
  }

  @Test
  void onlyTheTimeThatWasMissedDoesNotCount() {
    beats.listen(0);
    beats.expect(Set.of("a", "b"), 1_000);
    beats.beat("a", new Beat(2_000, true, ProbeResult.NOT_SAID));
    beats.missed(3_000, 9_000);
    assertThat(judged(13_000).code()).isEqualTo(Code.L7OK);
    assertThat(judged(13_001).code()).isEqualTo(Code.L7TOUT);
    assertThat(HeartbeatProbe.judge(beats, "b", 5_000, 12_000).code()).isEqualTo(Code.INCONCLUSIVE);
    assertThat(HeartbeatProbe.judge(beats, "b", 5_000, 12_001).code()).isEqualTo(Code.L7TOUT);

    beats.beat("a", new Beat(20_000, true, ProbeResult.NOT_SAID));
    beats.missed(15_000, 18_000);
    assertThat(judged(25_001).code()).as("it came after that").isEqualTo(Code.L7TOUT);
  }

  @Test
  void aStopOfTheProcessLongerThanTheTimeOfAHeartbeatTakesNobodyDown() throws Exception {
    Check.Heartbeat check =
        new Check.Heartbeat(Duration.ofSeconds(20), timing(200, 200, 20_000, 1, 1));
    Target target = new Target(InetAddress.getLoopbackAddress(), 0, check, "a");
    try (Watcher watcher = new Watcher()) {
      watcher.watch(target);
      assertThat(watcher.next(target).code()).isEqualTo(Code.INCONCLUSIVE);
      assertThat(watcher.heartbeats.beat("a", new Beat(watcher.now(), true, -1))).isTrue();
      assertThat(watcher.nextVerdict(target).code()).isEqualTo(Code.L7OK);

      watcher.skipped.addAndGet(30_000); // between two probes, as such a check is probed
      for (int i = 0; i < 4; i++) {
        // It may also come in the middle of one, which says nothing then.
        assertThat(watcher.next(target).code()).isIn(Code.L7OK, Code.INCONCLUSIVE);
      }
      assertThat(watcher.nextVerdict(target).code()).isEqualTo(Code.L7OK);
      assertThat(watcher.heartbeats.last("a").at())
          .as("silent for no longer than it was awake")
          .isGreaterThan(watcher.now() - 20_000);
    }
  }
}

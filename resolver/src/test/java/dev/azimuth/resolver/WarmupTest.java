package dev.azimuth.resolver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.steering.Steering;
import dev.azimuth.zones.Zones;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class WarmupTest {
  /** A clock that moves by 1 ms each time it is read. */
  private final AtomicLong clock = new AtomicLong();

  private long nanos() {
    return clock.addAndGet(1_000_000);
  }

  @Test
  void answersUntilTheTimeIsUp() {
    long answered =
        Warmup.run(Sample.picture(), Sample.steeredNames(), this::nanos, Duration.ofMillis(10));
    assertThat(answered).isGreaterThan(1_000);
    assertThat(clock.get()).isEqualTo(11_000_000);
  }

  @Test
  void cookiesAreJudgedAndResponsesLimitedAsThePictureSays() {
    var limit = new RateLimit(50, 125, 2, 24, 56, List.of());
    var admission = new Admission(Admission.ANY, List.of(), List.of(), limit);
    assertThat(counted(Sample.picture(admission)))
        .contains("VALID", "INVALID", "ANSWER SLIPPED", "EMPTY SLIPPED", "ERROR DROPPED");
    assertThat(counted(Sample.picture())).contains("VALID").noneMatch(what -> what.contains(" "));
    Picture plain = Sample.picture();
    plain =
        new Picture(
            1,
            plain.zones(),
            plain.steering(),
            plain.identity(),
            CookieSecrets.OFF,
            plain.admission());
    assertThat(counted(plain)).isEmpty();
  }

  private Set<String> counted(Picture picture) {
    var tally = new Tally();
    Warmup.run(picture, Sample.steeredNames(), this::nanos, Duration.ofMillis(5), tally);
    var any = new InetSocketAddress(0);
    var seen = new Seen(new TreeSet<>());
    tally.visit(new Listener(any, any, "none", 0), TrafficVisitor.Channel.UDP, seen);
    return seen.words;
  }

  private record Seen(Set<String> words) implements TrafficVisitor {
    @Override
    public void answered(Listener by, Channel over, String type, String rcode, long count) {}

    @Override
    public void truncated(Listener by, Channel over, long count) {}

    @Override
    public void cookies(Listener by, Channel over, Cookie cookie, long count) {
      words.add(cookie.name());
    }

    @Override
    public void limited(Listener by, AnswerClass of, Limited how, long count) {
      words.add(of + " " + how);
    }

    @Override
    public void dropped(Listener by, Channel over, Drop why, long count) {}
  }

  @Test
  void anEmptyPictureIsWarmToo() {
    var empty = Sample.picture(1, new Zones(List.of()), Steering.none());
    assertThat(Warmup.run(empty, 0, this::nanos, Duration.ofMillis(5))).isPositive();
  }

  @Test
  void itsOwnZoneLoads() {
    assertThat(Warmup.synthetic(Sample.picture(), 3).zones().all()).hasSize(1);
  }
}

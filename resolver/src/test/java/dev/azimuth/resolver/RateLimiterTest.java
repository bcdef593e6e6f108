package dev.azimuth.resolver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.resolver.TrafficVisitor.AnswerClass;
import dev.azimuth.resolver.TrafficVisitor.Limited;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RateLimiterTest {
  private static final List<AnswerClass> CLASSES = List.of(AnswerClass.values());

  private final Client client = new Client();

  RateLimiterTest() {
    client.v4 = true;
    client.low = 0xC000_0201L;
    client.now = Sample.NOW;
  }

  private static RateLimiter limiter(int workers, RateLimit limit) {
    var limiter = new RateLimiter(workers, new Random(7));
    limiter.fit(limit);
    return limiter;
  }

  private static RateLimit limit(int perSecond, int burst, int slip) {
    return new RateLimit(perSecond, burst, slip, 24, 56, List.of());
  }

  /** How many of so many responses at once are within the limit. */
  private int sent(RateLimiter limiter, int responses) {
    int sent = 0;
    for (int i = 0; i < responses; i++) {
      sent += limiter.judge(client, AnswerClass.ANSWER) == null ? 1 : 0;
    }
    return sent;
  }

  @Test
  void aBurstAndThenTheRate() {
    RateLimiter limiter = limiter(1, limit(10, 25, 0));
    assertThat(sent(limiter, 100)).isEqualTo(25);
    for (int i = 0; i < 50; i++) {
      client.now += 99;
      assertThat(sent(limiter, 10)).as("after 99 ms").isEqualTo(0);
      client.now += 1;
      assertThat(sent(limiter, 10)).as("after 100 ms").isEqualTo(1);
    }
    client.now += 60_000;
    assertThat(sent(limiter, 100)).as("after a rest").isEqualTo(25);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 100, 200",
    "2, 100, 200",
    "4, 100, 200",
    "64, 1000, 1000",
    "4, 10, 1",
    "3, 7, 50"
  })
  void allWorkersTogetherSendNoMoreThanTheLimit(int workers, int perSecond, int burst) {
    List<RateLimiter> all = new ArrayList<>();
    for (int i = 0; i < workers; i++) {
      all.add(limiter(workers, limit(perSecond, burst, 0)));
    }
    int sent = 0;
    int seconds = 60;
    client.now -= 100;
    for (int tenth = 0; tenth <= 10 * seconds; tenth++) {
      client.now += 100;
      for (RateLimiter limiter : all) {
        sent += sent(limiter, 250);
      }
    }
    assertThat(sent)
        .isLessThanOrEqualTo(Math.max(burst, workers) + seconds * perSecond)
        .isGreaterThan(seconds * perSecond * 8 / 10);
  }

  /** Whoever shares the table: no window of any length has more than rate × length + burst. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void noNetworkEverGetsMoreThanItsLimit(long seed) {
    var random = new Random(seed);
    int perSecond = 1 + random.nextInt(200);
    int burst = 1 + random.nextInt(200);
    RateLimiter limiter = limiter(1, limit(perSecond, burst, 2));
    List<Long> sentAt = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      client.now += random.nextInt(1000) == 0 ? 5_000 : random.nextInt(20);
      client.low = 0xC000_0200L | random.nextInt(256);
      if (limiter.judge(client, AnswerClass.NXDOMAIN) == null) {
        sentAt.add(client.now);
      }
      client.low = random.nextInt() & 0xFFFF_FFFFL; // somebody else
      limiter.judge(client, CLASSES.get(random.nextInt(CLASSES.size())));
    }
    assertThat(sentAt).hasSizeGreaterThan(burst);
    for (int from = 0; from < sentAt.size(); from += 1 + random.nextInt(10)) {
      for (int to = from; to < sentAt.size(); to += 1 + random.nextInt(200)) {
        double seconds = (sentAt.get(to) - sentAt.get(from)) / 1000.0;
        assertThat(to - from + 1.0).isLessThanOrEqualTo(burst + perSecond * seconds + 1e-6);
      }
    }
  }

  /** 2 cells each of {@link RateLimiter#CELLS}: both are taken for (2n / cells)² of the others. */
  @Test
  void aFloodToOtherNetworksHindersAlmostNobody() {
    RateLimiter limiter = limiter(1, limit(5, 5, 0));
    int flooded = 5_000;
    for (int i = 0; i < flooded; i++) {
      client.low = (10L << 24) + (i << 8);
      assertThat(sent(limiter, 20)).isBetween(0, 5);
    }
    int others = 20_000;
    int hindered = 0;
    for (int i = 0; i < others; i++) {
      client.low = (172L << 24) + (i << 8);
      hindered += sent(limiter, 1) == 0 ? 1 : 0;
    }
    double share = Math.pow(2.0 * (flooded + others) / RateLimiter.CELLS, 2);
    assertThat(hindered).isLessThanOrEqualTo((int) (share * others));
  }

  @Test
  void classesAndFamiliesAreLimitedEachForItself() {
    RateLimiter limiter = limiter(1, limit(1, 3, 0));
    for (boolean v4 : new boolean[] {true, false}) {
      client.v4 = v4;
      for (AnswerClass of : AnswerClass.values()) {
        for (int i = 0; i < 3; i++) {
          assertThat(limiter.judge(client, of)).isNull();
        }
        assertThat(limiter.judge(client, of)).isEqualTo(Limited.DROPPED);
      }
    }
  }

  @Test
  void aNetworkIsAsLargeAsItsPrefix() {
    RateLimiter limiter = limiter(1, limit(1, 1, 0));
    assertThat(sent(limiter, 1)).isEqualTo(1);
    client.low ^= 0xFF;
    assertThat(sent(limiter, 1)).as("the same /24").isZero();
    client.low ^= 0x100;
    assertThat(sent(limiter, 1)).as("another /24").isEqualTo(1);
    client.v4 = false;
    client.high = 0x2001_0db8_0000_0000L;
    assertThat(sent(limiter, 1)).isEqualTo(1);
    client.high ^= 0xFF;
    client.low = -1;
    assertThat(sent(limiter, 1)).as("the same /56").isZero();
    client.high ^= 0x100;
    assertThat(sent(limiter, 1)).as("another /56").isEqualTo(1);
  }

  @Test
  void wholeAddressSpacesCanBeOneNetwork() {
    RateLimiter limiter = limiter(1, new RateLimit(1, 1, 0, 1, 1, List.of()));
    assertThat(sent(limiter, 1)).isEqualTo(1);
    client.low = 0xFFFF_FFFFL;
    assertThat(sent(limiter, 1)).isZero();
    limiter = limiter(1, new RateLimit(1, 1, 0, 32, 64, List.of()));
    assertThat(sent(limiter, 1)).isEqualTo(1);
    client.low--;
    assertThat(sent(limiter, 1)).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "1, 60", "2, 30", "3, 20", "10, 6"})
  void oneOfSoManySlips(int slip, int slipped) {
    RateLimiter limiter = limiter(1, limit(1, 1, slip));
    assertThat(sent(limiter, 1)).isEqualTo(1);
    int seen = 0;
    for (int i = 0; i < 60; i++) {
      seen += limiter.judge(client, AnswerClass.EMPTY) == Limited.SLIPPED ? 1 : 0;
    }
    // The first of this class is within the limit.
    assertThat(seen).isBetween(slipped - 1, slipped);
  }

  @Test
  void errorsNeverSlip() {
    RateLimiter limiter = limiter(1, limit(1, 1, 1));
    assertThat(limiter.judge(client, AnswerClass.ERROR)).isNull();
    for (int i = 0; i < 10; i++) {
      assertThat(limiter.judge(client, AnswerClass.ERROR)).isEqualTo(Limited.DROPPED);
    }
  }

  @Test
  void theSameLimitAgainForgetsNothingAndAnotherOneDoes() {
    RateLimiter limiter = limiter(1, limit(1, 5, 0));
    assertThat(sent(limiter, 9)).isEqualTo(5);
    limiter.fit(limit(1, 5, 0));
    assertThat(sent(limiter, 9)).isZero();
    limiter.fit(limit(1, 6, 0));
    assertThat(sent(limiter, 9)).isEqualTo(6);
    limiter.fit(null);
    assertThat(limiter.limits()).isFalse();
  }
}

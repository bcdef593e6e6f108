package dev.azimuth.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Backends, and somebody who asks for them. */
final class Scene {
  final List<Backend> backends;
  final int[] weights;
  final Ask ask;

  /** As many backends as weights. */
  Scene(long seed, int... weights) {
    this.weights = weights;
    backends = IntStream.range(0, weights.length).mapToObj(i -> new Backend("pool/b" + i)).toList();
    ask = new Ask(random(seed));
  }

  static RandomGenerator random(long seed) {
    return new java.util.SplittableRandom(seed);
  }

  Chooser chooser(Settings.By by) {
    return Choosers.of(Settings.Pick.by(by), backends, weights);
  }

  /** Asks for one client. */
  @Nullable Backend choose(Chooser chooser, long source) {
    ask.begin(source, Settings.Limits.NONE, ask.now);
    return chooser.choose(ask);
  }

  /** How often each is chosen, for clients that all differ and stay for no time. */
  long[] counts(Chooser chooser, int clients) {
    Map<Backend, Integer> numbers = new HashMap<>();
    backends.forEach(backend -> numbers.put(backend, numbers.size()));
    long[] counts = new long[backends.size()];
    for (int i = 0; i < clients; i++) {
      counts[numbers.get(choose(chooser, i))]++;
    }
    return counts;
  }

  /**
   * That counts are as weights say. Right expectations pass with a probability of 0.99999 for each
   * count: within 4.5 standard deviations of a binomial distribution.
   */
  static void assertShares(long[] counts, int... weights) {
    double sum = Arrays.stream(weights).asLongStream().sum();
    long total = Arrays.stream(counts).sum();
    for (int i = 0; i < counts.length; i++) {
      double share = weights[i] / sum;
      double deviation = Math.sqrt(total * share * (1 - share));
      assertThat((double) counts[i])
          .as("number %d of %s", i, Arrays.toString(counts))
          .isBetween(total * share - 4.5 * deviation, total * share + 4.5 * deviation);
    }
  }
}

package dev.azimuth.app.metrics;

import java.util.Arrays;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

/** How long the probes of a check took, from a neighbour's answer to the longest timeouts. */
final class ProbeHistogram {
  /** Upper bounds in microseconds, rising. */
  private static final long[] BOUNDS = {
    1_000, 5_000, 20_000, 50_000, 100_000, 200_000, 500_000, 1_000_000, 2_000_000, 5_000_000
  };

  private final LongAdder[] counts =
      Stream.generate(LongAdder::new).limit(BOUNDS.length + 1L).toArray(LongAdder[]::new);
  private final LongAdder sumMicros = new LongAdder();

  void record(long micros) {
    int found = Arrays.binarySearch(BOUNDS, micros);
    counts[found < 0 ? -found - 1 : found].increment();
    sumMicros.add(micros);
  }

  /** Writes the samples of one check. */
  void writeTo(TextFormat format, String name, String check) {
    long sum = sumMicros.sum();
    long count = 0;
    for (int i = 0; i < BOUNDS.length; i++) {
      count += counts[i].sum();
      format.sample(name + "_bucket", count, "check", check, "le", seconds(BOUNDS[i]));
    }
    count += counts[BOUNDS.length].sum();
    format.sample(name + "_bucket", count, "check", check, "le", "+Inf");
    format.sample(name + "_sum", seconds(sum), "check", check);
    format.sample(name + "_count", count, "check", check);
  }

  private static String seconds(long micros) {
    return Double.toString(micros / 1e6);
  }
}

package dev.azimuth.app.metrics;

import java.util.Arrays;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

/** How long probes took, from a neighbour's answer to the longest timeouts. */
final class ProbeHistogram {
  private static final String NAME = "azimuth_probe_duration_seconds";

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

  void writeTo(TextFormat format) {
    format.histogram(NAME, "How long conclusive probes took.");
    long sum = sumMicros.sum();
    long count = 0;
    for (int i = 0; i < BOUNDS.length; i++) {
      count += counts[i].sum();
      format.sample(NAME + "_bucket", count, "le", seconds(BOUNDS[i]));
    }
    count += counts[BOUNDS.length].sum();
    format.sample(NAME + "_bucket", count, "le", "+Inf");
    format.sample(NAME + "_sum", seconds(sum));
    format.sample(NAME + "_count", count);
  }

  private static String seconds(long micros) {
    return Double.toString(micros / 1e6);
  }
}

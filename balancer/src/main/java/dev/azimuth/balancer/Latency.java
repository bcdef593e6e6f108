package dev.azimuth.balancer;

import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

/** How long something took, counted by classes that double. For any thread. */
final class Latency {
  /** The first class ends at so many microseconds. */
  private static final int FIRST = 64;

  private static final int CLASSES = 20;

  private final LongAdder[] counts = new LongAdder[CLASSES];
  private final LongAdder sum = new LongAdder();

  Latency() {
    for (int i = 0; i < CLASSES; i++) {
      counts[i] = new LongAdder();
    }
  }

  void record(long micros) {
    int bits = Long.SIZE - Long.numberOfLeadingZeros(Math.max(0, micros - 1) / FIRST);
    counts[Math.min(bits, CLASSES - 1)].increment();
    sum.add(micros);
  }

  Histogram histogram() {
    return new Histogram(Stream.of(counts).map(LongAdder::sum).toList(), sum.sum());
  }

  /** The upper end of a class, in microseconds; the last class has none. */
  static long end(int index) {
    return (long) FIRST << index;
  }
}

package dev.azimuth.resolver;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class QueryRingTest {
  /** Fills a record so that every octet says which one it is. */
  private static boolean write(QueryRing ring, int number, int length) {
    int at = ring.claim(length);
    if (at < 0) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      ring.octets[at + i] = (byte) (number + i);
    }
    ring.publish();
    return true;
  }

  private static boolean holds(QueryRing ring, int at, int number, int length) {
    for (int i = 0; i < length; i++) {
      if (ring.octets[at + i] != (byte) (number + i)) {
        return false;
      }
    }
    return true;
  }

  private static int length(int number) {
    return (int) ((number * 2654435761L) >>> 7) & 63;
  }

  @Test
  void whateverTheInterleavingRecordsComeOutWholeAndInOrder() {
    var random = new SplittableRandom(20);
    for (int run = 0; run < 200; run++) {
      var ring = new QueryRing(64 << random.nextInt(4));
      Queue<Integer> inside = new ArrayDeque<>();
      long dropped = 0;
      for (int step = 0; step < 2_000; step++) {
        if (random.nextBoolean()) {
          if (write(ring, step, length(step))) {
            inside.add(step);
          } else {
            dropped++;
            assertThat(inside.isEmpty() && length(step) + 4 <= ring.octets.length / 2).isFalse();
          }
          continue;
        }
        int at = ring.poll();
        assertThat(at < 0).isEqualTo(inside.isEmpty());
        if (at >= 0) {
          int number = inside.remove();
          assertThat(holds(ring, at, number, length(number))).isTrue();
          ring.release();
        }
      }
      assertThat(ring.dropped()).isEqualTo(dropped);
    }
  }

  @Test
  void whatIsClaimedAndNotPublishedIsNeverSeen() {
    var ring = new QueryRing(64);
    assertThat(ring.claim(20)).isNotNegative();
    assertThat(ring.poll()).isNegative();
    assertThat(write(ring, 7, 20)).isTrue();
    assertThat(holds(ring, ring.poll(), 7, 20)).isTrue();
  }

  @Test
  void aRecordLongerThanTheRingIsCountedAndDoesNoHarm() {
    var ring = new QueryRing(64);
    assertThat(ring.claim(61)).isNegative();
    assertThat(ring.dropped()).isEqualTo(1);
    assertThat(write(ring, 1, 60)).isTrue();
    assertThat(holds(ring, ring.poll(), 1, 60)).isTrue();
  }

  @Test
  @Timeout(60)
  void betweenTwoThreadsNothingIsTornLostOrSeenTwice() throws InterruptedException {
    int records = 300_000;
    var ring = new QueryRing(4096);
    var refused = new AtomicInteger();
    Thread producer =
        Thread.ofPlatform()
            .start(
                () -> {
                  for (int number = 0; number < records; ) {
                    if (write(ring, number, length(number))) {
                      number++;
                    } else {
                      refused.incrementAndGet();
                      LockSupport.parkNanos(1);
                    }
                  }
                });
    for (int number = 0; number < records; ) {
      int at = ring.poll();
      if (at < 0) {
        LockSupport.parkNanos(1);
        continue;
      }
      if (!holds(ring, at, number, length(number))) {
        assertThat(number).as("torn").isNegative();
      }
      ring.release();
      number++;
    }
    producer.join();
    assertThat(ring.poll()).isNegative();
    assertThat(ring.dropped()).isEqualTo(refused.get());
  }
}

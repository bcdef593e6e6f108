package dev.azimuth.resolver;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.azimuth.steering.Cidr;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AllocationTest {
  private static final int ROUNDS = 50;
  private static final int WINDOWS = 4;

  private Asking asking = new Asking(Sample.picture());

  @Test
  void answeringAllocatesNothing() {
    assertThat(allocates()).isZero();
  }

  @Test
  void askingWhoMayAndHowMuchAllocatesNothing() {
    // The limit is in force and never reached, so that everything is still answered.
    var limit =
        new RateLimit(1_000_000, 10_000_000, 2, 24, 56, List.of(Sample.cidr("198.51.100.0/24")));
    asking =
        new Asking(
            Sample.picture(
                new Admission(
                    Admission.ANY, List.of(Sample.cidr("203.0.113.0/24")), List.of(), limit)),
            new RateLimiter(1, new Random(1)));
    assertThat(allocates()).isZero();
  }

  @Test
  void lookingAmongVeryManyPrefixesAllocatesNothing() {
    // Every other /17 but those of the clients: so many that the map packs them.
    List<Cidr> denied =
        IntStream.range(0, 1 << 16)
            .mapToObj(i -> new Cidr(true, 0, (long) i << 16 | 1 << 15, 17))
            .toList();
    asking = new Asking(Sample.picture(new Admission(Admission.ANY, denied, List.of(), null)));
    assertThat(allocates()).isZero();
  }

  @Test
  void limitingAllocatesNothing() {
    var admission =
        new Admission(
            Admission.ANY, List.of(), List.of(), new RateLimit(1, 1, 1, 24, 56, List.of()));
    asking = new Asking(Sample.picture(admission), new RateLimiter(1, new Random(1)));
    byte[][] packets = {Packets.query("www.example.com", 1), Packets.query("www.example.com", 28)};
    assertThat(allocates(packets)).isZero();
    assertThat(asking.responder.truncated()).isTrue();
  }

  private long allocates() {
    List<byte[]> queries = Corpus.queries();
    byte[][] packets = queries.toArray(byte[][]::new);
    return allocates(packets);
  }

  /**
   * The least of several windows: what a query allocates is in each of them, what the compiler does
   * once when it takes an assumption back is not.
   */
  private long allocates(byte[][] packets) {
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    rounds(packets);
    long least = Long.MAX_VALUE;
    for (int window = 0; window < WINDOWS; window++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      long answered = rounds(packets);
      least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
      assertThat(answered).isEqualTo((long) ROUNDS * packets.length);
    }
    return least;
  }

  private long rounds(byte[][] packets) {
    long answered = 0;
    for (int round = 0; round < ROUNDS; round++) {
      for (byte[] packet : packets) {
        int length =
            asking.responder.respond(
                packet, packet.length, asking.client, asking.picture, asking.out);
        answered += length > 0 ? 1 : 0;
      }
    }
    return answered;
  }
}

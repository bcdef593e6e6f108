package dev.azimuth.resolver;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.junit.jupiter.api.Test;

class AllocationTest {
  private static final int ROUNDS = 100;

  private final Asking asking = new Asking(Sample.picture());

  @Test
  void answeringAllocatesNothing() {
    List<byte[]> queries = Corpus.queries();
    byte[][] packets = queries.toArray(byte[][]::new);
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    rounds(packets);
    long before = threads.getCurrentThreadAllocatedBytes();
    long answered = rounds(packets);
    long after = threads.getCurrentThreadAllocatedBytes();
    assertThat(answered).isEqualTo((long) ROUNDS * packets.length);
    assertThat(after - before).isZero();
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

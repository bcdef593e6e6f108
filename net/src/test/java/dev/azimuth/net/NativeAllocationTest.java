package dev.azimuth.net;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The worker's thread is the test's, so what is measured is what the worker does. */
@Timeout(60)
class NativeAllocationTest {

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private static final int ROUND = 1_000;

  /** Rounds until the compiler must be done with all that a round calls. */
  private static final int MOST_ROUNDS = 100;

  private final byte[] payload = new byte[DatagramPort.PAYLOAD];
  private long ports;
  private long high;
  private long low;

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "127.0.0.1", "::"})
  void theWorkerAllocatesNothing(String address) throws IOException {
    InetSocketAddress any = new InetSocketAddress(InetAddress.ofLiteral(address), 0);
    try (DatagramPort port = DatagramPorts.open(any, false, 1 << 20, Transport.NATIVE);
        DatagramChannel client = DatagramChannel.open()) {
      String asked = address.equals("::") ? "::1" : "127.0.0.1";
      client.connect(
          new InetSocketAddress(InetAddress.ofLiteral(asked), port.localAddress().getPort()));
      ByteBuffer query = ByteBuffer.allocateDirect(40);
      ByteBuffer answer = ByteBuffer.allocateDirect(4096);
      int rounds = 0;
      int quiet = 0;
      while (quiet < 3 && rounds < MOST_ROUNDS) {
        quiet = batches(port, client, query, answer, ROUND) == 0 ? quiet + 1 : 0;
        rounds++;
      }
      assertThat(quiet).as("rounds in a row in which the worker allocated nothing").isEqualTo(3);
      assertThat(port.unsent()).isZero();
      assertThat(port.joined()).as("replies to one socket").isPositive();
      assertThat(ports).as("what the worker read").isEqualTo(8L * ROUND * rounds * port(client));
      assertThat(high | low).as("equal halves, an even number of times").isZero();
    }
  }

  /** Runs batches of 8 and gives the octets that the worker's part allocated. */
  private long batches(
      DatagramPort port, DatagramChannel client, ByteBuffer query, ByteBuffer answer, int batches)
      throws IOException {
    long allocated = 0;
    for (int batch = 0; batch < batches; batch++) {
      for (int i = 0; i < 8; i++) {
        client.write(query.clear());
      }
      long before = THREADS.getCurrentThreadAllocatedBytes();
      work(port);
      allocated += THREADS.getCurrentThreadAllocatedBytes() - before;
      for (int i = 0; i < 8; i++) {
        client.read(answer.clear());
      }
    }
    return allocated;
  }

  private static int port(DatagramChannel client) throws IOException {
    return ((InetSocketAddress) client.getLocalAddress()).getPort();
  }

  private void work(DatagramPort port) throws IOException {
    int answered = 0;
    while (answered < 8) {
      int count = port.receive();
      for (int i = 0; i < count; i++) {
        int length = port.copy(i, payload);
        high ^= port.sourceHigh(i);
        low ^= port.sourceLow(i);
        ports += port.sourcePort(i);
        port.reply(i, payload, length);
      }
      answered += port.flush();
    }
  }

  @Test
  void theMeasureSeesAllocation() {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    byte[] some = new byte[1000];
    assertThat(THREADS.getCurrentThreadAllocatedBytes() - before)
        .isGreaterThanOrEqualTo(some.length);
  }
}

package dev.azimuth.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.azimuth.bench.Load.Outcome;
import dev.azimuth.net.DatagramClient;
import dev.azimuth.net.DatagramPort;
import dev.azimuth.net.DatagramPorts;
import dev.azimuth.net.Transport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class LoadTest {
  private static final List<byte[]> QUERIES =
      Queries.of(List.of("www.bench.example A"), /* edns= */ false);
  private static final long NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  private final byte[] buffer = new byte[DatagramPort.PAYLOAD];
  private InetSocketAddress address;
  private final AtomicInteger silentFor = new AtomicInteger();
  private volatile boolean stopping;
  private Thread server;

  @BeforeEach
  void startServer() throws IOException {
    var any = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
    DatagramPort port = DatagramPorts.open(any, false, 1 << 20, Transport.NATIVE);
    address = port.localAddress();
    server = Thread.ofPlatform().start(() -> serve(port));
  }

  @AfterEach
  void stopServer() throws InterruptedException {
    stopping = true;
    server.join();
  }

  @Test
  void aClosedLoopKeepsGoingAndHearsEveryAnswer() throws IOException {
    Outcome outcome = run(load -> load.closed(100, NANOS));
    assertThat(outcome.sent()).isGreaterThan(1000);
    assertThat(outcome.lost()).isZero();
    assertThat(outcome.unhelpful()).isZero();
    assertThat(outcome.latencies().count()).isEqualTo(outcome.answered());
  }

  @Test
  void aSteadyRateIsKeptToTheQuery() throws IOException {
    Outcome outcome = run(load -> load.paced(1000, NANOS));
    assertThat(outcome.sent()).isEqualTo(200);
    assertThat(outcome.answered()).isEqualTo(200);
  }

  @Test
  void silenceIsLossAndDoesNotStopTheRest() throws IOException {
    silentFor.set(7);
    Outcome outcome = run(load -> load.paced(1000, NANOS));
    assertThat(outcome.sent()).isEqualTo(200);
    assertThat(outcome.lost()).isEqualTo(7);
  }

  @Test
  void aLineThatIsNoNameAndTypeIsRefused() {
    assertThatThrownBy(() -> Queries.of(List.of("www.bench.example"), /* edns= */ false))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Queries.of(List.of("# nothing"), /* edns= */ false))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private interface Run {
    Outcome of(Load load) throws IOException;
  }

  private Outcome run(Run run) throws IOException {
    try (DatagramClient client = DatagramClient.connect(address, 1 << 20)) {
      return run.of(new Load(client, QUERIES, System::nanoTime));
    }
  }

  /** Answers every query with itself and a count of one record. */
  private void serve(DatagramPort port) {
    try (port) {
      while (!stopping) {
        int count = port.receive();
        for (int i = 0; i < count; i++) {
          int length = port.copy(i, buffer);
          buffer[7] = 1;
          if (silentFor.getAndUpdate(left -> Math.max(0, left - 1)) == 0) {
            port.reply(i, buffer, length);
          }
        }
        port.flush();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

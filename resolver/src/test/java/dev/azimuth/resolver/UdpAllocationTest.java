package dev.azimuth.resolver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.net.Transport;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UdpAllocationTest {
  /** How many rounds without any allocation are a proof. */
  private static final int QUIET = 3;

  /** Rounds until the compiler must be done with all that a round calls. */
  private static final int MOST_ROUNDS = 300;

  private final List<byte[]> queries = Corpus.queries();
  private final List<Throwable> faults = new ArrayList<>();

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3})
  void aWorkerThatAnswersAllocatesNothingWithAQueryLogOrWithout(int every) throws IOException {
    var options =
        new ServerOptions(
            1, 1 << 20, Transport.NATIVE, TcpLimits.DEFAULT, () -> Sample.NOW, faults::add);
    var gallery = new Gallery(Sample.picture());
    try (DnsServer server = DnsServer.open(List.of(Sockets.loopback(0)), options, gallery);
        var client = new DatagramSocket()) {
      server.start();
      gallery.queryLog().sample(every);
      client.setSoTimeout(5_000);
      client.connect(server.listeners().getFirst().effective());
      int quiet = 0;
      for (int round = 0; quiet < QUIET && round < MOST_ROUNDS; round++) {
        long before = server.allocatedBytes();
        ask(client);
        quiet = server.allocatedBytes() == before ? quiet + 1 : 0;
      }
      assertThat(quiet)
          .as("rounds in a row in which the worker allocated nothing")
          .isEqualTo(QUIET);
    }
    assertThat(faults).isEmpty();
  }

  /** Asks every query once and takes every reply. */
  private void ask(DatagramSocket client) throws IOException {
    var reply = new DatagramPacket(new byte[2048], 2048);
    for (byte[] query : queries) {
      client.send(new DatagramPacket(query, query.length));
      client.receive(reply);
    }
  }
}

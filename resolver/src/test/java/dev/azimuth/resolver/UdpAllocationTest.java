package dev.azimuth.resolver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.net.Transport;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
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
    assertThat(quietRounds(Sample.picture(), new byte[0], every)).isEqualTo(QUIET);
  }

  @Test
  void aWorkerThatAsksWhoTheClientIsAndLimitsItAllocatesNothing() throws IOException {
    var limit = new RateLimit(1_000_000, 10_000_000, 2, 24, 56, List.of());
    var admission =
        new Admission(
            List.of(Sample.cidr("198.51.100.0/24")),
            List.of(),
            List.of(Sample.cidr("127.0.0.0/8")),
            limit);
    byte[] header = ProxyHeaderTest.of("198.51.100.7");
    assertThat(quietRounds(Sample.picture(admission), header, 1)).isEqualTo(QUIET);
  }

  /**
   * How many rounds in a row the worker allocated nothing; each query has a header before it.
   *
   * @param every so many-th query is logged; 0 for none
   */
  private int quietRounds(Picture picture, byte[] header, int every) throws IOException {
    var options =
        new ServerOptions(
            1, 1 << 20, Transport.NATIVE, TcpLimits.DEFAULT, () -> Sample.NOW, faults::add);
    var gallery = new Gallery(picture);
    try (DnsServer server = DnsServer.open(List.of(Sockets.loopback(0)), options, gallery);
        var client = new DatagramSocket()) {
      server.start();
      gallery.queryLog().sample(every);
      client.setSoTimeout(20_000);
      client.connect(server.listeners().getFirst().effective());
      int quiet = 0;
      for (int round = 0; quiet < QUIET && round < MOST_ROUNDS; round++) {
        long before = server.allocatedBytes();
        ask(client, header);
        quiet = server.allocatedBytes() == before ? quiet + 1 : 0;
      }
      assertThat(faults).isEmpty();
      return quiet;
    }
  }

  /** Asks every query once and takes every reply. */
  private void ask(DatagramSocket client, byte[] header) throws IOException {
    var reply = new DatagramPacket(new byte[2048], 2048);
    for (byte[] query : queries) {
      byte[] packet = Arrays.copyOf(header, header.length + query.length);
      System.arraycopy(query, 0, packet, header.length, query.length);
      client.send(new DatagramPacket(packet, packet.length));
      client.receive(reply);
    }
  }
}

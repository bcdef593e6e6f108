package dev.azimuth.resolver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.net.Transport;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class UdpAllocationTest {
  private final List<Throwable> faults = new ArrayList<>();

  @Test
  void aWorkerThatAnswersAllocatesNothing() throws IOException {
    var options = new ServerOptions(1, 1 << 20, Transport.NATIVE, TcpLimits.DEFAULT, faults::add);
    var gallery = new Gallery(Sample.picture());
    try (DnsServer server = DnsServer.open(List.of(Sockets.loopback(0)), options, gallery);
        var client = new DatagramSocket()) {
      server.start();
      client.setSoTimeout(5_000);
      client.connect(server.listeners().getFirst().effective());
      ask(client, 20);
      long before = server.allocatedBytes();
      int answered = ask(client, 20);
      long after = server.allocatedBytes();
      assertThat(answered).isEqualTo(20 * Corpus.queries().size());
      assertThat(after - before).isZero();
    }
    assertThat(faults).isEmpty();
  }

  /** Asks every query so often and takes every reply. */
  private static int ask(DatagramSocket client, int rounds) throws IOException {
    var reply = new DatagramPacket(new byte[2048], 2048);
    int answered = 0;
    for (int round = 0; round < rounds; round++) {
      for (byte[] query : Corpus.queries()) {
        client.send(new DatagramPacket(query, query.length));
        client.receive(reply);
        answered++;
      }
    }
    return answered;
  }
}

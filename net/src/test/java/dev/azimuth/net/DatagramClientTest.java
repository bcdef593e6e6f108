package dev.azimuth.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(20)
class DatagramClientTest {

  private final byte[] buffer = new byte[DatagramPort.PAYLOAD];

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "::1"})
  void aFullBatchGoesAndComesBackUnchanged(String address) throws IOException {
    try (DatagramPort server = port(address);
        DatagramClient client = DatagramClient.connect(server.localAddress(), 1 << 20)) {
      for (int i = 0; i < DatagramClient.BATCH; i++) {
        client.put(new byte[] {(byte) i, 7}, 1 + i % 2);
      }
      assertThat(client.flush()).isEqualTo(DatagramClient.BATCH);
      echo(server, DatagramClient.BATCH);
      int received = 0;
      while (received < DatagramClient.BATCH) {
        int count = client.receive(true);
        for (int i = 0; i < count; i++, received++) {
          assertThat(client.copy(i, buffer)).isEqualTo(1 + received % 2);
          assertThat(buffer[0]).isEqualTo((byte) received);
        }
      }
    }
  }

  @Test
  void onlyTheServerIsHeard() throws IOException {
    try (DatagramPort server = port("127.0.0.1");
        DatagramClient client = DatagramClient.connect(server.localAddress(), 1 << 20)) {
      client.put(buffer, 1);
      client.flush();
      assertThat(server.receive()).isEqualTo(1);
      var target = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), server.sourcePort(0));
      try (DatagramClient stranger = DatagramClient.connect(target, 1 << 16)) {
        stranger.put(buffer, 1);
        stranger.flush();
      }
      assertThat(client.receive(true)).isZero();
    }
  }

  @Test
  void aServerThatIsGoneIsSilence() throws IOException {
    InetSocketAddress gone;
    try (DatagramPort server = port("127.0.0.1")) {
      gone = server.localAddress();
    }
    try (DatagramClient client = DatagramClient.connect(gone, 1 << 16)) {
      for (int i = 0; i < 5; i++) {
        client.put(buffer, 20);
        client.put(buffer, 20);
        client.flush();
        assertThat(client.receive(true)).isZero();
      }
    }
  }

  @Test
  void noMoreThanABatchIsQueued() throws IOException {
    try (DatagramPort server = port("127.0.0.1");
        DatagramClient client = DatagramClient.connect(server.localAddress(), 1 << 16)) {
      for (int i = 0; i < DatagramClient.BATCH; i++) {
        client.put(buffer, 1);
      }
      assertThatThrownBy(() -> client.put(buffer, 1)).isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  private void echo(DatagramPort server, int datagrams) throws IOException {
    int done = 0;
    while (done < datagrams) {
      int count = server.receive();
      for (int i = 0; i < count; i++) {
        server.reply(i, buffer, server.copy(i, buffer));
      }
      done += server.flush();
    }
  }

  private static DatagramPort port(String address) throws IOException {
    var any = new InetSocketAddress(InetAddress.ofLiteral(address), 0);
    return DatagramPorts.open(any, false, 1 << 20, Transport.NATIVE);
  }
}

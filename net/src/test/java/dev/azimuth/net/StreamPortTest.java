package dev.azimuth.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Listening sockets by our own calls, over the loopback interface. */
@Timeout(60)
class StreamPortTest {
  private static final int BUFFER = 1 << 15;

  private static StreamPort open(String address, int port) throws IOException {
    return StreamPort.open(at(address, port), false, BUFFER);
  }

  private static InetSocketAddress at(String address, int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(address), port);
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "::1"})
  void listensOnTheAddressAskedFor(String address) throws IOException {
    try (StreamPort port = open(address, 0);
        Socket client = new Socket()) {
      assertThat(port.localAddress().getAddress()).isEqualTo(InetAddress.ofLiteral(address));
      client.connect(port.localAddress(), 5_000);
      assertThat(client.isConnected()).isTrue();
    }
  }

  @Test
  void anAddressInUseIsNamed() throws IOException {
    try (StreamPort first = open("127.0.0.1", 0)) {
      assertThatExceptionOfType(BindFailure.class)
          .isThrownBy(() -> open("127.0.0.1", first.localAddress().getPort()))
          .withMessageContaining("already in use")
          .satisfies(
              failure -> {
                assertThat(failure.protocol()).isEqualTo(Protocol.TCP);
                assertThat(failure.address()).isEqualTo(first.localAddress());
              });
    }
  }

  @Test
  void wildcardsOfBothFamiliesShareAPort() throws IOException {
    try (StreamPort four = open("0.0.0.0", 0);
        StreamPort six = open("::", four.localAddress().getPort())) {
      assertThat(six.localAddress().getPort()).isEqualTo(four.localAddress().getPort());
    }
  }

  @Test
  void itListensAsLongAsAnyDescriptorIsOpen() throws IOException {
    StreamPort first = open("127.0.0.1", 0);
    InetSocketAddress at = first.localAddress();
    try (StreamPort second = StreamPort.adopt(first.duplicate())) {
      first.close();
      assertThat(second.localAddress()).isEqualTo(at);
      new Socket(at.getAddress(), at.getPort()).close();
    }
    assertThatThrownBy(() -> new Socket(at.getAddress(), at.getPort()))
        .isInstanceOf(ConnectException.class);
    assertThatThrownBy(first::duplicate).isInstanceOf(IOException.class);
  }

  @Test
  void onlyASocketThatListensIsAdopted() throws IOException {
    try (DatagramPort udp =
        DatagramPorts.open(at("127.0.0.1", 0), false, BUFFER, Transport.NATIVE)) {
      assertThatThrownBy(() -> StreamPort.adopt(udp.duplicate())).isInstanceOf(IOException.class);
    }
    try (StreamPort tcp = open("127.0.0.1", 0)) {
      assertThatThrownBy(() -> DatagramPorts.adopt(tcp.duplicate(), false, BUFFER))
          .isInstanceOf(IOException.class);
    }
  }
}

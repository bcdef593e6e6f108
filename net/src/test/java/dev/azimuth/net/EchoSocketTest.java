package dev.azimuth.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.net.InetAddress;
import java.net.NoRouteToHostException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EchoSocketTest {
  private static final int REPLIES_OF_OTHERS = 100;

  private static EchoSocket open(boolean v4) {
    try {
      return EchoSocket.open(v4);
    } catch (IOException e) {
      return abort("no ICMP here: " + e.getMessage());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "127.3.2.1", "::1"})
  void aMachineThatIsThereSendsBackWhatItWasSent(String address) throws IOException {
    InetAddress to = InetAddress.ofLiteral(address);
    byte[] payload = new byte[EchoSocket.PAYLOAD];
    new Random(7).nextBytes(payload);
    try (EchoSocket socket = open(!address.contains(":"))) {
      socket.send(to, payload);
      boolean came = false;
      for (int i = 0; i < REPLIES_OF_OTHERS && !came; i++) {
        came = Arrays.equals(socket.receive(1000), payload);
      }
      assertThat(came).isTrue();
    }
  }

  @Test
  void nothingComesFromWhoWasNotAsked() throws IOException {
    try (EchoSocket socket = open(false)) {
      assertThat(socket.receive(20)).isNull();
    }
  }

  @Test
  void anotherLengthIsNotSent() {
    try (EchoSocket socket = open(true)) {
      assertThatThrownBy(() -> socket.send(InetAddress.getLoopbackAddress(), new byte[15]))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void aClosedSocketSaysSo() {
    EchoSocket socket = open(true);
    socket.close();
    assertThatThrownBy(() -> socket.receive(10)).isInstanceOf(IOException.class);
    byte[] payload = new byte[EchoSocket.PAYLOAD];
    assertThatThrownBy(() -> socket.send(InetAddress.getLoopbackAddress(), payload))
        .isInstanceOf(IOException.class);
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        SocketDescriptor.ENETUNREACH,
        SocketDescriptor.EHOSTUNREACH,
        SocketDescriptor.ENETDOWN,
        SocketDescriptor.EHOSTDOWN,
        SocketDescriptor.EADDRNOTAVAIL
      })
  void noWayToAMachineHasATypeOfItsOwn(int errno) {
    assertThat(EchoSocket.unsent(errno))
        .isInstanceOf(NoRouteToHostException.class)
        .hasMessageContaining("errno " + errno);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, SocketDescriptor.EACCES, SocketDescriptor.EAGAIN, 105})
  void whatIsNotAllowedOrLackingIsNotTheMachines(int errno) {
    assertThat(EchoSocket.unsent(errno)).isNotInstanceOf(NoRouteToHostException.class);
  }

  @Test
  void onlyWholeRepliesOfTheFamilyCount() {
    byte[] payload = new byte[EchoSocket.PAYLOAD];
    payload[3] = 9;
    byte[] bare = packet(0, 0, payload);
    assertThat(EchoSocket.reply(bare, true, false)).isEqualTo(payload);
    assertThat(EchoSocket.reply(packet(129, 0, payload), false, false)).isEqualTo(payload);
    assertThat(EchoSocket.reply(packet(129, 0, payload), false, true)).isEqualTo(payload);
    assertThat(EchoSocket.reply(packet(0, 20, payload), true, true)).isEqualTo(payload);
    assertThat(EchoSocket.reply(packet(0, 60, payload), true, true)).isEqualTo(payload);
    assertThat(EchoSocket.reply(packet(8, 0, payload), true, false)).isNull();
    assertThat(EchoSocket.reply(packet(128, 0, payload), false, false)).isNull();
    assertThat(EchoSocket.reply(bare, false, false)).isNull();
    for (int length = 0; length < bare.length; length++) {
      assertThat(EchoSocket.reply(Arrays.copyOf(bare, length), true, false)).isNull();
      assertThat(EchoSocket.reply(Arrays.copyOf(packet(0, 20, payload), length), true, true))
          .isNull();
    }
    assertThat(EchoSocket.reply(Arrays.copyOf(bare, bare.length + 1), true, false)).isNull();
  }

  /** A message of ICMP behind an IPv4 header of so many octets. */
  private static byte[] packet(int type, int header, byte[] payload) {
    byte[] packet = new byte[header + 8 + payload.length];
    packet[0] = (byte) (0x40 | header / 4);
    packet[header] = (byte) type;
    System.arraycopy(payload, 0, packet, header + 8, payload.length);
    return packet;
  }

  @Test
  void theChecksumIsTheInternets() {
    // RFC 1071 section 3: the sum of these is ddf2.
    assertThat(EchoSocket.checksum(HexFormat.of().parseHex("0001f203f4f5f6f7")))
        .isEqualTo(~0xddf2 & 0xffff);
  }
}

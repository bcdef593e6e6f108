package dev.azimuth.app.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.azimuth.app.config.ServerConfig.Listen;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.util.List;
import org.junit.jupiter.api.Test;

class ListenAddressesTest {
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

  private static String loopback() throws IOException {
    return NetworkInterface.getByInetAddress(LOOPBACK).getName();
  }

  @Test
  void anInterfaceStandsForItsAddressesEachOnce() throws IOException {
    var one = new InetSocketAddress(LOOPBACK, 5353);
    List<InetSocketAddress> addresses =
        ListenAddresses.of(
            List.of(new Listen.Address(one), new Listen.Interface(loopback(), 5353)));
    assertThat(addresses).doesNotHaveDuplicates().startsWith(one);
    assertThat(addresses).allMatch(address -> address.getPort() == 5353);
    assertThat(addresses).noneMatch(address -> address.getAddress().isLinkLocalAddress());
    assertThat(addresses)
        .hasSize(
            (int)
                NetworkInterface.getByName(loopback())
                    .inetAddresses()
                    .filter(address -> !address.isLinkLocalAddress())
                    .count());
  }

  @Test
  void onlyInterfacesHaveAddressesThatChange() {
    var address = new Listen.Address(new InetSocketAddress(LOOPBACK, 53));
    assertThat(ListenAddresses.changing(List.of(address))).isFalse();
    assertThat(ListenAddresses.changing(List.of(address, new Listen.Interface("eth0", 53))))
        .isTrue();
  }

  @Test
  void anInterfaceThatIsNotThereIsNamed() {
    assertThatThrownBy(() -> ListenAddresses.of(List.of(new Listen.Interface("none9", 53))))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no interface none9");
  }
}

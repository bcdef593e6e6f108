package dev.azimuth.steering;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClientTest {
  private final Client client = new Client();
  private final Asker asker = new Asker();

  @ParameterizedTest
  @CsvSource({
    "192.0.2.7, 192.0.2.7, 0",
    "2001:db8::7, 2001:db8::7, 0",
    "64:ff9b::c000:207, 192.0.2.7, 96",
    "2002:c000:207::1, 192.0.2.7, 16",
    "2001:0:4136:e378:8000:63bf:3fff:fdf8, 192.0.2.7, 96",
    "64:ff9b:1::c000:207, 64:ff9b:1::c000:207, 0",
    "2001:1::7, 2001:1::7, 0",
  })
  void anAddressThatStandsForAnIpv4AddressIsTakenAsThat(String source, String taken, int before) {
    source(source);
    client.of(asker);
    assertThat(text()).isEqualTo(InetAddress.ofLiteral(taken).getHostAddress());
    assertThat(client.before).isEqualTo(before);
    assertThat(client.subnet).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.2.0, 24, 192.0.2.0, true",
    "10.1.2.0, 24, 198.51.100.53, false",
    "2002:c000:200::, 40, 192.0.2.0, true",
    "2002:0a01:0200::, 40, 198.51.100.53, false",
    "2002::, 16, 198.51.100.53, false",
    "64:ff9b::c000:200, 120, 192.0.2.0, true",
    "64:ff9b::, 96, 198.51.100.53, false",
    "2001:0:4136:e378::, 64, 198.51.100.53, false",
    "2001:db8:7::, 48, 2001:db8:7::, true",
    "fd00:7::, 48, 198.51.100.53, false",
  })
  void aSubnetCountsWhereAPublicClientCanHaveIt(
      String subnet, int length, String taken, boolean counts) {
    source("198.51.100.53");
    subnet(subnet, length);
    client.of(asker);
    assertThat(text()).isEqualTo(InetAddress.ofLiteral(taken).getHostAddress());
    assertThat(client.subnet).isEqualTo(counts);
  }

  @ParameterizedTest
  @CsvSource({
    "64:ff9b::ffff:c000:0207",
    "2001:db8::7",
  })
  void whatOnlyLooksLikeAnEmbeddedAddressIsNone(String source) {
    source(source);
    client.of(asker);
    assertThat(client.v4).isFalse();
  }

  @org.junit.jupiter.api.Test
  void aMappedAddressIsTakenAsIpv4() {
    asker.sourceV4 = false;
    asker.sourceHigh = 0;
    asker.sourceLow = 0xffff_c000_0207L;
    client.of(asker);
    assertThat(text()).isEqualTo("192.0.2.7");
  }

  @org.junit.jupiter.api.Test
  void theScopeIsSaidInTermsOfTheSubnetThatWasSent() {
    source("198.51.100.53");
    subnet("2002:c000:200::", 40);
    client.of(asker);
    assertThat(client.scope(24)).isEqualTo(40);
    assertThat(client.scope(0)).as("all of IPv4, no other IPv6 address").isEqualTo(16);
  }

  private void source(String text) {
    InetAddress address = InetAddress.ofLiteral(text);
    asker.sourceV4 = address instanceof Inet4Address;
    ByteBuffer octets = ByteBuffer.wrap(address.getAddress());
    asker.sourceHigh = asker.sourceV4 ? 0 : octets.getLong();
    asker.sourceLow = asker.sourceV4 ? octets.getInt() & 0xffffffffL : octets.getLong();
  }

  private void subnet(String text, int length) {
    InetAddress address = InetAddress.ofLiteral(text);
    asker.subnet = true;
    asker.subnetV4 = address instanceof Inet4Address;
    asker.subnetLength = length;
    ByteBuffer octets = ByteBuffer.wrap(address.getAddress());
    asker.subnetHigh = asker.subnetV4 ? 0 : octets.getLong();
    asker.subnetLow = asker.subnetV4 ? octets.getInt() & 0xffffffffL : octets.getLong();
  }

  private String text() {
    try {
      byte[] octets =
          client.v4
              ? ByteBuffer.allocate(4).putInt((int) client.low).array()
              : ByteBuffer.allocate(16).putLong(client.high).putLong(client.low).array();
      return InetAddress.getByAddress(octets).getHostAddress();
    } catch (java.net.UnknownHostException e) {
      throw new AssertionError(e);
    }
  }
}

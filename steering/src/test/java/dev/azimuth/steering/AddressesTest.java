package dev.azimuth.steering;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.health.Check;
import dev.azimuth.health.Target;
import dev.azimuth.health.Timing;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressesTest {
  @ParameterizedTest
  @CsvSource({
    "0:0:0:0:0:0:0:0, ::",
    "0:0:0:0:0:0:0:1, ::1",
    "2001:db8:0:0:0:0:0:0, 2001:db8::",
    "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
    "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
    "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
    "1:2:3:4:5:6:7:ABCD, 1:2:3:4:5:6:7:abcd",
    "192.0.2.255, 192.0.2.255",
  })
  void textIsTheShortestForm(String written, String shortest) {
    assertThat(Addresses.text(InetAddress.ofLiteral(written))).isEqualTo(shortest);
  }

  @Test
  void textIsReadBackAsTheSameAddress() {
    Random random = new Random(11);
    for (int i = 0; i < 5000; i++) {
      byte[] octets = new byte[16];
      for (int j = 1; j < 16; j++) {
        octets[j] = (byte) (random.nextInt(3) == 0 ? random.nextInt(256) : 0);
      }
      octets[0] = 0x20; // no IPv4-mapped address
      assertThat(InetAddress.ofLiteral(Addresses.text(octets)).getAddress()).isEqualTo(octets);
    }
  }

  @Test
  void aTargetIsShownWithItsPortWhereItsCheckKnowsOne() {
    Duration second = Duration.ofSeconds(1);
    Check check = new Check.Ping(null, new Timing(second, second, second, 1, 1));
    InetAddress address = InetAddress.ofLiteral("2001:db8::1");
    assertThat(Addresses.text(new Target(address, 443, check))).isEqualTo("[2001:db8::1]:443");
    assertThat(Addresses.text(new Target(address, 0, check))).isEqualTo("2001:db8::1");
  }

  @Test
  void prefixesAreShownWithTheirLength() {
    assertThat(Addresses.text(new Cidr(true, 0, 0xc0000200L, 24))).isEqualTo("192.0.2.0/24");
    assertThat(Addresses.text(new Cidr(false, 0x20010db8_00000000L, 0, 32)))
        .isEqualTo("2001:db8::/32");
  }
}

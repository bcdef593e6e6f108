package dev.azimuth.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.ClientSubnetOption;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.Message;

class QueriesTest {
  private static Message query(String line) throws IOException {
    return new Message(Queries.of(List.of(line), /* edns= */ false).getFirst());
  }

  @Test
  void aThirdWordIsTheClientSubnet() throws IOException {
    assertThat(query("www.bench.example A").getOPT()).isNull();
    assertThat(subnet("www.bench.example A 198.51.100.0/22"))
        .isEqualTo(new ClientSubnetOption(22, InetAddress.ofLiteral("198.51.100.0")));
    assertThat(subnet("www.bench.example AAAA 2001:db8:1::/48"))
        .isEqualTo(new ClientSubnetOption(48, InetAddress.ofLiteral("2001:db8:1::")));
  }

  private static EDNSOption subnet(String line) throws IOException {
    return query(line).getOPT().getOptions(EDNSOption.Code.CLIENT_SUBNET).getFirst();
  }

  @Test
  void aLineThatIsNoQueryIsRefused() {
    assertThatThrownBy(() -> query("www.bench.example"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> query("www.bench.example A 198.51.100.0/24 more"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}

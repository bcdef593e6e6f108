package dev.azimuth.app.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.app.admin.Crowd.Entry;
import java.net.InetAddress;
import org.junit.jupiter.api.Test;

class CrowdTest {
  private final Crowd crowd = new Crowd(5, 2);

  private Entry enter(String from) {
    return crowd.enter(InetAddress.ofLiteral(from));
  }

  private void left(String from) {
    crowd.left(InetAddress.ofLiteral(from));
  }

  @Test
  void aPeerIsAnAddressOrAnIpv6NetworkOf64Bits() {
    assertThat(enter("192.0.2.1")).isEqualTo(Entry.ADMITTED);
    assertThat(enter("192.0.2.1")).isEqualTo(Entry.ADMITTED);
    assertThat(enter("192.0.2.1")).isEqualTo(Entry.PEER_FULL);
    assertThat(enter("2001:db8::1")).isEqualTo(Entry.ADMITTED);
    assertThat(enter("2001:db8::2")).isEqualTo(Entry.ADMITTED);
    assertThat(enter("2001:db8::3")).isEqualTo(Entry.PEER_FULL);
    assertThat(enter("2001:db8:0:1::1")).isEqualTo(Entry.ADMITTED);
  }

  @Test
  void whoLeavesMakesRoomForAnyOther() {
    for (int i = 1; i <= 5; i++) {
      assertThat(enter("192.0.2." + i)).isEqualTo(Entry.ADMITTED);
    }
    assertThat(enter("192.0.2.6")).isEqualTo(Entry.FULL);
    left("192.0.2.1");
    assertThat(enter("192.0.2.6")).isEqualTo(Entry.ADMITTED);
    assertThat(enter("192.0.2.1")).isEqualTo(Entry.FULL);
    left("192.0.2.6");
    left("192.0.2.5");
    assertThat(enter("192.0.2.1")).isEqualTo(Entry.ADMITTED);
    assertThat(enter("192.0.2.1")).isEqualTo(Entry.ADMITTED);
    assertThat(enter("192.0.2.1")).isEqualTo(Entry.PEER_FULL);
  }
}

package dev.azimuth.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.e2e.AzimuthProcess.Options;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.xbill.DNS.Message;
import org.xbill.DNS.Type;

/** Both ways in which packets get in and out do the same. */
class TransportTest {
  private static final String YAML =
      "defaults: { check: none }\n"
          + "pools: { web: { backends: { a: 192.0.2.1, b: 192.0.2.2, c: 192.0.2.3 } } }\n"
          + Zones.EXAMPLE
          + "      www: { to: web }\n";

  @TempDir Path folder;

  /** How packets get in and out, and what the log calls it. */
  enum Way {
    NATIVE("recvmmsg"),
    NIO("nio");

    private final String logged;

    Way(String logged) {
      this.logged = logged;
    }

    Options options() {
      return switch (this) {
        case NATIVE -> Options.USUAL;
        case NIO -> Options.USUAL.withoutNativeAccess();
      };
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyAnswerComesFromTheAddressThatWasAsked(Way way) throws Exception {
    try (AzimuthProcess node =
        AzimuthProcess.start(folder, YAML, way.options().listen("0.0.0.0:0"))) {
      node.awaitLog(Pattern.compile("listening udp 0\\.0\\.0\\.0:\\d+ \\(" + way.logged));
      for (InetAddress address : localAddresses()) {
        // Connected: a reply from any other address would not be received.
        try (DnsClient client =
            new DnsClient(new InetSocketAddress(address, node.dns().getPort()))) {
          assertThat(client.a("www.example.com")).as("%s", address).hasSize(1);
          Message overTcp = client.tcp(DnsClient.query("www.example.com", Type.A)).getFirst();
          assertThat(DnsClient.addresses(overTcp)).hasSize(1);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyAddressOfAnInterfaceIsListenedOn(Way way) throws Exception {
    NetworkInterface loopback =
        NetworkInterface.getByInetAddress(InetAddress.ofLiteral("127.0.0.1"));
    try (AzimuthProcess node =
        AzimuthProcess.start(folder, YAML, way.options().listen(loopback.getName() + ":0"))) {
      for (InetAddress address : loopback.inetAddresses().toList()) {
        String text = address instanceof Inet4Address ? address.getHostAddress() : "[::1]";
        MatchResult at =
            node.awaitLog(Pattern.compile("listening tcp " + Pattern.quote(text) + ":(\\d+)"));
        try (DnsClient client =
            new DnsClient(new InetSocketAddress(address, Integer.parseInt(at.group(1))))) {
          assertThat(client.a("www.example.com")).as("%s", address).hasSize(1);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void answersRotate(Way way) throws Exception {
    try (AzimuthProcess node = AzimuthProcess.start(folder, YAML, way.options());
        DnsClient client = node.client()) {
      List<String> answers = new ArrayList<>();
      for (int i = 0; i < 300; i++) {
        answers.addAll(client.a("www.example.com"));
      }

      assertThat(answers.subList(0, 3))
          .containsExactlyInAnyOrder("192.0.2.1", "192.0.2.2", "192.0.2.3");
      for (int i = 3; i < 300; i++) {
        assertThat(answers.get(i)).isEqualTo(answers.get(i - 3));
      }
    }
  }

  private static List<Inet4Address> localAddresses() throws Exception {
    return NetworkInterface.networkInterfaces()
        .flatMap(NetworkInterface::inetAddresses)
        .filter(Inet4Address.class::isInstance)
        .map(Inet4Address.class::cast)
        .toList();
  }
}

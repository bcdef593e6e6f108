package dev.azimuth.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.e2e.AzimuthProcess.Options;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.CookieOption;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** Servers that share the secrets of DNS cookies. */
@Timeout(180)
class SharedCookieTest {
  private static final String FIRST = "e5e973e5a6b2a43f48e7dc849e37bfcf";
  private static final String SECOND = "445536bcd2513298075a5d379663c962";
  private static final String YAML =
      "defaults: { check: none }\npools: { web: { backends: { b: 192.0.2.1 } } }\n"
          + Zones.EXAMPLE
          + "      www: { to: web }\n";

  @TempDir Path folder;

  private AzimuthProcess node(String name, String listen) throws IOException {
    Path secrets = folder.resolve("secrets");
    Options options =
        Options.USUAL.listen(listen).server("cookies: { secret: { file: " + secrets + " } }");
    return AzimuthProcess.start(Files.createDirectory(folder.resolve(name)), YAML, options);
  }

  private void secrets(String... lines) throws IOException {
    Path next = Files.writeString(folder.resolve("next"), String.join("\n", lines) + "\n");
    Files.move(next, folder.resolve("secrets"), StandardCopyOption.ATOMIC_MOVE);
  }

  /** A new client's cookie. */
  private static CookieOption fresh() {
    return new CookieOption(HexFormat.of().parseHex("2464c4abcf10c957"));
  }

  private static Message ask(DnsClient client, CookieOption cookie) throws IOException {
    Message query = DnsClient.query("www.example.com", Type.A);
    query.addRecord(new OPTRecord(1232, 0, 0, 0, cookie), Section.ADDITIONAL);
    return client.udp(query);
  }

  /** The cookie that a server gives for this one: itself, or a new one. */
  private static CookieOption given(DnsClient client, CookieOption cookie) throws IOException {
    List<EDNSOption> options = ask(client, cookie).getOPT().getOptions(EDNSOption.Code.COOKIE);
    assertThat(options).hasSize(1);
    return (CookieOption) options.getFirst();
  }

  private static String counted(AzimuthProcess node, String cookie)
      throws IOException, InterruptedException {
    String line =
        "azimuth_cookies_total\\{[^}]*transport=\"udp\",cookie=\"" + cookie + "\"\\} (\\d+)";
    var matcher = Pattern.compile(line).matcher(node.get("/metrics").body());
    return matcher.find() ? matcher.group(1) : "0";
  }

  @Test
  void oneNodesCookieIsGoodAtAnotherThroughAChangeOfTheSecret() throws Exception {
    secrets(FIRST);
    try (AzimuthProcess a = node("a", "127.0.0.1:0");
        AzimuthProcess b = node("b", "127.0.0.1:0");
        DnsClient toA = a.client();
        DnsClient toB = b.client()) {
      CookieOption old = given(toA, fresh());
      assertThat(given(toB, old)).isEqualTo(old);
      assertThat(counted(a, "new")).isEqualTo("1");
      assertThat(counted(b, "valid")).isEqualTo("1");

      int mark = a.mark();
      secrets(SECOND, FIRST);
      a.awaitLog(mark, Pattern.compile("taken up: server.cookies: the secrets changed"));
      assertThat(ask(toA, old).getRcode()).isEqualTo(Rcode.NOERROR);
      CookieOption renewed = given(toA, old);
      assertThat(renewed).isNotEqualTo(old);
      assertThat(given(toA, renewed)).isEqualTo(renewed);
      assertThat(counted(a, "valid")).isEqualTo("3");

      b.awaitLog(Pattern.compile("taken up: server.cookies: the secrets changed"));
      assertThat(given(toB, renewed)).isEqualTo(renewed);

      mark = b.mark();
      secrets("open sesame");
      b.awaitLog(mark, Pattern.compile("does not hold 1 to 3 lines"));
      assertThat(b.log()).doesNotContain("sesame").doesNotContain(FIRST);
      assertThat(given(toB, renewed)).isEqualTo(renewed);

      mark = b.mark();
      secrets(SECOND);
      b.awaitLog(mark, Pattern.compile("taken up: server.cookies: the secrets changed"));
      assertThat(ask(toB, old).getRcode()).isEqualTo(Rcode.NOERROR);
      assertThat(counted(b, "invalid")).isEqualTo("1");
    }
  }

  @Test
  void aNodeWithoutTheSecretsThatItIsToHaveDoesNotStart() throws Exception {
    secrets(FIRST, "x");
    Options options = Options.USUAL.server("cookies: { secret: { file: secrets } }");
    try (AzimuthProcess node = AzimuthProcess.begin(folder, YAML, options)) {
      assertThat(node.exitCode(Duration.ofSeconds(60))).isEqualTo(1);
      assertThat(node.log()).contains("server.cookies.secret: ", "does not hold 1 to 3 lines");
    }
  }

  @ParameterizedTest
  @CsvSource({"127.0.0.1, 127.0.0.1:0", "::1, [::1]:0"})
  void ourCookiesAreGoodAtKnotAndItsAreGoodHere(String address, String listen) throws Exception {
    String knotd = Tools.find("knotd");
    int port = Tools.freePort();
    Path home = Files.createDirectory(folder.resolve("knot"));
    Files.writeString(
        home.resolve("example.com.zone"),
        """
        @   60 SOA ns1 hostmaster 1 1h 15m 7d 60
        @   60 NS  ns1
        ns1 60 A   192.0.2.53
        www 60 A   192.0.2.1
        """);
    Path file =
        Files.writeString(
            home.resolve("knot.conf"),
            """
            server:
              rundir: "%1$s"
              listen: %4$s@%2$d
            database:
              storage: "%1$s/db"
            mod-cookies:
              - id: shared
                secret: 0x%3$s
            template:
              - id: default
                storage: "%1$s"
                global-module: mod-cookies/shared
            zone:
              - domain: example.com
                file: example.com.zone
            """
                .formatted(home, port, FIRST, address));
    secrets(FIRST);
    Process knot =
        new ProcessBuilder(knotd, "-c", file.toString())
            .redirectErrorStream(true)
            .redirectOutput(home.resolve("log").toFile())
            .start();
    try (AzimuthProcess node = node("node", listen);
        DnsClient us = node.client();
        DnsClient it = new DnsClient(new InetSocketAddress(InetAddress.ofLiteral(address), port))) {
      Patience.until(() -> answers(it));
      CookieOption its = given(it, fresh());
      assertThat(given(us, its)).isEqualTo(its);
      assertThat(counted(node, "valid")).isEqualTo("1");
      CookieOption ours = given(us, fresh());
      assertThat(ask(it, ours).getRcode()).isEqualTo(Rcode.NOERROR);
      assertThat(ask(it, fresh()).getRcode()).isEqualTo(Rcode.BADCOOKIE);
    } finally {
      knot.destroy();
      knot.waitFor();
    }
  }

  private static boolean answers(DnsClient client) {
    try {
      return client.udp("www.example.com", Type.A).getRcode() == Rcode.NOERROR;
    } catch (IOException e) {
      return false; // not listening yet
    }
  }
}

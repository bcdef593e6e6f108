package dev.azimuth.balancer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.azimuth.steering.Cidr;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What stands between a client and the choice of a backend. */
class OpeningTest {
  private static final Cidr LOCAL = new Cidr(true, 0, 0x7f000000L, 8);
  private static final String V1 = "PROXY TCP4 198.51.100.7 203.0.113.1 54321 443\r\n";

  private final Lab lab = new Lab();
  private final Draft draft = new Draft();

  @AfterEach
  void close() throws IOException {
    lab.close();
    assertThat(lab.faults).isEmpty();
  }

  /** A server that says its name, then what it got until the client's end. */
  private int server(String name) throws IOException {
    return lab.server(
        socket -> {
          byte[] got = socket.getInputStream().readAllBytes();
          socket.getOutputStream().write(name.getBytes(StandardCharsets.ISO_8859_1));
          socket.getOutputStream().write(got);
          socket.close();
        });
  }

  private static byte[] octets(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** What a client gets for octets, each by itself or all at once; null when it is broken off. */
  private String ask(InetSocketAddress to, byte[] octets, boolean slowly) throws IOException {
    try (Socket client = lab.client(to)) {
      client.setTcpNoDelay(true);
      OutputStream out = client.getOutputStream();
      for (int i = 0; slowly && i < octets.length; i++) {
        out.write(octets[i]);
      }
      if (!slowly) {
        out.write(octets);
      }
      client.shutdownOutput();
      byte[] got = client.getInputStream().readAllBytes();
      return got.length == 0 ? null : new String(got, StandardCharsets.ISO_8859_1);
    } catch (SocketException e) {
      return null;
    }
  }

  private String ask(InetSocketAddress to, String text) throws IOException {
    return ask(to, octets(text), false);
  }

  private void counted(End end, long times) {
    await().untilAsserted(() -> assertThat(lab.count(end)).isEqualTo(times));
    await().untilAsserted(() -> assertThat(lab.openNow()).isZero());
  }

  @Test
  void whoMayNotConnectSeesReset() throws Exception {
    draft.access = new Settings.Access(Lab.ANYBODY, List.of(LOCAL), List.of());
    InetSocketAddress to = lab.forward(draft.settings(), server("a:"));
    assertThat(ask(to, "hello")).isNull();
    counted(End.NOT_ALLOWED, 1);
    assertThat(lab.report().backends().getFirst().connections()).isZero();
  }

  @Test
  void aFrontEndSaysWhoTheClientIs() throws Exception {
    draft.access = new Settings.Access(Lab.ANYBODY, List.of(), List.of(LOCAL));
    InetSocketAddress to = lab.forward(draft.settings(), server("a:"));
    assertThat(ask(to, V1 + "hello")).isEqualTo("a:hello");
    assertThat(ask(to, octets(V1 + "hello"), true)).isEqualTo("a:hello");
    byte[] second =
        Hellos.hex("0d0a0d0a000d0a515549540a 2111000c c6336408 cb007101 d431 01bb 68656c6c6f");
    assertThat(ask(to, second, true)).isEqualTo("a:hello");
    counted(End.DONE, 3);
    assertThat(lab.ended)
        .extracting(record -> record.client().getHostString())
        .containsExactly("198.51.100.7", "198.51.100.7", "198.51.100.8");
    assertThat(lab.ended).extracting(ConnectionRecord::fromClient).containsOnly(5L);
  }

  @Test
  void whoMayConnectIsDecidedByTheClientOfAFrontEnd() throws Exception {
    Cidr denied = new Cidr(true, 0, 0xc6336400L, 24);
    draft.access = new Settings.Access(Lab.ANYBODY, List.of(denied), List.of(LOCAL));
    InetSocketAddress to = lab.forward(draft.settings(), server("a:"));
    assertThat(ask(to, V1 + "hello")).isNull();
    assertThat(ask(to, V1.replace("198.51.100.7", "198.51.101.7") + "hello")).isEqualTo("a:hello");
    assertThat(ask(to, "PROXY UNKNOWN\r\nhello")).isEqualTo("a:hello");
    counted(End.NOT_ALLOWED, 1);
  }

  @Test
  void whatIsNoHeaderIsRefused() throws Exception {
    draft.access = new Settings.Access(Lab.ANYBODY, List.of(), List.of(LOCAL));
    InetSocketAddress to = lab.forward(draft.settings(), server("a:"));
    assertThat(ask(to, "hello")).isNull();
    assertThat(ask(to, octets("PROXY TCP4 1 2 3 4\r\nhello"), true)).isNull();
    counted(End.PROXY_HEADER, 2);
    assertThat(ask(to, "PROXY TCP4")).isNull();
    counted(End.CLIENT_LEFT, 1);
    assertThat(lab.report().backends().getFirst().connections()).isZero();
  }

  @Test
  void aHeaderFromSomebodyElseIsJustOctets() throws Exception {
    InetSocketAddress to = lab.forward(draft.settings(), server("a:"));
    assertThat(ask(to, V1 + "hello")).isEqualTo("a:" + V1 + "hello");
  }

  @Test
  void backendsLearnWhoTheClientIs() throws Exception {
    draft.send = Settings.ProxyHeader.V1;
    InetSocketAddress to = lab.forward(draft.settings(), server(""));
    try (Socket client = lab.client(to)) {
      client.getOutputStream().write(octets("hello"));
      client.shutdownOutput();
      String header =
          "PROXY TCP4 127.0.0.1 127.0.0.1 " + client.getLocalPort() + " " + to.getPort() + "\r\n";
      assertThat(client.getInputStream().readAllBytes()).isEqualTo(octets(header + "hello"));
    }
    draft.access = new Settings.Access(Lab.ANYBODY, List.of(), List.of(LOCAL));
    draft.send = Settings.ProxyHeader.V2;
    to = lab.forward(draft.settings(), server(""));
    byte[] second =
        Hellos.hex("0d0a0d0a000d0a515549540a 2111000c c6336407 cb007101 d431 01bb 68656c6c6f");
    assertThat(octets(ask(to, V1 + "hello"))).isEqualTo(second);
  }

  @Test
  void aBackendThatSpeaksFirstHasTheHeaderBefore() throws Exception {
    draft.send = Settings.ProxyHeader.V1;
    int port =
        lab.server(
            socket -> {
              byte[] header = socket.getInputStream().readNBytes(10);
              socket.getOutputStream().write(header);
            });
    try (Socket client = lab.client(lab.forward(draft.settings(), port))) {
      assertThat(client.getInputStream().readNBytes(10)).isEqualTo(octets("PROXY TCP4"));
    }
  }

  @Test
  void clientsAreRoutedByWhatTheyAskTlsFor() throws Exception {
    draft.matches =
        List.of(
            new Settings.Match(List.of("shop.example.com"), List.of("h2")),
            new Settings.Match(List.of("*.example.com"), List.of()));
    InetSocketAddress to =
        lab.route(draft.settings(), server("own:"), server("h2:"), server("any:"));
    byte[] shop = Hellos.captured("openssl-tls13");
    String text = new String(shop, StandardCharsets.ISO_8859_1);
    assertThat(ask(to, shop, false)).isEqualTo("h2:" + text);
    assertThat(ask(to, shop, true)).isEqualTo("h2:" + text);
    assertThat(ask(to, Hellos.captured("openssl-fragmented"), true)).startsWith("any:");
    assertThat(ask(to, Hellos.captured("curl"), false)).startsWith("own:");
    assertThat(ask(to, "GET / HTTP/1.0\r\n\r\n")).isEqualTo("own:GET / HTTP/1.0\r\n\r\n");
    counted(End.DONE, 5);
  }

  @Test
  void aBrokenHelloIsRefusedAndASlowOneRunsOutOfTime() throws Exception {
    draft.matches = List.of(new Settings.Match(List.of("a.example"), List.of()));
    draft.times = Lab.with(times -> first(times, Duration.ofMillis(300))).times();
    InetSocketAddress to = lab.route(draft.settings(), server("own:"), server("a:"));
    assertThat(ask(to, Hellos.hex("1603010000"), false)).isNull();
    counted(End.CLIENT_TLS, 1);
    byte[] half = Arrays.copyOf(Hellos.captured("curl"), 300);
    try (Socket client = lab.client(to)) {
      client.getOutputStream().write(half);
      assertThat(client.getInputStream().read()).isEqualTo(-1);
    }
    counted(End.FIRST, 1);
    byte[] endless = Hellos.records(new byte[] {1, 0, 0x3f, 0}, 1);
    endless = Arrays.copyOf(endless, HelloReader.LONGEST);
    for (int at = 24; at + 6 <= endless.length; at += 6) {
      System.arraycopy(endless, 18, endless, at, 6);
    }
    assertThat(ask(to, endless, false)).isNull();
    counted(End.CLIENT_TLS, 2);
  }

  private static Settings.Times first(Settings.Times t, Duration first) {
    return new Settings.Times(
        t.connect(),
        t.queue(),
        first,
        t.idle(),
        t.halfClosed(),
        t.age(),
        t.drain(),
        t.keepAlive(),
        t.user());
  }

  @Test
  void aSourceHasSoManyConnections() throws Exception {
    draft.access = new Settings.Access(Lab.ANYBODY, List.of(), List.of(LOCAL));
    draft.limits = new Settings.Limits(100, Settings.Limits.NONE, 0, 1, OptionalInt.empty(), 1);
    InetSocketAddress to = lab.forward(draft.settings(), server("a:"));
    try (Socket first = lab.client(to)) {
      first.getOutputStream().write(octets(V1));
      await()
          .untilAsserted(
              () -> assertThat(lab.report().backends().getFirst().connections()).isOne());
      assertThat(ask(to, V1 + "hello")).isNull();
      assertThat(ask(to, V1.replace(".7 ", ".8 ") + "hello")).isEqualTo("a:hello");
    }
    counted(End.PER_SOURCE, 1);
    assertThat(ask(to, V1 + "hello")).isEqualTo("a:hello");
  }

  @Test
  void aSourceHasNoMoreConnectionsBecauseOtherLimitsChange() throws Exception {
    draft.limits = new Settings.Limits(100, Settings.Limits.NONE, 0, 1, OptionalInt.empty(), 1);
    int port = server("a:");
    InetSocketAddress to = lab.forward(draft.settings(), port);
    try (Socket first = lab.client(to)) {
      first.getOutputStream().write(octets("h"));
      await().until(() -> lab.report().backends().getFirst().connections() == 1);
      draft.limits = new Settings.Limits(9_999, 50, 7, 1, OptionalInt.of(1_000), 100);
      lab.supply(draft.settings(), port);
      assertThat(ask(to, "hello")).isNull();
    }
    counted(End.PER_SOURCE, 1);
    assertThat(ask(to, "hello")).isEqualTo("a:hello");
  }

  @Test
  void aSourceConnectsSoOften() throws Exception {
    draft.limits = new Settings.Limits(100, Settings.Limits.NONE, 0, 100, OptionalInt.of(1), 3);
    InetSocketAddress to = lab.forward(draft.settings(), server("a:"));
    int answered = 0;
    for (int i = 0; i < 20; i++) {
      answered += ask(to, "hello") == null ? 0 : 1;
    }
    assertThat(answered).isBetween(3, 19);
    counted(End.SOURCE_RATE, 20 - answered);
  }
}

package dev.azimuth.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.balancer.ProxyReader.Header;
import dev.azimuth.balancer.ProxyReader.Unread;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProxyProtocolTest {
  private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";
  private static final String V4 = "c6336407 cb007101 d431 01bb";
  private static final String V6 =
      "20010db8000000000000000000000007 20010db8000000000000000000000001 d431 01bb";
  private static final ProxyEnds ENDS_V4 = ends("198.51.100.7", "203.0.113.1");
  private static final ProxyEnds ENDS_V6 = ends("2001:db8::7", "2001:db8::1");

  private static ProxyEnds ends(String client, String server) {
    return new ProxyEnds(
        new InetSocketAddress(InetAddress.ofLiteral(client), 54_321),
        new InetSocketAddress(InetAddress.ofLiteral(server), 443));
  }

  /** A header of version 2 by its octets after the signature, the length filled in. */
  private static String second(String versionAndFamily, String rest) {
    String plain = rest.replace(" ", "");
    return SIGNATURE + versionAndFamily + Hellos.vector(2, plain);
  }

  /** Reads it with others behind it; before its end nothing is said but that there is more. */
  private static ProxyReader.Reading read(byte[] octets) {
    ByteBuf in = Unpooled.wrappedBuffer(new byte[3], octets, new byte[] {7, '\r', '\n', 9});
    in.skipBytes(3);
    ProxyReader.Reading reading = ProxyReader.read(in);
    assertThat(in.readerIndex()).isEqualTo(3);
    if (reading instanceof Header header) {
      assertThat(header.length()).isEqualTo(octets.length);
      for (int length = 0; length < octets.length; length++) {
        assertThat(ProxyReader.read(in.slice(3, length))).isEqualTo(Unread.MORE);
      }
    }
    return reading;
  }

  private static ProxyReader.Reading read(String text) {
    return read(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static ProxyReader.Reading hex(String octets) {
    return read(Hellos.hex(octets));
  }

  private static Header header(int length, ProxyEnds ends) {
    return new Header(length, ends);
  }

  @Test
  void addressesOfVersionTwoAreRead() {
    assertThat(hex(second("2111", V4))).isEqualTo(header(28, ENDS_V4));
    assertThat(hex(second("2121", V6))).isEqualTo(header(52, ENDS_V6));
    assertThat(hex(second("2112", V4))).isEqualTo(header(28, ENDS_V4));
    String mapped = "00000000000000000000ffffc6336407 00000000000000000000ffffcb007101 d431 01bb";
    assertThat(hex(second("2121", mapped))).isEqualTo(header(52, ENDS_V4));
  }

  @Test
  void whatFollowsAddressesIsPassedOver() {
    String rest = V4 + "030004a9b87e8f" + "040000" + "200003aabbcc";
    assertThat(hex(second("2111", rest))).isEqualTo(header(44, ENDS_V4));
    assertThat(hex(second("2111", V4 + "04" + Hellos.vector(2, "00".repeat(505)))))
        .isEqualTo(header(ProxyReader.LONGEST, ENDS_V4));
  }

  @ParameterizedTest
  @CsvSource({"2000,''", "2011," + V4, "20ff,01020304", "2100,''", "2100,040000"})
  void aProxyMaySpeakForItself(String versionAndFamily, String rest) {
    assertThat(hex(second(versionAndFamily, rest)))
        .isInstanceOfSatisfying(Header.class, header -> assertThat(header.ends()).isNull());
  }

  @Test
  void aClientOverAUnixSocketHasNoAddress() {
    assertThat(hex(second("2131", "00".repeat(216)))).isEqualTo(header(232, null));
    assertThat(hex(second("2131", "00".repeat(215)))).isEqualTo(Unread.MALFORMED);
  }

  @ParameterizedTest
  @CsvSource({
    "1111," + V4, // version 1
    "3111," + V4,
    "2211," + V4, // no such command
    "2110," + V4, // no such transport
    "2113," + V4,
    "2101," + V4,
    "2141," + V4, // no such family
    "2111, c6336407 cb007101 d431", // too short
    "2121," + V4,
    "2111," + V4 + "0300", // a header of what follows that is none
    "2111," + V4 + "040002ff" // and one without all of its value
  })
  void brokenHeadersOfVersionTwoAreMalformed(String versionAndFamily, String rest) {
    assertThat(hex(second(versionAndFamily, rest))).isEqualTo(Unread.MALFORMED);
  }

  @Test
  void oneThatIsTooLongIsMalformedBeforeItHasCome() {
    assertThat(hex(SIGNATURE + "21110209")).isEqualTo(Unread.MALFORMED);
    assertThat(hex("0d0a0d0a000d0a515549540b")).isEqualTo(Unread.MALFORMED);
    assertThat(hex("0d0b")).isEqualTo(Unread.MALFORMED);
  }

  @Test
  void addressesOfVersionOneAreRead() {
    assertThat(read("PROXY TCP4 198.51.100.7 203.0.113.1 54321 443\r\n"))
        .isEqualTo(header(47, ENDS_V4));
    assertThat(read("PROXY TCP6 2001:db8::7 2001:DB8:0:0:0:0:0:1 54321 443\r\n"))
        .isEqualTo(header(55, ENDS_V6));
    assertThat(read("PROXY TCP6 ::ffff:198.51.100.7 ::ffff:203.0.113.1 54321 443\r\n"))
        .isEqualTo(header(61, ENDS_V4));
    String longest = "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff";
    assertThat(read("PROXY TCP6 " + longest + " " + longest + " 65535 65535\r\n"))
        .isInstanceOf(Header.class);
  }

  @Test
  void anUnknownClientIsTheProxyItself() {
    assertThat(read("PROXY UNKNOWN\r\n")).isEqualTo(header(15, null));
    assertThat(read("PROXY UNKNOWN of no matter what\r\n")).isEqualTo(header(33, null));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "PROXY\r\n",
        "PROXY \r\n",
        "PROXY \n",
        "PROXY UNKNOWNS\r\n",
        "PROXY UNKNOWN\n",
        "PROXY TCP5 198.51.100.7 203.0.113.1 54321 443\r\n",
        "PROXY TCP4 198.51.100.7 203.0.113.1 54321\r\n",
        "PROXY TCP4 198.51.100.7 203.0.113.1 54321 443 \r\n",
        "PROXY TCP4  198.51.100.7 203.0.113.1 54321 443\r\n",
        "PROXY TCP4 198.51.100.07 203.0.113.1 54321 443\r\n",
        "PROXY TCP4 198.51.100 203.0.113.1 54321 443\r\n",
        "PROXY TCP4 198.51.100.256 203.0.113.1 54321 443\r\n",
        "PROXY TCP4 2001:db8::7 2001:db8::1 54321 443\r\n",
        "PROXY TCP6 198.51.100.7 203.0.113.1 54321 443\r\n",
        "PROXY TCP6 fe80::1%lo 2001:db8::1 54321 443\r\n",
        "PROXY TCP6 [2001:db8::7] 2001:db8::1 54321 443\r\n",
        "PROXY TCP6 2001:db8:::7 2001:db8::1 54321 443\r\n",
        "PROXY TCP6 : :: 54321 443\r\n",
        "PROXY TCP4 198.51.100.7 203.0.113.1 054321 443\r\n",
        "PROXY TCP4 198.51.100.7 203.0.113.1 65536 443\r\n",
        "PROXY TCP4 198.51.100.7 203.0.113.1 -1 443\r\n",
        "PROXY TCP4 198.51.100.7 203.0.113.1 54321 +443\r\n",
        "proxy TCP4 198.51.100.7 203.0.113.1 54321 443\r\n",
        "GET / HTTP/1.1\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
      })
  void brokenHeadersOfVersionOneAreMalformed(String text) {
    assertThat(read(text)).isEqualTo(Unread.MALFORMED);
  }

  @Test
  void aLineThatIsTooLongIsMalformed() {
    String line = "PROXY UNKNOWN " + "x".repeat(ProxyReader.LONGEST_V1 - 16);
    assertThat(read(line + "\r\n")).isEqualTo(header(ProxyReader.LONGEST_V1, null));
    assertThat(read(line + "x\r\n")).isEqualTo(Unread.MALFORMED);
  }

  @Test
  void whatIsWrittenIsRead() {
    Random random = new Random(1);
    for (int round = 0; round < 1000; round++) {
      ProxyEnds ends = new ProxyEnds(end(random), end(random));
      for (var version :
          new Settings.ProxyHeader[] {Settings.ProxyHeader.V1, Settings.ProxyHeader.V2}) {
        ByteBuf out = Unpooled.buffer();
        ProxyWriter.write(version, ends, out);
        assertThat(read(ByteBufUtil.getBytes(out))).isEqualTo(header(out.readableBytes(), ends));
      }
    }
  }

  private static InetSocketAddress end(Random random) {
    byte[] octets = new byte[random.nextBoolean() ? 4 : 16];
    random.nextBytes(octets);
    try {
      return new InetSocketAddress(InetAddress.getByAddress(octets), random.nextInt(65_536));
    } catch (java.net.UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void whatIsWrittenIsWhatTheProtocolSays() {
    ByteBuf out = Unpooled.buffer();
    ProxyWriter.write(Settings.ProxyHeader.NONE, ENDS_V4, out);
    ProxyWriter.write(Settings.ProxyHeader.V1, ENDS_V4, out);
    assertThat(out.toString(StandardCharsets.US_ASCII))
        .isEqualTo("PROXY TCP4 198.51.100.7 203.0.113.1 54321 443\r\n");
    out.clear();
    ProxyWriter.write(Settings.ProxyHeader.V2, ENDS_V6, out);
    assertThat(ByteBufUtil.hexDump(out)).isEqualTo(second("2121", V6));
    out.clear();
    ProxyWriter.write(Settings.ProxyHeader.V1, ends("198.51.100.7", "2001:db8::1"), out);
    assertThat(out.toString(StandardCharsets.US_ASCII))
        .isEqualTo("PROXY TCP6 ::ffff:198.51.100.7 2001:db8::1 54321 443\r\n");
  }
}

package dev.azimuth.resolver;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.steering.Addresses;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProxyHeaderTest {
  private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";
  private static final String V4 = "c6336407 cb007101 d431 0035";
  private static final String V6 =
      "20010db8000000000000000000000007 20010db8000000000000000000000001 d431 0035";

  private static final Pattern LONG_GROUP = Pattern.compile("[0-9a-fA-F]{5}");

  private final ProxyHeader header = new ProxyHeader();

  /** A header of version 2 by its octets after the signature, the length filled in. */
  static byte[] second(String versionAndFamily, String rest) {
    byte[] octets = Packets.hex(rest);
    return Packets.hex(SIGNATURE + versionAndFamily + "%04x".formatted(octets.length) + rest);
  }

  static byte[] of(String address) {
    return address.contains(":")
        ? second("2122", hex(address) + hex("2001:db8::1") + "d4310035")
        : second("2112", hex(address) + hex("203.0.113.1") + "d4310035");
  }

  private static String hex(String address) {
    return java.util.HexFormat.of().formatHex(InetAddress.ofLiteral(address).getAddress());
  }

  /** The client that the header last read leads to, from a front end at 192.0.2.10. */
  private String client() {
    var client = new Client();
    ClientAddress.of(InetAddress.ofLiteral("192.0.2.10")).fill(client);
    header.fill(client);
    var octets = new ByteArrayOutputStream();
    for (int shift = 56; !client.v4 && shift >= 0; shift -= 8) {
      octets.write((int) (client.high >> shift));
    }
    for (int shift = client.v4 ? 24 : 56; shift >= 0; shift -= 8) {
      octets.write((int) (client.low >> shift));
    }
    assertThat(client.v4 && client.high != 0).isFalse();
    return Addresses.text(octets.toByteArray());
  }

  /** Reads a header with octets of a query behind it, as a datagram and as a stream. */
  private int read(byte[] octets) {
    byte[] in = Arrays.copyOf(octets, octets.length + 5);
    Arrays.fill(in, octets.length, in.length, (byte) 7);
    int stream = header.readStream(in, in.length);
    if (octets.length > 0 && octets[0] != 'P') {
      assertThat(header.readDatagram(in, in.length)).isEqualTo(stream);
    }
    return stream;
  }

  @ParameterizedTest
  @CsvSource({
    "2111, " + V4 + ", 198.51.100.7",
    "2112, " + V4 + ", 198.51.100.7",
    "2121, " + V6 + ", 2001:db8::7",
    "2122, " + V6 + ", 2001:db8::7",
    "2112, " + V4 + " 030004a9b87e8f 04000100, 198.51.100.7", // a checksum and padding
    "2112, " + V4 + " ff, 198.51.100.7", // not even a whole TLV: none is looked at
    "2122, 00000000000000000000ffffc6336407 20010db8000000000000000000000001 d4310035, 198.51.100.7",
    "2012, " + V4 + ", 192.0.2.10", // LOCAL
    "2000, '', 192.0.2.10",
    "20ff, 0102, 192.0.2.10",
    "2100, '', 192.0.2.10", // no address
    "2100, 010203, 192.0.2.10"
  })
  void version2(String head, String rest, String client) {
    byte[] octets = second(head, rest);
    assertThat(read(octets)).isEqualTo(octets.length);
    assertThat(client()).isEqualTo(client);
  }

  @Test
  void thePortIsTheClientsToo() {
    assertThat(port(second("2112", V4))).isEqualTo(54_321);
    assertThat(port(second("2122", V6))).isEqualTo(54_321);
    assertThat(port(second("2012", V4))).as("LOCAL").isEqualTo(4_444);
    assertThat(port(second("2131", "2f".repeat(216)))).isEqualTo(4_444);
    assertThat(port("PROXY TCP4 198.51.100.7 203.0.113.1 65535 53\r\n".getBytes(US_ASCII)))
        .isEqualTo(65_535);
    assertThat(port("PROXY TCP6 :: :: 0 53\r\n".getBytes(US_ASCII))).isZero();
    assertThat(port("PROXY UNKNOWN\r\n".getBytes(US_ASCII))).isEqualTo(4_444);
  }

  /** The client's port behind a front end that asks from port 4444. */
  private int port(byte[] octets) {
    assertThat(read(octets)).isEqualTo(octets.length);
    var client = new Client();
    client.port = 4_444;
    header.fill(client);
    assertThat(header.port(4_444)).isEqualTo(client.port);
    return client.port;
  }

  @Test
  void aUnixClientIsKnownByItsFrontEnd() {
    byte[] octets = second("2131", "2f".repeat(216));
    assertThat(read(octets)).isEqualTo(octets.length);
    assertThat(client()).isEqualTo("192.0.2.10");
  }

  @ParameterizedTest
  @CsvSource({
    "1112, " + V4, // version
    "3112, " + V4,
    "2212, " + V4, // command
    "2f12, " + V4,
    "2113, " + V4, // transport
    "2110, " + V4,
    "2101, " + V4,
    "2141, " + V4, // family
    "2112, c6336407 cb007101 d431 00", // too short for its family
    "2122, " + V4,
    "2131, " + V6
  })
  void whatVersion2DoesNotSay(String head, String rest) {
    assertThat(read(second(head, rest))).isEqualTo(ProxyHeader.MALFORMED);
  }

  @Test
  void aHeaderMayBeAsLongAsAnyPacketIsTaken() {
    int room = ProxyHeader.LONGEST - 16 - 12;
    assertThat(read(second("2112", V4 + "00".repeat(room)))).isEqualTo(ProxyHeader.LONGEST);
    assertThat(read(second("2112", V4 + "00".repeat(room + 1)))).isEqualTo(ProxyHeader.MALFORMED);
    assertThat(read(second("2012", "00".repeat(65_535)))).isEqualTo(ProxyHeader.MALFORMED);
  }

  @ParameterizedTest
  @CsvSource({
    "TCP4 198.51.100.7 203.0.113.1 54321 53, 198.51.100.7",
    "TCP4 0.0.0.0 255.255.255.255 0 65535, 0.0.0.0",
    "TCP6 2001:db8::7 2001:db8::1 54321 53, 2001:db8::7",
    "TCP6 2001:DB8:0:0:0:0:0:7 :: 1 1, 2001:db8::7",
    "TCP6 ::ffff:198.51.100.7 ::1 1 1, 198.51.100.7",
    "TCP6 :: :: 1 1, ::",
    "TCP6 1:2:3:4:5:6:7:: ::1 1 1, 1:2:3:4:5:6:7:0",
    "TCP6 ::2:3:4:5:6:7:8 ::1 1 1, 0:2:3:4:5:6:7:8",
    "TCP6 64:ff9b::192.0.2.33 ::1 1 1, 64:ff9b::c000:221",
    "TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535"
        + " 65535, ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    "UNKNOWN, 192.0.2.10",
    "UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff whatever, 192.0.2.10"
  })
  void version1(String line, String client) {
    byte[] octets = ("PROXY " + line + "\r\n").getBytes(US_ASCII);
    assertThat(read(octets)).isEqualTo(octets.length);
    assertThat(client()).isEqualTo(client);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "PROXY TCP4 198.51.100.7 203.0.113.1 54321 53\n",
        "PROXY TCP4 198.51.100.7 203.0.113.1 54321 53\r\r\n",
        "PROXY TCP4 198.51.100.7 203.0.113.1 54321 53 \r\n",
        "PROXY TCP4 198.51.100.7 203.0.113.1 54321\r\n",
        "PROXY TCP4 198.51.100.7 203.0.113.1 54321 65536\r\n",
        "PROXY TCP4 198.51.100.7 203.0.113.1 543210 53\r\n",
        "PROXY TCP4 198.51.100.7 203.0.113.1 -1 53\r\n",
        "PROXY TCP4  198.51.100.7 203.0.113.1 54321 53\r\n",
        "PROXY TCP4 198.51.100 203.0.113.1 54321 53\r\n",
        "PROXY TCP4 198.51.100.7.8 203.0.113.1 54321 53\r\n",
        "PROXY TCP4 198.51.100.256 203.0.113.1 54321 53\r\n",
        "PROXY TCP4 198.51.100.07 203.0.113.1 54321 53\r\n",
        "PROXY TCP4 198.51.100.7\r\n",
        "PROXY TCP4 ::1 ::1 54321 53\r\n",
        "PROXY TCP6 198.51.100.7 203.0.113.1 54321 53\r\n",
        "PROXY TCP6 1:2:3:4:5:6:7 ::1 1 1\r\n",
        "PROXY TCP6 1:2:3:4:5:6:7:8:9 ::1 1 1\r\n",
        "PROXY TCP6 1::2:3:4:5:6:7:8 ::1 1 1\r\n",
        "PROXY TCP6 1::2::3 ::1 1 1\r\n",
        "PROXY TCP6 ::: ::1 1 1\r\n",
        "PROXY TCP6 1: ::1 1 1\r\n",
        "PROXY TCP6 :1 ::1 1 1\r\n",
        "PROXY TCP6 12345:: ::1 1 1\r\n",
        "PROXY TCP6 g:: ::1 1 1\r\n",
        "PROXY TCP6 1:2:3:4:5:6:7:192.0.2.1 ::1 1 1\r\n",
        "PROXY TCP6 ::1.2.3 ::1 1 1\r\n",
        "PROXY UNKNOWNS\r\n",
        "PROXY UDP4 198.51.100.7 203.0.113.1 54321 53\r\n",
        "PROXY \r\n",
        "PROXY\r\n",
        "proxy UNKNOWN\r\n",
        "PROXY UNKNOWN xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
            + "xxxxxxxxxxxxxxxxxxxxxx\r\n",
        "GET / HTTP/1.1\r\n"
      })
  void whatVersion1DoesNotSay(String line) {
    assertThat(read(line.getBytes(US_ASCII))).isEqualTo(ProxyHeader.MALFORMED);
  }

  @Test
  void version1IsNotForDatagrams() {
    byte[] octets = "PROXY UNKNOWN\r\n".getBytes(US_ASCII);
    assertThat(header.readDatagram(octets, octets.length)).isEqualTo(ProxyHeader.MALFORMED);
  }

  /** Every beginning of a header asks for more, and only of a stream. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4})
  void aHeaderMayComeInPieces(int which) {
    byte[] whole =
        switch (which) {
          case 0 -> of("198.51.100.7");
          case 1 -> of("2001:db8::7");
          case 2 -> second("2000", "010203");
          case 3 -> "PROXY TCP4 198.51.100.7 203.0.113.1 54321 53\r\n".getBytes(US_ASCII);
          default -> "PROXY UNKNOWN\r\n".getBytes(US_ASCII);
        };
    for (int length = 0; length < whole.length; length++) {
      byte[] in = Arrays.copyOf(whole, whole.length);
      Arrays.fill(in, length, in.length, (byte) 0xEE);
      assertThat(header.readStream(in, length)).as("of %d", length).isEqualTo(ProxyHeader.MORE);
      assertThat(header.readDatagram(in, length)).isEqualTo(ProxyHeader.MALFORMED);
    }
    assertThat(header.readStream(whole, whole.length)).isEqualTo(whole.length);
  }

  /** Total, never looks behind what came, and never claims more than that. */
  @Test
  void anyOctetsEndInOneOfThreeWays() {
    var random = new Random(20_261_121);
    byte[][] seeds = {
      of("198.51.100.7"),
      of("2001:db8::7"),
      second("2112", V4 + "030004a9b87e8f"),
      "PROXY TCP4 198.51.100.7 203.0.113.1 54321 53\r\n".getBytes(US_ASCII),
      "PROXY TCP6 ::ffff:198.51.100.7 2001:db8::1 1 2\r\n".getBytes(US_ASCII),
      "PROXY UNKNOWN\r\n".getBytes(US_ASCII)
    };
    int whole = 0;
    for (int i = 0; i < 300_000; i++) {
      byte[] seed = seeds[random.nextInt(seeds.length)];
      byte[] in = Arrays.copyOf(seed, seed.length + random.nextInt(80));
      for (int change = random.nextInt(4); change > 0; change--) {
        in[random.nextInt(in.length)] = (byte) random.nextInt();
      }
      int length = random.nextInt(in.length + 1);
      int read = header.readStream(in, length);
      assertThat(read).isBetween(ProxyHeader.MALFORMED, Math.min(length, ProxyHeader.LONGEST));
      whole += read > 0 ? 1 : 0;
      if (read > 0) {
        String client = client();
        Arrays.fill(in, read, in.length, (byte) random.nextInt());
        assertThat(header.readStream(in, read)).isEqualTo(read);
        assertThat(client()).isEqualTo(client);
      }
    }
    assertThat(whole).isGreaterThan(30_000);
  }

  /** The JDK reads the same address from what either of us takes for one. */
  @Test
  void addressesAreReadAsTheJdkReadsThem() {
    var random = new Random(6);
    String digits = "0123456789abcdefABCDEF:::...";
    for (int i = 0; i < 100_000; i++) {
      StringBuilder text = new StringBuilder();
      if (random.nextInt(4) == 0) {
        for (int length = 1 + random.nextInt(12); length > 0; length--) {
          text.append(digits.charAt(random.nextInt(digits.length())));
        }
      } else {
        byte[] octets = new byte[16];
        random.nextBytes(octets);
        Arrays.fill(octets, random.nextInt(5) * 2, 8 + random.nextInt(5) * 2, (byte) 0);
        text.append(Addresses.text(octets));
      }
      byte[] in = text.toString().getBytes(US_ASCII);
      var address = new AddressText();
      boolean six = address.v6(in, 0, in.length);
      InetAddress theirs = literal(text.toString());
      // They take a group of more than four digits (RFC 4291 section 2.2), if zeros begin it.
      boolean legal = text.indexOf(":") >= 0 && !LONG_GROUP.matcher(text).find();
      assertThat(six).as("%s", text).isEqualTo(theirs != null && legal);
      if (six && theirs != null) {
        byte[] octets = theirs.getAddress();
        boolean mapped = octets.length == 4;
        assertThat(address.low)
            .isEqualTo(
                mapped
                    ? 0xFFFF_0000_0000L | Addresses.number(octets, 0, 4)
                    : Addresses.number(octets, 8, 16));
        assertThat(address.high).isEqualTo(mapped ? 0 : Addresses.number(octets, 0, 8));
      }
    }
  }

  private static InetAddress literal(String text) {
    try {
      return InetAddress.ofLiteral(text);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}

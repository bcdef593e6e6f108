package dev.azimuth.balancer;

import static dev.azimuth.balancer.Hellos.extension;
import static dev.azimuth.balancer.Hellos.hello;
import static dev.azimuth.balancer.Hellos.hex;
import static dev.azimuth.balancer.Hellos.protocols;
import static dev.azimuth.balancer.Hellos.serverName;
import static dev.azimuth.balancer.Hellos.text;
import static dev.azimuth.balancer.Hellos.vector;
import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.balancer.HelloReader.Unread;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientHelloTest {
  private static final ClientHello SHOP =
      new ClientHello("shop.example.com", List.of("h2", "http/1.1"));

  private static HelloReader.Reading read(byte[] octets) {
    ByteBuf in = Unpooled.wrappedBuffer(octets);
    HelloReader.Reading reading = HelloReader.read(in);
    assertThat(in.readerIndex()).isZero();
    return reading;
  }

  @Test
  void whatOpensslAndCurlSayIsRead() {
    assertThat(read(Hellos.captured("openssl-tls13"))).isEqualTo(SHOP);
    assertThat(read(Hellos.captured("openssl-tls12")))
        .isEqualTo(new ClientHello("shop.example.com", List.of()));
    assertThat(read(Hellos.captured("openssl-noname")))
        .isEqualTo(new ClientHello(null, List.of("dot")));
    assertThat(read(Hellos.captured("curl")))
        .isEqualTo(new ClientHello("api.example.net", List.of("h2", "http/1.1")));
  }

  @Test
  void whatTheJdkSaysIsRead() throws Exception {
    assertThat(read(Hellos.jdk("shop.example.com", List.of("h2", "http/1.1")))).isEqualTo(SHOP);
  }

  @Test
  void aHelloInSeveralRecordsIsRead() {
    byte[] octets = Hellos.captured("openssl-fragmented");
    assertThat(octets.length).isGreaterThan(5 + 512 + 5);
    assertThat(read(octets))
        .isInstanceOfSatisfying(
            ClientHello.class,
            hello -> {
              assertThat(hello.server()).isEqualTo("shop.example.com");
              assertThat(hello.protocols()).hasSize(20).contains("protocol-number-19-of-many");
            });
  }

  @Test
  void itIsReadInAnyPiecesAndRecords() {
    Random random = new Random(1);
    byte[] message = Hellos.message(serverName("shop.example.com"), protocols("h2", "http/1.1"));
    for (int most = 1; most < message.length; most += 1 + random.nextInt(5)) {
      byte[] octets = Hellos.records(message, most);
      for (int length = 0; length < octets.length; length++) {
        assertThat(read(Arrays.copyOf(octets, length))).isEqualTo(Unread.MORE);
      }
      assertThat(read(octets)).isEqualTo(SHOP);
      assertThat(read(Arrays.copyOf(octets, octets.length + 100))).isEqualTo(SHOP);
    }
  }

  @Test
  void aHelloThatDoesNotBeginTheBufferIsRead() {
    ByteBuf in = Unpooled.wrappedBuffer(new byte[7], hello(serverName("a.example")));
    in.skipBytes(7);
    assertThat(HelloReader.read(in)).isEqualTo(new ClientHello("a.example", List.of()));
  }

  @Test
  void whatIsUnknownIsPassedOver() {
    byte[] octets =
        hello(
            extension("0a0a", ""),
            extension("fe0d", "00".repeat(200)), // another hello, encrypted
            extension("0023", "ab".repeat(3000)), // a session ticket
            serverName("shop.example.com"),
            extension("3a3a", "00"),
            protocols("\u008a\u008a", "h2"));
    assertThat(read(octets))
        .isEqualTo(new ClientHello("shop.example.com", List.of("\u008a\u008a", "h2")));
  }

  @Test
  void aHelloWithoutExtensionsIsRead() {
    String body = "0301" + "11".repeat(32) + "00" + vector(2, "0005") + "0100";
    byte[] octets = Hellos.records(hex("01" + vector(3, body)), 16_384);
    assertThat(read(octets)).isEqualTo(new ClientHello(null, List.of()));
  }

  @ParameterizedTest
  @CsvSource({
    "Shop.EXAMPLE.com, shop.example.com",
    "shop.example.com., shop.example.com",
    "_x-1.a, _x-1.a",
    "localhost, localhost",
    "192.0.2.1, 192.0.2.1"
  })
  void namesAreMadeAlike(String sent, String name) {
    assertThat(read(hello(serverName(sent)))).isEqualTo(new ClientHello(name, List.of()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", ".", ".a", "a..b", "a..", "*.a", "a b", "a\u0000.b", "\u00fc.a", "[::1]"})
  void whatIsNoNameIsMalformed(String name) {
    assertThat(read(hello(serverName(name)))).isEqualTo(Unread.MALFORMED);
  }

  @Test
  void labelsAndNamesHaveTheirLongest() {
    String label = "a".repeat(63);
    String longest = label + "." + label + "." + label + "." + "a".repeat(61);
    assertThat(read(hello(serverName(longest)))).isEqualTo(new ClientHello(longest, List.of()));
    assertThat(read(hello(serverName(longest + "a")))).isEqualTo(Unread.MALFORMED);
    assertThat(read(hello(serverName(label + "a.example")))).isEqualTo(Unread.MALFORMED);
  }

  @Test
  void soManyProtocolsAreKept() {
    String[] names = IntStream.range(0, 1000).mapToObj(String::valueOf).toArray(String[]::new);
    assertThat(read(hello(protocols(names))))
        .isEqualTo(new ClientHello(null, List.of(names).subList(0, HelloReader.MOST_PROTOCOLS)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "47455420", // GET
        "5353482d322e30", // SSH-2.0
        "802e0103010015000000100100800300800700c0", // SSL 2
        "1602", // no major version of TLS
        "15030100020228", // an alert
        "00"
      })
  void otherProtocolsAreNotTls(String octets) {
    assertThat(read(hex(octets))).isEqualTo(Unread.NOT_TLS);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1603010000", // an empty record
        "1603014001", // one that is too long
        "160301000402000000", // another message
        "16030100040100400016", // one that fits into no record
        "1603010001011503", // an alert in between
        "160301000401000000", // nothing in it
        "16030100050100000103"
      })
  void brokenRecordsAndMessagesAreMalformed(String octets) {
    assertThat(read(hex(octets))).isEqualTo(Unread.MALFORMED);
  }

  @Test
  void brokenExtensionsAreMalformed() {
    String name = serverName("a.example");
    for (String extension :
        List.of(
            name + name,
            protocols("h2") + protocols("h2"),
            protocols(),
            protocols("h2", ""),
            extension(Hellos.PROTOCOLS, vector(2, "0268")), // beyond its end
            extension(Hellos.PROTOCOLS, vector(2, "026832") + "00"),
            extension(Hellos.SERVER_NAME, ""),
            extension(Hellos.SERVER_NAME, vector(2, "00" + vector(2, text("a")) + "0000")),
            extension(Hellos.SERVER_NAME, vector(2, "00" + vector(2, text("a"))) + "00"),
            extension(
                Hellos.SERVER_NAME,
                vector(2, "00" + vector(2, text("a")) + "00" + vector(2, text("b")))),
            "0000",
            "00000001")) {
      assertThat(read(hello(extension))).as(extension).isEqualTo(Unread.MALFORMED);
    }
  }

  @Test
  void aNameOfAnotherKindIsNone() {
    byte[] octets = hello(extension(Hellos.SERVER_NAME, vector(2, "07" + vector(2, "ffff"))));
    assertThat(read(octets)).isEqualTo(new ClientHello(null, List.of()));
  }

  @Test
  void theLongestIsReadAndNothingLonger() {
    int rest = 16_384 - Hellos.message(extension("0023", "")).length;
    byte[] longest = hello(extension("0023", "00".repeat(rest)));
    assertThat(longest).hasSize(HelloReader.LONGEST);
    assertThat(read(longest)).isInstanceOf(ClientHello.class);
    byte[] message = Hellos.message(extension("0023", "00".repeat(rest + 1)));
    assertThat(read(Hellos.records(message, 16_384))).isEqualTo(Unread.MALFORMED);
    // As long in all, of which most is headers.
    byte[] small = Hellos.records(Hellos.message(extension("0023", "00".repeat(3000))), 1);
    assertThat(read(Arrays.copyOf(small, HelloReader.LONGEST - 1))).isEqualTo(Unread.MORE);
    assertThat(read(Arrays.copyOf(small, HelloReader.LONGEST))).isEqualTo(Unread.MALFORMED);
  }

  @Test
  void whateverIsChangedSomethingIsSaidOfIt() {
    Random random = new Random(2);
    byte[] sound = Hellos.captured("curl");
    for (int round = 0; round < 20_000; round++) {
      byte[] octets = sound.clone();
      for (int i = random.nextInt(4); i >= 0; i--) {
        octets[random.nextInt(200)] = (byte) random.nextInt();
      }
      assertThat(read(octets)).isNotNull();
    }
  }

  @Test
  void theFirstMatchCounts() {
    Matches matches =
        new Matches(
            List.of(
                new Settings.Match(
                    List.of("*.shop.example.com", "shop.example.com"), List.of("h2")),
                new Settings.Match(List.of("shop.example.com"), List.of()),
                new Settings.Match(List.of(), List.of("dot", "doq"))));
    assertThat(matches.first(SHOP)).isZero();
    assertThat(matches.first(new ClientHello("a.shop.example.com", List.of("h2")))).isZero();
    assertThat(matches.first(new ClientHello("a.b.shop.example.com", List.of("h2"))))
        .isEqualTo(Matches.NONE);
    assertThat(matches.first(new ClientHello("shop.example.com", List.of("http/1.1")))).isOne();
    assertThat(matches.first(new ClientHello("other.example", List.of("x", "doq")))).isEqualTo(2);
    assertThat(matches.first(new ClientHello(null, List.of("dot")))).isEqualTo(2);
    assertThat(matches.first(new ClientHello(null, List.of("h2")))).isEqualTo(Matches.NONE);
    assertThat(
            new Matches(List.of(new Settings.Match(List.of("*.com"), List.of())))
                .first(new ClientHello("com", List.of())))
        .isEqualTo(Matches.NONE);
  }
}

package dev.azimuth.health;

import static dev.azimuth.health.Samples.http;
import static dev.azimuth.health.Samples.kept;
import static dev.azimuth.health.Samples.timing;
import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.health.ProbeResult.Code;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers of HTTP/1.1 mean the same in whatever pieces they come. */
class HttpReaderTest {
  private static final int MUTATIONS = Integer.getInteger("azimuth.mutations", 100_000);

  private static final List<String> WHOLE =
      List.of(
          crlf("HTTP/1.1 200 OK|Content-Length: 5||hello"),
          "HTTP/1.1 200 OK\nContent-Length: 5\n\nhello",
          crlf("|HTTP/1.1 200|content-LENGTH:5||hello"),
          crlf("HTTP/1.1 100 On||HTTP/1.0 200 |X: y|\tmore|Content-Length: 5, 5||hello"),
          crlf("HTTP/1.1 200 OK|Transfer-Encoding:| Chunked||2;x=y|he|03 |llo|0|Trailer: x||"),
          crlf("HTTP/1.1 200 OK|Transfer-Encoding: chunked|Content-Length: 9||5|hello|00||"));

  /** With a bar for each end of a line. */
  private static String crlf(String text) {
    return text.replace("|", "\r\n");
  }

  private static final class Read {
    final HttpAnswer answer;
    private final HttpReader reader;
    Finding finding;

    Read(Check.Http check) {
      answer = new HttpAnswer(check);
      reader = new HttpReader(answer);
    }

    /** Gives it more, as long as nothing is decided. */
    Read give(String octets) {
      ByteBuf some = Unpooled.copiedBuffer(octets, StandardCharsets.ISO_8859_1);
      if (finding == null) {
        finding = reader.heard(some);
      }
      return this;
    }

    Finding end() {
      return finding == null ? reader.closed() : finding;
    }
  }

  private static Check.Http check(String text) {
    return kept(
        http(
            null,
            Check.Request.get("/", null),
            new Check.Expected(
                List.of(Samples.GOOD), List.of(new Content.Contains(Octets.utf8(text)))),
            false,
            timing(1_000, 50, 100, 1, 1)));
  }

  @Test
  void everyCutOfAWholeAnswerMeansTheSame() {
    for (String whole : WHOLE) {
      for (int cut = 0; cut <= whole.length(); cut++) {
        Read read = new Read(check("hello")).give(whole.substring(0, cut));
        assertThat(read.finding == null).as("%s at %d", whole, cut).isEqualTo(cut < whole.length());
        read.give(whole.substring(cut));
        assertThat(read.finding).as("%s at %d", whole, cut).isEqualTo(good());
      }
    }
  }

  @Test
  void octetByOctetMeansTheSame() {
    for (String whole : WHOLE) {
      Read read = new Read(check("hello"));
      whole.chars().forEach(octet -> read.give(Character.toString(octet)));

      assertThat(read.finding).as(whole).isEqualTo(good());
    }
  }

  private static Finding good() {
    return Finding.of(Code.L7OK, "status 200");
  }

  @ParameterizedTest
  @CsvSource({
    "HTTP/1.1, X: y, true",
    "HTTP/1.1, 'Connection: x, Close', false",
    "HTTP/1.0, X: y, false",
    "HTTP/1.0, Connection: Keep-Alive, true",
    "HTTP/1.0, 'Connection: keep-alive, close', false",
  })
  void whetherTheConnectionServesOnIsAsTheHeadSays(String version, String field, boolean again) {
    Read read =
        new Read(check("hello"))
            .give(version + " 200 OK\r\n" + field + "\r\nContent-Length: 5\r\n\r\nhello");

    assertThat(read.finding).isEqualTo(good());
    assertThat(read.answer.reusable()).isEqualTo(again);
  }

  @Test
  void whatSaysTwoSizesOrMoreThanOneAnswerServesNoOther() {
    assertThat(new Read(check("hello")).give(WHOLE.get(5)).answer.reusable()).isFalse();
    Read twice = new Read(check("hello")).give(WHOLE.getFirst() + "H");
    assertThat(twice.finding).isEqualTo(good());
    assertThat(twice.answer.reusable()).isFalse();
  }

  @Test
  void aBodyWithoutASizeEndsWithTheConnection() {
    for (String head :
        List.of("HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n")) {
      Read read = new Read(check("hello")).give(head + "hello");
      assertThat(read.finding).isNull();
      assertThat(read.end()).isEqualTo(good());
      assertThat(read.answer.reusable()).isFalse();
    }
    assertThat(new Read(check("x")).give("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nx").end())
        .isNull();
    assertThat(new Read(check("x")).give("HTTP/1.1 103 Early\r\n\r\n").end()).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx",
        "HTTP/1.1 200 OK\r\nContent-Length: 1, 2\r\n\r\nx",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: \r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 9999999999999999999\r\n\r\n",
        "HTTP/1.1 200 OK\r\n: x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length : 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\n folded: nothing\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1x\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nxx\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n",
        "HTTP/1.1 0200 OK\r\n\r\n",
        "HTTP/1.1 20 OK\r\n\r\n",
        "HTTP/1.1 2000 OK\r\n\r\n",
        "HTTP/1.1  200 OK\r\n\r\n",
        "HTTP/2.0 200 OK\r\n\r\n",
        "HTTP/1.x 200 OK\r\n\r\n",
        "ICY 200 OK\r\n\r\n",
        "SSH-2.0-OpenSSH_9.6\r\n",
      })
  void whatIsNoAnswerIsFoundOutAtOnce(String octets) {
    assertThat(new Read(check("x")).give(octets).finding)
        .isEqualTo(Finding.of(Code.L7RSP, "not an HTTP answer"));
  }

  @Test
  void linesInWhichAFieldGoesOnAreOneSpaceApartAndBlankOnesNothing() {
    HttpHead head = new HttpHead("x-load");
    assertThat(head.begin(octets("HTTP/1.1 200 OK"), 15)).isTrue();
    for (String line : List.of("X-Load: ", " ", "\t1", "  ", " ", "  2  ", " ")) {
      assertThat(head.field(octets(line), line.length())).isTrue();
    }
    assertThat(head.field(octets("Content-Length: 7"), 17)).isTrue();
    assertThat(head.end()).isTrue();

    assertThat(head.found()).isEqualTo("1 2");
    assertThat(head.size()).isEqualTo(7);
  }

  private static byte[] octets(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  @Test
  void linesAndHeadsAreBounded() {
    Finding tooLong = Finding.of(Code.L7RSP, "head too long");
    String line = "HTTP/1.1 200 " + "x".repeat(HttpAnswer.LONGEST_LINE - 13);
    assertThat(new Read(check("x")).give(line).finding).isNull();
    assertThat(new Read(check("x")).give(line + "x").finding).isEqualTo(tooLong);
    String field = "X: " + "x".repeat(1_000) + "\r\n";
    String head = "HTTP/1.1 200 OK\r\n" + field.repeat(16);
    assertThat(new Read(check("x")).give(head).finding).isNull();
    Read pieces = new Read(check("x"));
    head.chars().forEach(octet -> pieces.give(Character.toString(octet)));
    assertThat(pieces.finding).as("octet by octet").isNull();
    assertThat(new Read(check("x")).give(head + field).finding).isEqualTo(tooLong);
    String chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    assertThat(new Read(check("x")).give(chunked + "1;" + "x".repeat(5_000)).finding)
        .isEqualTo(tooLong);
    assertThat(new Read(check("x")).give(chunked + "0\r\n" + field.repeat(17)).finding)
        .isEqualTo(tooLong);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 20261121})
  void anyOctetsAreReadOrRefused(long seed) {
    Random random = new Random(seed);
    int good = 0;
    for (int i = 0; i < MUTATIONS; i++) {
      StringBuilder octets = new StringBuilder(WHOLE.get(random.nextInt(WHOLE.size())));
      for (int changes = random.nextInt(4); changes > 0; changes--) {
        int at = random.nextInt(octets.length());
        switch (random.nextInt(3)) {
          case 0 -> octets.setCharAt(at, (char) random.nextInt(256));
          case 1 -> octets.deleteCharAt(at);
          default -> octets.insert(at, "\r\n: ,;0f".charAt(random.nextInt(8)));
        }
      }
      Read read = new Read(check("hello"));
      for (int at = 0; at < octets.length(); ) {
        int next = Math.min(octets.length(), at + 1 + random.nextInt(40));
        read.give(octets.substring(at, next));
        at = next;
      }
      Finding end = read.end();
      if (end != null) {
        assertThat(end.code()).isIn(Code.L7OK, Code.L7RSP, Code.L7STS);
        assertThat(end.detail()).matches("[ -~]{1,120}");
        good += end.code() == Code.L7OK ? 1 : 0;
      }
    }
    assertThat(good).as("mutations reach the end of the answer").isGreaterThan(MUTATIONS / 5);
  }
}

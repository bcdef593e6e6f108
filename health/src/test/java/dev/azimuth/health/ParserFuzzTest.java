package dev.azimuth.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.azimuth.health.ProbeResult.Code;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever octets come, readers end quickly, throw nothing, and never say good by chance. */
class ParserFuzzTest {
  private static final int MUTATIONS = Integer.getInteger("azimuth.mutations", 100_000);
  private static final Timing TIMING = Samples.timing(1_000, 50, 100, 1, 1);

  private static byte[] mutated(Random random, byte[] seed) {
    byte[] octets = seed.clone();
    if (random.nextInt(8) == 0) {
      octets = Arrays.copyOf(octets, random.nextInt(octets.length + 20));
    }
    for (int i = random.nextInt(6); i >= 0 && octets.length > 0; i--) {
      int at = random.nextInt(octets.length);
      octets[at] =
          switch (random.nextInt(4)) {
            case 0 -> (byte) random.nextInt();
            case 1 -> (byte) (octets[at] ^ (1 << random.nextInt(8)));
            case 2 -> (byte) (0xc0 | random.nextInt(4)); // a pointer in a name of DNS
            default -> (byte) random.nextInt(16);
          };
    }
    return octets;
  }

  /** An answer with compressed names and data of every type that is read. */
  private static byte[] dnsAnswer(DnsQuestion question) {
    byte[] asked = question.question();
    int end = asked.length - 11; // without OPT
    List<byte[]> records =
        List.of(
            record(1, 192, 0, 2, 1),
            record(28, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1),
            record(5, 1, 'b', 0xc0, 14),
            record(2, 0xc0, 12),
            record(12, 0),
            record(15, 0, 10, 4, 'm', 'a', 'i', 'l', 0xc0, 12),
            record(16, 3, 'a', 'b', 'c', 0, 1, 'd'),
            record(33, 0, 1, 0, 2, 0, 80, 0xc0, 12),
            record(
                6, 0xc0, 12, 0xc0, 12, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0, 5),
            record(99, 1, 2, 3));
    int length = end + records.stream().mapToInt(each -> each.length).sum();
    byte[] answer = Arrays.copyOf(asked, length);
    answer[2] = (byte) 0x84;
    answer[7] = (byte) records.size();
    answer[11] = 0;
    int at = end;
    for (byte[] each : records) {
      System.arraycopy(each, 0, answer, at, each.length);
      at += each.length;
    }
    return answer;
  }

  /** Of the name in the question. */
  private static byte[] record(int type, int... data) {
    byte[] octets = new byte[12 + data.length];
    octets[0] = (byte) 0xc0;
    octets[1] = 12;
    octets[3] = (byte) type;
    octets[5] = 1;
    octets[11] = (byte) data.length;
    for (int i = 0; i < data.length; i++) {
      octets[12 + i] = (byte) data[i];
    }
    return octets;
  }

  private static DnsQuestion question(int type, String... expect) {
    return new DnsQuestion(
        new Check.Dns(
            "a.example", type, List.of(expect), 0, false, null, OptionalInt.empty(), TIMING),
        new Random(1));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1|192.0.2.1",
        "28|2001:db8::1",
        "5|b.example",
        "2|a.example",
        "12|.",
        "15|10 mail.a.example",
        "16|abcd",
        "33|1 2 80 a.example",
        "6|a.example a.example 1 2 3 4 5",
        "99|\\# 3 010203",
      })
  void dataOfEachTypeAreReadAsText(String typeAndText) {
    int bar = typeAndText.indexOf('|');
    int type = Integer.parseInt(typeAndText.substring(0, bar));
    String text = typeAndText.substring(bar + 1);
    DnsQuestion question = question(type, text);
    byte[] answer = dnsAnswer(question);

    assertThat(question.judge(answer, answer.length, true)).isEqualTo(Finding.of(Code.L7OK, text));
    String other = type == 1 ? "192.0.2.9" : type == 28 ? "2001:db8::9" : "other";
    assertThat(question(type, other).judge(answer, answer.length, true).code())
        .isEqualTo(Code.L7RSP);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 20261121})
  void anyDnsAnswerIsJudgedOrPassedOver(long seed) {
    Random random = new Random(seed);
    int good = 0;
    for (int i = 0; i < MUTATIONS; i++) {
      int type = List.of(1, 28, 5, 2, 12, 15, 16, 33, 6, 99).get(random.nextInt(10));
      DnsQuestion question = question(type);
      byte[] answer = mutated(random, dnsAnswer(question));
      Finding finding = question.judge(answer, answer.length, true);
      if (finding != null) {
        assertThat(finding.code()).isIn(Code.L7OK, Code.L7RSP, Code.L7STS);
        assertThat(finding.detail()).matches("[ -~]{0,120}");
        good += finding.code() == Code.L7OK ? 1 : 0;
      }
    }
    assertThat(good).as("mutations reach the end of the answer").isGreaterThan(MUTATIONS / 20);
  }

  /** Each name is a pointer to the one before: reading all of them must not take their square. */
  @Test
  void chainsOfPointersEnd() {
    DnsQuestion question = question(2);
    byte[] asked = question.question();
    int end = asked.length - 11;
    int records = 5_000;
    byte[] answer = Arrays.copyOf(asked, end + records * 14);
    answer[2] = (byte) 0x84;
    answer[6] = (byte) (records >> 8);
    answer[7] = (byte) records;
    int before = 12;
    for (int at = end, i = 0; i < records; i++, at += 14) {
      byte[] record = record(2, 0xc0 | (before >> 8), before);
      System.arraycopy(record, 0, answer, at, 14);
      before = Math.min(at + 12, 0x3ff0);
    }
    long begin = cpuNanos();
    question.judge(answer, answer.length, true);

    assertThat(cpuNanos() - begin).isLessThan(2_000_000_000L);
  }

  @Test
  void healthMessagesAreReadAsTheProtocolSays() {
    assertThat(GrpcHealth.request("")).containsExactly(0, 0, 0, 0, 0);
    assertThat(GrpcHealth.request("a.B")).containsExactly(0, 0, 0, 0, 5, 0x0a, 3, 'a', '.', 'B');
    byte[] longest = GrpcHealth.request("x".repeat(255));
    assertThat(longest).hasSize(5 + 1 + 2 + 255).startsWith(0, 0, 0, 1, 2, 0x0a, 0xff, 1, 'x');

    assertThat(status(0, 0, 0, 0, 0)).isEqualTo(GrpcHealth.UNKNOWN);
    assertThat(status(0, 0, 0, 0, 2, 8, 1)).isEqualTo(GrpcHealth.SERVING);
    assertThat(status(0, 0, 0, 0, 2, 8, 2)).isEqualTo(GrpcHealth.NOT_SERVING);
    assertThat(status(0, 0, 0, 0, 4, 8, 2, 8, 1)).as("the last").isEqualTo(GrpcHealth.SERVING);
    assertThat(status(0, 0, 0, 0, 7, 0x12, 1, 'x', 0x18, 9, 8, 1))
        .as("other fields")
        .isEqualTo(GrpcHealth.SERVING);
    assertThat(status(1, 0, 0, 0, 2, 8, 1)).as("compressed").isEqualTo(GrpcHealth.INVALID);
    assertThat(status(0, 0, 0, 0, 3, 8, 1)).as("too short").isEqualTo(GrpcHealth.INVALID);
    assertThat(status(0, 0, 0, 0, 1, 8, 1)).as("too long").isEqualTo(GrpcHealth.INVALID);
    assertThat(status(0, 0, 0, 0, 2, 8, 0x81)).as("no number").isEqualTo(GrpcHealth.INVALID);
    assertThat(status(0, 0, 0, 0, 3, 0x12, 9, 1)).as("beyond").isEqualTo(GrpcHealth.INVALID);
    assertThat(status(0, 0, 0, 0, 1, 0x0b)).as("a group").isEqualTo(GrpcHealth.INVALID);
    assertThat(status(0, 0, 0)).as("no frame").isEqualTo(GrpcHealth.INVALID);
  }

  private static int status(int... octets) {
    byte[] frame = new byte[octets.length];
    for (int i = 0; i < frame.length; i++) {
      frame[i] = (byte) octets[i];
    }
    return GrpcHealth.status(frame, frame.length);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 20261121})
  void anyHealthMessageIsReadOrRefused(long seed) {
    Random random = new Random(seed);
    byte[] whole = {0, 0, 0, 0, 16, 0x12, 2, 'x', 'y', 0x18, 9, 0x25, 1, 2, 3, 4, 0x2a, 0, 8, 1, 0};
    for (int i = 0; i < MUTATIONS; i++) {
      byte[] octets = mutated(random, whole);
      assertThat(GrpcHealth.status(octets, octets.length)).isGreaterThanOrEqualTo(-1);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 20261121})
  void anyJsonDocumentIsReadOrRefused(long seed) {
    Random random = new Random(seed);
    byte[] whole =
        "{\"a\": [1, -2.5e3, {\"b\\u0041\": null}], \"status\": {\"health\": \"ok\", \"n\": 17}}"
            .getBytes(StandardCharsets.US_ASCII);
    List<String> found = new ArrayList<>();
    for (int i = 0; i < MUTATIONS; i++) {
      byte[] octets = mutated(random, whole);
      String value = JsonField.find(octets, octets.length, "/status/health");
      if (value != null) {
        found.add(value);
      }
    }
    assertThat(found).contains("ok");
  }

  @Test
  void deepAndLongJsonDocumentsAreRefused() {
    byte[] deep = "[".repeat(60_000).getBytes(StandardCharsets.US_ASCII);
    assertThat(JsonField.find(deep, deep.length, "/0")).isNull();
    byte[] big = ("{\"a\": " + "9".repeat(60_000) + "}").getBytes(StandardCharsets.US_ASCII);
    assertThat(JsonField.find(big, big.length, "/a")).isNull();
  }

  /** What makes an expression with backtracking run for ages, or its stack overflow. */
  @ParameterizedTest
  @ValueSource(strings = {"(a+)+$", "(a|a)*b", "(a|b|ab)*c$", "(.*)*x", "((a{1,5}){1,5}){1,4}b"})
  void noExpressionTakesLong(String text) {
    Regex regex = Regex.of(text);
    byte[] body = "a".repeat(OctetTalk.MOST).getBytes(StandardCharsets.US_ASCII);
    long begin = cpuNanos();
    regex.find(body);

    assertThat(cpuNanos() - begin).isLessThan(3_000_000_000L);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "(", "a{1001}", "(a{500}){2}", "\\1", "(?=a)"})
  void whatRe2DoesNotHaveIsRefused(String text) {
    assertThatThrownBy(() -> Regex.of(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void octetsAreWrittenAndReadAgain() {
    Random random = new Random(5);
    for (int i = 0; i < 10_000; i++) {
      byte[] octets = new byte[random.nextInt(20)];
      random.nextBytes(octets);
      Octets all = Octets.of(octets);
      assertThat(Octets.parse(all.written())).isEqualTo(all);
      assertThat(all.bytes()).isEqualTo(octets);
    }
    for (String wrong : List.of("\\", "\\q", "\\x1", "\\xg0", "\u00fc")) {
      assertThat(Octets.parse(wrong)).as(wrong).isNull();
    }
  }

  /** What this thread has worked, however busy the machine is. */
  private static long cpuNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }
}

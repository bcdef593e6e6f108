package dev.azimuth.zones;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.zones.ZoneProblem.Severity;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever the text, a load ends in a zone or in errors, never in an exception. */
class LoaderFuzzTest {
  private static final Map<String, Integer> STEERED =
      Map.of("st.example.com.", 1, "*.a.example.com.", 2);

  private static final String TEXT =
      """
      $TTL 1h
      @ IN SOA ns1 hostmaster ( 0 1h 15m 7d 60 ) ; serial
      @ 300 NS ns1
      ns1 A 192.0.2.1
          AAAA 2001:db8::1
      *.w TXT "a b" c\\"d \\065
      $ORIGIN deep.example.com.
      x CNAME @
      sub NS ns.sub
      ns.sub A 192.0.2.2
      d DNAME example.net.
      _s._tcp SRV 1 2 3 ns1.example.com.
      @ HTTPS 1 . alpn="h2,h3" ipv4hint=192.0.2.9
      @ CAA 0 issue "ca.example.net"
      u TYPE65280 \\# 3 010203
      n NAPTR 100 50 "s" "z3950+N2L+N2C" "" _z._tcp
      k DNSKEY 257 3 13 mdsswUyr3DPW132mOi8V9xESWE8jTo0dxCjjnopKl+GqJxpVXckHAeF+KkxLbxIL
      l LOC 52 22 23.000 N 4 53 32.000 E -2.00m 0.00m 10000m 10m
      p APL 1:192.168.32.0/21 !1:192.168.38.0/28
      $GENERATE 1-4/2 g$ A 192.0.2.${1,0,d}
      $INCLUDE nothing
      """;

  private static final String[] PIECES = {
    "\"",
    "\\",
    "(",
    ")",
    ";",
    "\n",
    " ",
    "\t",
    "\r",
    ".",
    "*",
    "@",
    "$",
    "\\#",
    "\\000",
    "\\999",
    "0",
    "-1",
    "4294967296",
    "99999999999999999999",
    "a.".repeat(130),
    "x".repeat(64),
    "ü",
    "\ud800",
    "\0",
    "IN",
    "CH",
    "TYPE0",
    "TYPE65535",
    "A",
    "NS",
    "CNAME",
    "SOA",
    "DNAME",
    "OPT",
    "RRSIG",
    "$INCLUDE",
    "$GENERATE",
    "$ORIGIN .",
    "$TTL",
    "1w2d",
    "{",
    "}",
    "/",
    ",",
    "=",
    ":",
    "é\u0141",
  };

  @Test
  void noTextMakesTheLoaderThrow() {
    var random = new Random(4592);
    int zones = 0;
    int rounds = 6000;
    for (int round = 0; round < rounds; round++) {
      var text = new StringBuilder(TEXT.replace("$INCLUDE nothing\n", ""));
      for (int i = random.nextInt(6); i >= 0; i--) {
        mutate(text, random);
      }
      var loaded = ZoneText.load(text.toString(), STEERED);
      boolean error = loaded.problems().stream().anyMatch(p -> p.severity() == Severity.ERROR);
      assertThat(loaded.zone() == null).isEqualTo(error);
      for (ZoneProblem p : loaded.problems()) {
        assertThat(p.line()).isPositive();
        assertThat(p.column()).isPositive();
        assertThat(p.message()).isNotBlank().hasSizeLessThan(1000);
        assertThat(p.message().chars()).noneMatch(Character::isISOControl);
      }
      if (loaded.zone() != null) {
        zones++;
        readAll(loaded.zone());
      }
    }
    assertThat(zones).isBetween(rounds / 50, rounds - 1);
  }

  private static void mutate(StringBuilder text, Random random) {
    int at = random.nextInt(text.length());
    int end = Math.min(text.length(), at + random.nextInt(12));
    switch (random.nextInt(5)) {
      case 0 -> text.delete(at, end);
      case 1 -> text.insert(at, text.substring(at, end));
      case 2 -> text.setCharAt(at, (char) random.nextInt(300));
      case 3 -> text.insert(at, PIECES[random.nextInt(PIECES.length)]);
      default -> text.replace(at, end, PIECES[random.nextInt(PIECES.length)]);
    }
  }

  /** Every set, and everything beside it, can be taken apart. */
  private static void readAll(Zone zone) {
    for (int set = 0; set < zone.sets(); set++) {
      assertThat(ZoneText.records(zone, set)).hasSize(zone.records(set));
      ZoneText.beside(zone, set);
    }
  }

  @Test
  void namesInTextFormSurviveBothWays() throws NameText.BadName {
    var random = new Random(1);
    byte[] wire = new byte[LookupName.MAX_OCTETS];
    byte[] again = new byte[LookupName.MAX_OCTETS];
    for (int round = 0; round < 20_000; round++) {
      int at = 0;
      for (int i = random.nextInt(5); i > 0; i--) {
        int size = 1 + random.nextInt(40);
        wire[at++] = (byte) size;
        for (int j = 0; j < size; j++) {
          wire[at++] = (byte) random.nextInt(256);
        }
      }
      wire[at] = 0;
      int length = NameText.parse(NameText.format(wire, 0), new byte[] {0}, again);
      assertThat(length).isEqualTo(at + 1);
      assertThat(again).startsWith(Arrays.copyOf(wire, length));
    }
  }
}

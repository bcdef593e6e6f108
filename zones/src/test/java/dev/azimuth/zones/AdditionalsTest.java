package dev.azimuth.zones;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.zones.ZoneProblem.Severity;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdditionalsTest {
  private static final Map<String, Integer> STEERED =
      Map.of(
          "www.example.com.", 0,
          "*.app.example.com.", 1,
          "plain.example.com.", 2,
          "*.any.example.com.", 3);

  private static final String RECORDS =
      """
      host     A     192.0.2.1
      host     AAAA  2001:db8::1
      *.wild   A     192.0.2.2
      cn       CNAME host
      tree     DNAME host
      cut      NS    ns.cut
      cut      NS    x.wild
      ns.cut   A     192.0.2.3
      www      TXT   "beside"
      www      HTTPS 1 . alpn=h2 ipv4hint=192.0.2.200
      www      HTTPS 2 Plain port=8443
      plain    SVCB  1 . alpn=h2
      *.any    HTTPS 1 .
      bind     HTTPS 1 www
      bind     HTTPS 2 x.app
      bind     HTTPS 3 host
      bind     HTTPS 4 www.example.net.
      bind     HTTPS 256 www
      alias    HTTPS 0 www
      alias2   SVCB  0 .
      other    HTTPS 1 stat
      other    HTTPS 2 HOST
      stat     HTTPS 1 . alpn=h3 ipv4hint=192.0.2.9
      stat     A     192.0.2.9
      mx       MX    10 www
      mx       MX    20 a.app
      mx       MX    25 A.APP
      mx       MX    30 q.wild
      mx       MX    35 Q.Wild
      mx       MX    36 r.wild
      mx       MX    37 longer.wild
      mx       MX    40 cn
      mx       MX    50 x.tree
      mx       MX    60 ns.cut
      mx       MX    70 nowhere
      mx       MX    80 example.org.
      mx       MX    90 com.
      self     MX    10 self
      self     A     192.0.2.4
      afsdb    AFSDB 1 host
      rt       RT    1 host
      kx       KX    1 host
      mb       MB    host
      """;

  private static Zone zone() {
    return ZoneText.zone(ZoneText.load(ZoneText.APEX + RECORDS, STEERED, Set.of(0, 1, 3)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "mx    | MX    | www STEERED 0, a.app STEERED 1, q.wild A, r.wild A, longer.wild A",
        "self  | MX    | self A",
        "afsdb | AFSDB | host A, host AAAA",
        "rt    | RT    | host A, host AAAA",
        "kx    | KX    | host A, host AAAA",
        "mb    | MB    | host A, host AAAA",
        "cut   | NS    | ns.cut A, x.wild A",
        // A service whose target is the root is at its owner (RFC 9460 section 2.5.2).
        "www   | HTTPS | = STEERED 0, plain STEERED 2",
        "plain | SVCB  | = STEERED 2",
        "*.any | HTTPS | = STEERED 3",
        "other | HTTPS | stat A, stat HTTPS, host A, host AAAA",
        "alias2 | SVCB | ''",
        "www   | TXT   | ''",
      })
  void belongWhatTheZoneHasOfTheTargets(String owner, String type, String beside) {
    Zone zone = zone();
    List<String> found =
        ZoneText.beside(zone, ZoneText.set(zone, owner + ".example.com.", type)).stream()
            .map(entry -> entry.replace(".example.com.", ""))
            .toList();
    assertThat(String.join(", ", found)).isEqualTo(beside);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "www   | HTTPS | 0 by 0",
        "*.any | HTTPS | 0 by 3",
        "bind  | HTTPS | 0 by 0, 1 by 1, 4 by 0",
        "plain | SVCB  | ''",
        "alias | HTTPS | ''",
        "stat  | HTTPS | ''",
        "www   | TXT   | ''",
        "mx    | MX    | ''",
      })
  void hintsAreSteeredWhereTheTargetIs(String owner, String type, String hinted) {
    Zone zone = zone();
    assertThat(
            String.join(
                ", ", ZoneText.hinted(zone, ZoneText.set(zone, owner + ".example.com.", type))))
        .isEqualTo(hinted);
  }

  @Test
  void noHintsAreSteeredUnlessANameSaysSo() {
    Zone zone = ZoneText.zone(RECORDS, STEERED);
    for (int set = 0; set < zone.sets(); set++) {
      assertThat(zone.hinted(set)).isEqualTo(-1);
    }
  }

  @Test
  void manyHintedRecordsAreAllFound() {
    var text = new StringBuilder(ZoneText.APEX).append("www HTTPS 1 .\n");
    for (int i = 0; i < 50; i++) {
      text.append("h%d HTTPS 1 www%nh%d A 192.0.2.1%n".formatted(i, i));
    }
    Zone zone =
        ZoneText.zone(ZoneText.load(text.toString(), Map.of("www.example.com.", 7), Set.of(7)));
    for (int i = 0; i < 50; i++) {
      String owner = "h" + i + ".example.com.";
      assertThat(ZoneText.hinted(zone, ZoneText.set(zone, owner, "HTTPS")))
          .containsExactly("0 by 7");
      assertThat(ZoneText.hinted(zone, ZoneText.set(zone, owner, "A"))).isEmpty();
    }
  }

  @Test
  void hintsThatNoRecordCarriesAreAnError() {
    assertThat(problems("www HTTPS 0 other\nother HTTPS 1 .\n"))
        .containsExactly("HINTS_WITHOUT_RECORD 1:1");
    assertThat(problems("www SVCB 1 .\n")).isEmpty();
    // Nothing is missing for certain while something could not be read.
    assertThat(problems("www HTTPS 1 . alpn\n")).containsExactly("DATA 4:11");
  }

  @Test
  void aHintCannotBeMandatory() {
    assertThat(problems("www HTTPS 1 . mandatory=alpn,ipv4hint alpn=h2 ipv4hint=192.0.2.1\n"))
        .containsExactly("HINT_IS_MANDATORY 4:1");
    assertThat(problems("www HTTPS 1 . mandatory=ipv6hint ipv6hint=2001:db8::1\n"))
        .containsExactly("HINT_IS_MANDATORY 4:1");
    assertThat(problems("www HTTPS 1 . mandatory=alpn,port alpn=h2 port=8443\n")).isEmpty();
  }

  private static List<String> problems(String records) {
    return ZoneText.load(ZoneText.APEX + records, Map.of("www.example.com.", 3), Set.of(3))
        .problems()
        .stream()
        .filter(problem -> problem.severity() == Severity.ERROR)
        .map(problem -> "%s %d:%d".formatted(problem.code(), problem.line(), problem.column()))
        .toList();
  }
}

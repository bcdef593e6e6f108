package dev.azimuth.zones;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ZoneLoaderTest {
  private static final Path ROOT = Path.of(".");
  private static final Map<String, Integer> STEERED =
      Map.of("st.example.com.", 1, "*.any.example.com.", 2);

  /** Severity, code, line and column of each problem. */
  private static List<String> problems(String text) {
    return ZoneText.load(text, STEERED).problems().stream().map(ZoneLoaderTest::brief).toList();
  }

  static String brief(ZoneProblem p) {
    assertThat(p.message()).isNotBlank().doesNotContain("\n");
    return p.severity() + " " + p.code() + " " + p.line() + ":" + p.column();
  }

  /** In each text, a bar stands for a line end. The apex takes lines 1 to 3. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      quoteCharacter = '~',
      value = {
        "www A 192.0.2.300                             # ERROR DATA 4:7",
        "www A                                         # ERROR DATA 4:5",
        "www A 192.0.2.1 192.0.2.2                     # ERROR DATA 4:7",
        "www AAAA 192.0.2.1                            # ERROR DATA 4:10",
        "www MX mail                                   # ERROR DATA 4:8",
        "www TYPE65280 abc                             # ERROR DATA 4:15",
        "www  AA 192.0.2.1                             # ERROR TYPE 4:6",
        "www  ANY x                                    # ERROR CLASS 4:6",
        "www  OPT x                                    # ERROR TYPE 4:6",
        "www                                           # ERROR NO_TYPE 4:1",
        "www 300 IN                                    # ERROR NO_TYPE 4:9",
        "www CH TXT x                                  # ERROR CLASS 4:5",
        "www CLASS255 TXT x                            # ERROR CLASS 4:5",
        "www 2147483648 A 192.0.2.1                    # ERROR TTL 4:5",
        "www 99999999999999999999w A 192.0.2.1         # ERROR TTL 4:5",
        "www 1x A 192.0.2.1                            # ERROR TTL 4:5",
        "www.example.org. A 192.0.2.1                  # ERROR OUT_OF_ZONE 4:1",
        "wwwexample.com. A 192.0.2.1                   # ERROR OUT_OF_ZONE 4:1",
        "a..b A 192.0.2.1                              # ERROR NAME 4:1",
        "a\\25 A 192.0.2.1                             # ERROR NAME 4:1",
        "a\\256 A 192.0.2.1                            # ERROR NAME 4:1",
        "ü A 192.0.2.1                                 # ERROR NAME 4:1",
        "www CNAME ü                                   # ERROR NOT_ASCII 4:11",
        "www TXT \"open                                # ERROR QUOTE 4:9",
        "www TXT a\\                                   # ERROR ESCAPE 4:9",
        "www TXT ( a                                   # ERROR PARENTHESIS 4:9",
        "www TXT a )                                   # ERROR PARENTHESIS 4:11",
        "$TTL                                          # ERROR DIRECTIVE 4:1",
        "$ORIGIN a b                                   # ERROR DIRECTIVE 4:11",
        "$FOO a                                        # ERROR DIRECTIVE 4:1",
        "$ORIGIN a..b                                  # ERROR NAME 4:9",
        "$INCLUDE no-such-file                         # ERROR INCLUDE 4:10",
        "$INCLUDE /etc/passwd                          # ERROR INCLUDE_OUTSIDE 4:10",
        "$GENERATE 1 h$ A 192.0.2.$                    # ERROR GENERATE 4:11",
        "$GENERATE 5-1 h$ A 192.0.2.$                  # ERROR GENERATE 4:11",
        "$GENERATE 0-1000000 h$ A 192.0.2.1            # ERROR GENERATE 4:11",
        "$GENERATE 1-3 h${0,300,d} A 192.0.2.$         # ERROR GENERATE 4:15",
        "$GENERATE 254-260 h$ A 192.0.2.$              # ERROR DATA 4:24",
        "$GENERATE 1-1000000 h$ NSEC a A               # WARNING SIGNATURE 4:1",
        "@ SOA ns1 h 2 1h 1h 1d 60                     # ERROR TWO_SOA 4:1",
        "www SOA ns1 h 2 1h 1h 1d 60                   # ERROR SOA_BELOW_ORIGIN 4:1",
        "www CNAME a|www TXT b                         # ERROR CNAME_AND_OTHER 4:1",
        "www CNAME a|www CNAME b                       # ERROR TWO_CNAME 5:1",
        "st CNAME a                                    # ERROR CNAME_AND_OTHER 4:1",
        "st A 192.0.2.1                                # ERROR STEERED_AND_ADDRESS 4:1",
        "st AAAA 2001:db8::1                           # ERROR STEERED_AND_ADDRESS 4:1",
        "st NS ns1                                     # ERROR STEERED_BELOW_CUT 4:1",
        "any NS ns1                                    # ERROR STEERED_BELOW_CUT 4:1",
        "any DNAME a                                   # ERROR STEERED_BELOW_CUT 4:1",
        "sub NS st                                     # ERROR NS_IS_STEERED 4:1",
        "sub NS x.any                                  # ERROR NS_IS_STEERED 4:1",
        "sub NS ns.sub                                 # ERROR NO_GLUE 4:1",
        "sub NS sub                                    # ERROR NO_GLUE 4:1",
        "d DNAME a|d DNAME b                           # ERROR TWO_DNAME 5:1",
        "d DNAME a|d NS ns1                            # ERROR DNAME_AND_NS 4:1",
        "d DNAME a|x.d A 192.0.2.1                     # ERROR BELOW_DNAME 5:1",
        "*.w NS ns1                                    # ERROR WILDCARD 4:1",
        "*.w DNAME a                                   # ERROR WILDCARD 4:1",
        "www A 192.0.2.1|www A 192.0.2.1               # WARNING DUPLICATE 5:1",
        "@ NS NS1                                      # WARNING DUPLICATE 4:1",
        "@ MX 7 ns1|@ MX 7 Ns1                         # WARNING DUPLICATE 5:1",
        "www 60 A 192.0.2.1|www 70 A 192.0.2.2         # WARNING TTL_DIFFERS 5:1",
        "sub NS no                                     # WARNING NO_ADDRESS 4:1",
        "sub NS n.peer|peer NS ns1                     # WARNING NO_ADDRESS 4:1",
        "al CNAME ns1|sub NS al                        # WARNING TARGET_IS_ALIAS 5:1",
        "al CNAME ns1|@ MX 10 al                       # WARNING TARGET_IS_ALIAS 5:1",
        "al CNAME ns1|s SRV 1 2 3 al                   # WARNING TARGET_IS_ALIAS 5:1",
        "m MX 10 no                                    # WARNING NO_ADDRESS 4:1",
        "m MX 10 192.0.2.1                             # WARNING TARGET_IS_ADDRESS 4:1",
        "m MX 10 192.0.2.1.                            # WARNING TARGET_IS_ADDRESS 4:1",
        "www.example.com TXT x                         # WARNING REPEATS_ORIGIN 4:1",
        "example.com TXT x                             # WARNING REPEATS_ORIGIN 4:1",
        "m MX 10 ns1.example.com                       # WARNING REPEATS_ORIGIN 4:1",
        "sub NS ns1|sub TXT x                          # WARNING BELOW_CUT 5:1",
        "sub NS ns1|a.sub MX 1 ns1                     # WARNING BELOW_CUT 5:1",
        "www NSEC a A                                  # WARNING SIGNATURE 4:1",
      })
  void reportsWhatIsWrongAndWhere(String text, String problem) {
    assertThat(problems(ZoneText.APEX + text.replace('|', '\n') + "\n"))
        .contains(problem)
        .hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "al CNAME st\nsub NS al\n",
        "al CNAME b\nb CNAME x.any\nsub NS al\n",
        "@ NS al\nal CNAME st\n"
      })
  void aServerMayNotBeAnAliasOfASteeredName(String text) {
    assertThat(problems(ZoneText.APEX + text))
        .anyMatch(problem -> problem.startsWith("ERROR NS_IS_STEERED"));
  }

  @Test
  void aliasesThatNeverEndLeadToNoSteeredName() {
    assertThat(problems(ZoneText.APEX + "a CNAME b\nb CNAME a\nsub NS a\n"))
        .containsExactly("WARNING TARGET_IS_ALIAS 6:1");
  }

  /** RFC 4034 section 6.2. */
  @Test
  void theCaseOfNamesInDataMakesNoOtherRecord() {
    String names = IntStream.range(0, 40).mapToObj("@ NS n%d.net.\n"::formatted).collect(joining());
    assertThat(problems(ZoneText.APEX + names + names.toUpperCase(Locale.ROOT)))
        .hasSize(40)
        .allMatch(problem -> problem.startsWith("WARNING DUPLICATE"));
    // 16705 is "AA", and 24929 "aa".
    assertThat(problems(ZoneText.APEX + "@ MX 16705 a.net.\n@ MX 24929 a.net.\n")).isEmpty();
    assertThat(problems(ZoneText.APEX + "@ TXT a\n@ TXT A\n")).isEmpty();
  }

  /** As BIND expands them. */
  @ParameterizedTest
  @CsvSource({
    "'${0,0,n}', 18, 2.1",
    "'${0,1,n}', 1, 1",
    "'${0,2,n}', 1, 1.",
    "'${0,3,n}', 1, 1.0",
    "'${0,4,n}', 1, 1.0.",
    "'${0,7,N}', 26, A.1.0.0",
    "'${0,1,n}', 256, 0.0.1"
  })
  void labelsOfHexDigitsAreGeneratedBackwards(String pattern, long number, String text)
      throws Generate.BadPattern {
    assertThat(Generate.expand(pattern, number)).isEqualTo(text);
  }

  @Test
  void aCnameAtTheOriginIsAnError() {
    assertThat(problems(ZoneText.APEX + "@ CNAME www\n")).contains("ERROR CNAME_AT_ORIGIN 4:1");
  }

  @Test
  void aZoneNeedsSoaAndNs() {
    assertThat(problems("www A 192.0.2.1\n"))
        .containsExactly("ERROR NO_SOA 1:1", "ERROR NO_NS 1:1");
    assertThat(problems("")).containsExactly("ERROR NO_SOA 1:1", "ERROR NO_NS 1:1");
    assertThat(problems(" A 192.0.2.1\n" + ZoneText.APEX)).containsExactly("ERROR NO_OWNER 1:2");
  }

  @Test
  void findsAllProblemsInOneRunAndNoneThatFollowFromOthers() {
    assertThat(
            problems(
                """
                @   SOA  ns1 hostmaster 0 1h 15m 7d
                @   NS   ns1
                ns1 A    192.0.2
                x   TXT  "a
                y   B    c
                z   TXT  (
                  "a" ) )
                st  A    192.0.2.1
                """))
        .containsExactly(
            "ERROR DATA 1:10",
            "ERROR DATA 3:10",
            "ERROR QUOTE 4:10",
            "ERROR TYPE 5:5",
            "ERROR PARENTHESIS 7:9",
            "ERROR STEERED_AND_ADDRESS 8:1");
  }

  @Test
  void aSteeredNameOutsideTheZoneIsAnError() {
    var loaded = ZoneText.load(ZoneText.APEX, Map.of("www.example.org.", 1, "a..b.", 2));
    assertThat(loaded.problems().stream().map(ZoneProblem::code))
        .containsExactlyInAnyOrder("OUT_OF_ZONE", "NAME");
    assertThat(loaded.zone()).isNull();
    assertThat(ZoneLoader.load(ZoneText.source("a..b", "", Path.of("."), Map.of())).problems())
        .hasSize(1);
  }

  @Test
  void countsProblemsOnlyUpToABound() {
    var loaded = ZoneText.load("x A 1\n".repeat(5000), Map.of());
    assertThat(loaded.problems()).hasSize(Problems.MOST + 1);
    assertThat(loaded.problems().getLast().code()).isEqualTo("TOO_MANY");
    var warned = ZoneText.load(ZoneText.APEX + "x A 192.0.2.1\n".repeat(5000), Map.of());
    assertThat(warned.problems()).hasSize(Problems.MOST + 1);
    assertThat(warned.zone()).isNotNull();
  }

  @Test
  void aSetThatNoAnswerCanHoldIsAnError() {
    assertThat(problems(ZoneText.APEX + "$GENERATE 1-5000 big TXT text-number-$\n"))
        .containsExactly("ERROR SET_TOO_LARGE 4:1");
  }

  @Test
  void takesTheWholeSyntax() {
    Zone zone =
        ZoneText.zone(
            ZoneText.load(
                """
                ; a comment
                $TTL 1h30m
                @ IN SOA ns1 hostmaster.example.com. ( 2026112101 ; serial
                     1h 15m
                     7d 60 )
                       NS ns1
                     IN 5m NS ns2 ; blank owner, class before TTL
                ns1 1d in a 192.0.2.1
                ns2\tIN\tAAAA\t2001:db8::2\r
                $ORIGIN deep
                @ TXT "a;b" c\\;d "say \\"hi\\"" \\097\\098 ""
                x ( TXT
                  "in" "side" )
                $ORIGIN example.com.
                $TTL 10
                u TXT "grün"
                h HTTPS 1 . alpn="h2,h3" ipv4hint=192.0.2.9
                c CAA 0 issue "ca.example.net"
                t TYPE65280 \\# 3 010203
                y TYPE1 \\# 4 C0000207
                $GENERATE 1-5/2 g$ A 192.0.2.$
                $GENERATE 9-11 r${1,3,x} CNAME host-$.net.
                """,
                Map.of()));
    assertThat(rec(zone, "example.com.", "SOA"))
        .containsExactly(
            "5400 SOA ns1.example.com. hostmaster.example.com. 2026112101 3600 900 604800 60");
    assertThat(rec(zone, "example.com.", "NS"))
        .containsExactly("300 NS ns1.example.com.", "300 NS ns2.example.com.");
    assertThat(rec(zone, "ns1.example.com.", "A")).containsExactly("86400 A 192.0.2.1");
    assertThat(rec(zone, "ns2.example.com.", "AAAA")).hasSize(1);
    assertThat(rec(zone, "deep.example.com.", "TXT"))
        .containsExactly("5400 TXT \"a;b\" \"c;d\" \"say \\\"hi\\\"\" ab \"\"");
    assertThat(rec(zone, "x.deep.example.com.", "TXT")).containsExactly("5400 TXT in side");
    assertThat(rec(zone, "u.example.com.", "TXT")).containsExactly("10 TXT gr\\195\\188n");
    assertThat(rec(zone, "h.example.com.", "HTTPS"))
        .containsExactly("10 HTTPS 1 . alpn=h2,h3 ipv4hint=192.0.2.9");
    assertThat(rec(zone, "c.example.com.", "CAA")).hasSize(1);
    assertThat(rec(zone, "t.example.com.", "TYPE65280"))
        .containsExactly("10 TYPE65280 \\# 3 010203");
    assertThat(rec(zone, "y.example.com.", "A")).containsExactly("10 A 192.0.2.7");
    assertThat(rec(zone, "g3.example.com.", "A")).containsExactly("10 A 192.0.2.3");
    assertThat(zone.node(ZoneText.name("g2.example.com."))).isNegative();
    assertThat(rec(zone, "r00c.example.com.", "CNAME")).containsExactly("10 CNAME host-11.net.");
  }

  static List<String> rec(Zone zone, String name, String type) {
    int set = ZoneText.set(zone, name, type);
    assertThat(set).as("%s %s", name, type).isNotNegative();
    return ZoneText.records(zone, set).stream().map(r -> zone.ttl(set) + " " + r).toList();
  }

  @Test
  void theShortSoaOfTheManualWorksAndSerial0IsKept() {
    Zone zone =
        ZoneText.zone(
            ZoneText.load(
                """
                @   SOA ns1 hostmaster 0 1h 15m 7d 60
                @   NS  ns1
                ns1 A   203.0.113.53
                """,
                Map.of()));
    assertThat(rec(zone, "example.com.", "SOA"))
        .containsExactly("3600 SOA ns1.example.com. hostmaster.example.com. 0 3600 900 604800 60");
  }

  @Test
  void aSerialOf0IsAskedForOnceAndStandsInBothSoas() {
    ZoneSource source =
        ZoneText.source("example.com", "@ SOA ns1 h 0 1h 1h 1d 60\n@ NS x.\n", ROOT, Map.of());
    List<String> asked = new ArrayList<>();
    var loaded =
        ZoneLoader.load(
            source,
            (origin, content) -> {
              asked.add(origin + " " + content);
              return 4_000_000_000L;
            });
    Zone zone = ZoneText.zone(loaded);
    assertThat(asked).containsExactly("example.com. " + loaded.content());
    assertThat(zone.serial()).isEqualTo(4_000_000_000L);
    assertThat(rec(zone, "example.com.", "SOA").getFirst()).contains(" 4000000000 ");
    assertThat(ZoneText.records(zone, zone.negativeSoa()).getFirst()).contains(" 4000000000 ");
    ZoneLoader.load(
        ZoneText.source("example.com", ZoneText.APEX, ROOT, Map.of()),
        (origin, content) -> {
          throw new AssertionError("the zone has a serial of its own");
        });
  }

  @Test
  void hostileDirectivesEndSoon() {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long start = threads.getCurrentThreadCpuTime();
    assertThat(problems(ZoneText.APEX + "$GENERATE 0-4294967295 h$ A 192.0.2.1\n"))
        .containsExactly("ERROR GENERATE 4:11");
    // Every one alone is small enough, and none of them adds a record.
    String many = "$GENERATE 1-1000000 h$.other. A 192.0.2.1\n".repeat(50);
    assertThat(problems(ZoneText.APEX + many)).contains("ERROR OUT_OF_ZONE 4:21");
    assertThat(problems(ZoneText.APEX + many)).contains("ERROR GENERATE 12:11");
    assertThat(threads.getCurrentThreadCpuTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(30));
  }

  @Test
  void referencesAreCountedFromWhereItIsSaid() {
    Zone zone = ZoneText.zone("", STEERED);
    Zone later = zone.referencesFrom(40);
    assertThat(ZoneText.look(later, "st.example.com.", "A")).isEqualTo("STEERED 41");
    assertThat(ZoneText.look(zone, "st.example.com.", "A")).isEqualTo("STEERED 1");
    assertThat(later.data()).isSameAs(zone.data());
    assertThat(later.referencesFrom(40)).isSameAs(later);
  }

  @Test
  void anyNumberOfNamesCanBeSteered() {
    var steered = new HashMap<String, Integer>();
    for (int i = 0; i < 100; i++) {
      steered.put("s" + i + ".example.com.", i);
      Zone zone = ZoneText.zone("", steered);
      assertThat(ZoneText.look(zone, "s" + i + ".example.com.", "A")).isEqualTo("STEERED " + i);
    }
  }
}

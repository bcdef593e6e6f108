package dev.azimuth.zones;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Type;

/** Every type that may be data, in its own words and in those of RFC 3597. */
class RecordTypesTest {

  /** One example a type; those that have no words are in hexadecimal. */
  private static final String TABLE =
      """
      A          192.0.2.1
      NS         ns.example.net.
      MD         md.example.net.
      MF         mf.example.net.
      CNAME      www.example.net.
      MB         mb.example.net.
      MG         mg.example.net.
      MR         mr.example.net.
      NULL       \\# 3 010203
      WKS        192.0.2.1 TCP smtp http 8
      PTR        host.example.net.
      HINFO      "PDP-11" "UNIX"
      MINFO      a.example.net. b.example.net.
      MX         10 mail.example.net.
      TXT        "one" "two; three" "\\"\\\\\\000"
      RP         admin.example.net. txt.example.net.
      AFSDB      1 db.example.net.
      X25        "311061700956"
      ISDN       "150862028003217" "004"
      RT         10 relay.example.net.
      NSAP       0x47000580005a0000000001e133ffffff00016100
      NSAP-PTR   foo.example.net.
      SIG        A 8 2 60 20300101000000 20200101000000 1 example.net. AQIDBA==
      KEY        256 3 8 AQIDBA==
      PX         10 map822.example.net. mapx400.example.net.
      GPOS       "-32.6882" "116.8652" "10.0"
      AAAA       2001:db8::1
      LOC        52 22 23.000 N 4 53 32.000 E -2.00m 0.00m 10000m 10m
      NXT        b.example.net. A MX
      EID        0102 03
      NIMLOC     010203
      SRV        0 5 5060 sip.example.net.
      ATMA       +3112345
      NAPTR      100 10 "U" "E2U+sip" "!^.*$!sip:info@example.net!" .
      KX         10 kx.example.net.
      CERT       1 0 0 AQIDBA==
      A6         0 2001:db8::1
      DNAME      elsewhere.example.net.
      SINK       1 2 3 AQIDBA==
      APL        1:192.0.2.0/24 !2:2001:db8::/32
      DS         1 8 1 0011223344556677889900112233445566778899
      SSHFP      4 2 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
      IPSECKEY   10 1 2 192.0.2.38 AQIDBA==
      DNSKEY     256 3 8 AQIDBA==
      DHCID      AAIBY2/AuCccgoJbsaxcQc9TUapptP69lOjxfNuVAA2kjEA=
      TLSA       3 1 1 0011223344556677
      SMIMEA     3 1 1 0011223344556677
      HIP        2 200100107B1A74DF365639CC39F1D578 AwEAAbdxyhNuSutc5EMzxTs9LBPCIkOFH8cIvM4p
      NINFO      "one" two
      RKEY       0 3 8 AQIDBA==
      TALINK     a.example.net. b.example.net.
      CDS        0 0 0 00
      CDNSKEY    0 3 0 AA==
      OPENPGPKEY AQIDBA==
      CSYNC      66 3 A NS AAAA TYPE65280
      ZONEMD     2026112101 1 1 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
      SVCB       1 svc.example.net. alpn=h2 port=8443
      HTTPS      0 www.example.net.
      SPF        "v=spf1 -all"
      UINFO      \\# 3 010203
      UID        \\# 3 010203
      GID        \\# 3 010203
      UNSPEC     \\# 3 010203
      NID        10 14:4fff:ff20:ee64
      L32        10 192.0.2.1
      L64        10 2001:DB8:1440:0
      LP         10 l64.example.net.
      EUI48      00-00-5e-00-53-2a
      EUI64      00-00-5E-ef-10-00-00-2a
      URI        10 1 "https://www.example.net/"
      CAA        0 issue "ca.example.net"
      AVC        "app-name:x" "y z"
      DOA        0 1 2 "text/html" AQIDBA==
      AMTRELAY   10 1 3 relay.example.net.
      RESINFO    qnamemin exterr=15,16 infourl=https://resolver.example.com/guide
      WALLET     BTC "abc def"
      DSYNC      CDS NOTIFY 5359 scanner.example.net.
      TA         1 8 1 0011223344556677889900112233445566778899
      DLV        1 8 1 0011223344556677889900112233445566778899
      TYPE127    \\# 0
      TYPE300    \\# 3 010203
      TYPE65280  \\# 4 0a000001
      TYPE65535  \\# 1 ff
      """;

  static List<String> examples() {
    return TABLE.lines().map(String::strip).toList();
  }

  static byte[] rdata(String type, String data) {
    Zone zone = ZoneText.zone("@ IN 60 " + "TXT only\nx 60 " + type + " " + data + "\n", Map.of());
    int set = zone.find(zone.node(ZoneText.name("x.example.com.")), number(type));
    assertThat(set).as(type).isNotNegative();
    assertThat(zone.records(set)).isEqualTo(1);
    assertThat(zone.ttl(set)).isEqualTo(60);
    int from = zone.offset(set) + RecordStore.HEAD;
    return java.util.Arrays.copyOfRange(
        zone.data(), from, from + Additionals.length(zone.data(), from));
  }

  private static int number(String type) {
    return FieldText.type(type);
  }

  @ParameterizedTest
  @MethodSource("examples")
  void everyTypeIsDataInAllItsSpellings(String example) {
    String[] parts = example.split(" +", 2);
    byte[] octets = rdata(parts[0], parts[1]);
    String hex = HexFormat.of().formatHex(octets);
    String generic = "\\# " + octets.length + " " + hex;
    assertThat(rdata("TYPE" + number(parts[0]), generic)).isEqualTo(octets);
    assertThat(rdata("type" + number(parts[0]), generic.toUpperCase(Locale.ROOT)))
        .isEqualTo(octets);
    assertThat(rdata(parts[0], generic)).isEqualTo(octets);
  }

  /** Octets by the RFC of each type. */
  private static final Map<String, String> OCTETS =
      Map.ofEntries(
          Map.entry("WKS 192.0.2.1 TCP smtp http", "c0000201060000004000000000000080"),
          Map.entry("WKS 192.0.2.1 17", "c000020111"),
          Map.entry("EUI48 00-00-5e-00-53-2a", "00005e00532a"),
          Map.entry("EUI64 00-00-5e-ef-10-00-00-2a", "00005eef1000002a"),
          Map.entry("NID 10 14:4fff:ff20:ee64", "000a00144fffff20ee64"),
          Map.entry("L32 10 10.1.2.0", "000a0a010200"),
          Map.entry("L64 10 2001:db8:1140:1000", "000a20010db811401000"),
          Map.entry("LP 10 a.b.", "000a0161016200"),
          Map.entry("CSYNC 66 3 A NS AAAA", "000000420003000460000008"),
          Map.entry("CSYNC 66 3", "000000420003"),
          Map.entry("AVC a \"b c\"", "016103622063"),
          Map.entry("AMTRELAY 10 1 1 203.0.113.15", "0a81cb00710f"),
          Map.entry("AMTRELAY 10 0 2 2001:db8::15", "0a0220010db8000000000000000000000015"),
          Map.entry("AMTRELAY 0 0 0 .", "0000"),
          Map.entry("ATMA 39.246f", "0039246f"),
          Map.entry("DOA 1 2 2 \"\" -", "00000001000000020200"),
          Map.entry("DSYNC CDS NOTIFY 5359 a.", "003b0114ef016100"),
          Map.entry("TYPE11 \\# 5 7f00000106", "7f00000106"),
          Map.entry("APL \\# 8 00011804c0000200", "00011804c0000200"));

  @Test
  void dataAreTheOctetsThatTheirDefinitionSays() {
    OCTETS.forEach(
        (record, octets) -> {
          String[] parts = record.split(" ", 2);
          assertThat(HexFormat.of().formatHex(rdata(parts[0], parts[1])))
              .as(record)
              .isEqualTo(octets);
        });
  }

  @Test
  void anglesOfALocationMayBeLeftOut() {
    assertThat(rdata("LOC", "52 N 4 30 E 0m")).isEqualTo(rdata("LOC", "52 0 0 N 4 30 0 E 0m"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "EUI48 00-00-5e-00-53",
        "EUI48 00-00-5e-00-53-2g",
        "EUI48 00-00-5e-00-53-2a 00",
        "EUI64 0-00-5e-ef-10-00-00-2a",
        "NID 10 0014:4fff:ff20",
        "NID 10 0014:4fff::ee64",
        "NID 65536 0:0:0:0",
        "NID -1 0:0:0:0",
        "L32 10 10.1.2",
        "LP 10",
        "LP 10 a..b",
        "CSYNC 66 3 NOTHING",
        "CSYNC 4294967296 3 A",
        "WKS 192.0.2.1 tcp 65536",
        "WKS 192.0.2.1 nothing 25",
        "WKS 192.0.2.1 tcp nothing",
        "AMTRELAY 10 2 0 .",
        "AMTRELAY 10 0 1 2001:db8::15",
        "AMTRELAY 10 0 2 192.0.2.1",
        "AMTRELAY 10 0 0 a.",
        "EID 0102 0",
        "RKEY 0 3 8 A=A",
        "AVC",
        "LOC N 4 E 0m",
        "TYPE11 \\# 5 7f000001",
        "TYPE11 \\# 4 7f00000g"
      })
  void whatIsNoDataOfItsTypeIsSaidToBeSo(String bad) {
    assertThat(ZoneText.load(ZoneText.APEX + "x " + bad + "\n", Map.of()).problems())
        .anySatisfy(
            problem -> {
              assertThat(problem.code()).isEqualTo("DATA");
              assertThat(problem.message()).doesNotContain("out of bounds").doesNotContain("null");
            });
  }

  @Test
  void theTableHasEveryTypeThatTheLibraryKnows() {
    Set<Integer> known = new HashSet<>();
    for (int type = 1; type < 65_536; type++) {
      boolean named = !Type.string(type).startsWith("TYPE");
      if (named && !Types.isMeta(type) && !Types.isSignature(type) && type != 6) {
        known.add(type);
      }
    }
    List<Integer> listed = new ArrayList<>();
    examples().forEach(example -> listed.add(number(example.split(" +", 2)[0])));
    assertThat(listed).containsAll(known);
  }

  @Test
  void typesOfQuestionsAreNoData() {
    for (int type : new int[] {0, 41, 128, 200, 249, 250, 251, 252, 253, 254, 255}) {
      assertThat(ZoneText.load(ZoneText.APEX + "x TYPE" + type + " \\# 0\n", Map.of()).problems())
          .as("type %d", type)
          .anyMatch(problem -> problem.code().equals("TYPE"));
    }
  }

  @Test
  void theClassInHasANumberToo() {
    Zone zone =
        ZoneText.zone("x CLASS1 60 A 192.0.2.1\ny 60 class1 TYPE1 \\# 4 c0000202\n", Map.of());
    assertThat(ZoneText.records(zone, ZoneText.set(zone, "x.example.com.", "A")))
        .containsExactly("A 192.0.2.1");
    assertThat(ZoneText.records(zone, ZoneText.set(zone, "y.example.com.", "A")))
        .containsExactly("A 192.0.2.2");
    assertThat(ZoneText.load(ZoneText.APEX + "x CLASS3 A 192.0.2.1\n", Map.of()).problems())
        .anyMatch(problem -> problem.code().equals("CLASS"));
  }

  @Test
  void genericDataOfAKnownTypeIsChecked() {
    for (String bad :
        List.of("A \\# 3 c00002", "MX \\# 2 000a", "A \\# 5 c000020101", "A \\# 4 c0")) {
      assertThat(ZoneText.load(ZoneText.APEX + "x " + bad + "\n", Map.of()).problems())
          .as(bad)
          .anyMatch(problem -> problem.code().equals("DATA"));
    }
  }
}

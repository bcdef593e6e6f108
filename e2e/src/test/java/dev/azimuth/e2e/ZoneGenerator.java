package dev.azimuth.e2e;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Makes groups of zones that have everything answers can differ in: a zone, two that it delegates
 * to and that the same server has, and one elsewhere whose names have up to 127 labels.
 */
final class ZoneGenerator {
  private static final List<String> LABELS = List.of("a", "b", "c", "*", "A1", "x-y");
  private static final String LONG = "l".repeat(63);

  private final Random random;
  private final GeneratedZone parent;
  private final GeneratedZone child;
  private final GeneratedZone nested;
  private final GeneratedZone other;

  private ZoneGenerator(int group, Random random) {
    this.random = random;
    parent = new GeneratedZone("p" + group + ".test.");
    child = new GeneratedZone("c.p" + group + ".test.");
    nested = new GeneratedZone("n.e.s.t.c.p" + group + ".test.");
    other = new GeneratedZone((char) ('a' + group % 26) + ".z.");
  }

  /**
   * @param group 0 to 25, part of the zones' names
   */
  static List<GeneratedZone> zones(int group, Random random) {
    ZoneGenerator generator = new ZoneGenerator(group, random);
    List<GeneratedZone> zones =
        List.of(generator.parent, generator.child, generator.nested, generator.other);
    for (GeneratedZone zone : zones) {
      generator.fill(zone);
    }
    generator.nest();
    return zones;
  }

  private void fill(GeneratedZone zone) {
    apex(zone);
    types(zone);
    spelling(zone);
    wildcards(zone);
    redirections(zone);
    delegations(zone);
    aliases(zone);
    sizes(zone);
    tree(zone);
  }

  private String v4() {
    return "192.0.2." + random.nextInt(256);
  }

  private String v6() {
    return "2001:db8::" + Integer.toHexString(random.nextInt(0x10000));
  }

  private String hex(int octets) {
    return IntStream.range(0, octets)
        .mapToObj(i -> "%02x".formatted(random.nextInt(256)))
        .collect(Collectors.joining());
  }

  private <T> T one(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  private void apex(GeneratedZone zone) {
    // Of the SOA's own TTL and its MINIMUM, either may be the less.
    int minimum = one(List.of(60, 300, 7200, 86400));
    zone.ttl("@", one(List.of(30, 3600)));
    zone.add("@", "SOA", "ns1 hostmaster 2026 3600 900 604800 " + minimum);
    zone.add("@", "NS", "ns1");
    zone.add("@", "NS", "NS2");
    zone.add("@", "NS", "ns.elsewhere.example.");
    zone.add("@", "MX", "10 host1");
    zone.add("@", "MX", "20 mail.elsewhere.example.");
    zone.add("@", "TXT", "\"v=spf1 -all\"");
    zone.add("@", "CAA", "0 issue \"ca.example\"");
    zone.add("@", "A", v4());
    zone.add("@", "HTTPS", "1 . alpn=h2");
    zone.add("ns1", "A", v4());
    zone.add("ns1", "AAAA", v6());
    zone.add("ns2", "A", v4());
    zone.ttl("ns2", 300);
    for (int host = 1; host <= 4; host++) {
      zone.ttl("host" + host, random.nextInt(100_000));
      for (int i = random.nextInt(4); i >= 0; i--) {
        zone.add("host" + host, "A", v4());
      }
      for (int i = random.nextInt(3); i > 0; i--) {
        zone.add("host" + host, "AAAA", v6());
      }
    }
  }

  /** A host inside, an alias, a wildcard's, a missing one, one below a cut, or one elsewhere. */
  private String target() {
    return one(
        List.of(
            "host1",
            "Host2",
            "host3",
            "chain3",
            "any.wild",
            "missing",
            "ns.cut1",
            "deep.cut1",
            "leaf.ent",
            "x.dname1",
            "host1." + parent.origin(),
            "host2." + other.origin(),
            "www.elsewhere.example."));
  }

  private void types(GeneratedZone zone) {
    for (int i = 0; i < 2; i++) {
      zone.add("mx", "MX", random.nextInt(100) + " " + target());
      zone.add("_sip._udp", "SRV", "0 %d 5060 %s".formatted(i, target()));
      zone.add("kx", "KX", i + " " + target());
      zone.add("afsdb", "AFSDB", 1 + i + " " + target());
      zone.add("naptr", "NAPTR", "%d 10 \"S\" \"SIP+D2U\" \"\" %s".formatted(i, target()));
      zone.add("_443._tcp.host1", "TLSA", "3 1 1 " + hex(32));
      zone.add("sshfp", "SSHFP", "4 2 " + hex(32));
      zone.add("svcb", "SVCB", 1 + i + " " + target() + " alpn=h2 port=8443");
      zone.add("unknown", "TYPE65280", "\\# 4 " + hex(4));
      zone.add("uri", "URI", i + " 1 \"https://www.example/\"");
    }
    zone.add("null", "MX", "0 .");
    zone.add("_null._tcp", "SRV", "0 0 0 .");
    zone.add("svcalias", "SVCB", "0 svcb");
    zone.add("https", "HTTPS", "1 . alpn=h3 ipv4hint=" + v4());
    zone.add("https", "A", v4());
    zone.add("ptr", "PTR", target());
    zone.add("rp", "RP", "admin " + target());
    zone.add("hinfo", "HINFO", "\"PDP-11\" \"UNIX\"");
    zone.add("loc", "LOC", "52 22 23.000 N 4 53 32.000 E -2.00m 0.00m 10000m 10m");
    zone.add("hexed", "TYPE1", "\\# 4 " + hex(4));
    zone.add("empty", "TYPE65281", "\\# 0");
    zone.add("txt", "TXT", "\"one\" \"semi;colon\" \"a \\\"quote\\\" \\\\ \\001\\255\"");
    zone.add("txt", "TXT", "\"\"");
    zone.add("ttl0", "A", v4());
    zone.ttl("ttl0", 0);
    zone.add("ttlmax", "A", v4());
    zone.ttl("ttlmax", Integer.MAX_VALUE);
  }

  private void spelling(GeneratedZone zone) {
    for (String label :
        List.of("MiXeD", "dot\\.ted", "sp\\032ace", "\\000\\255bin", "at\\@", "_u_", "\\042q")) {
      zone.add(label, "A", v4());
    }
    zone.add("in.dot\\.ted", "TXT", "\"below an escaped label\"");
    zone.add("back\\\\slash", "CNAME", "dot\\.ted");
    zone.add(longest(zone, 'm'), "A", v4());
    zone.add("x." + shorter(zone), "TXT", "\"below a long name\"");
    zone.add(manyLabels(zone), "A", v4());
  }

  /** A name below the origin that makes 255 octets in all. */
  private static String longest(GeneratedZone zone, char first) {
    int left = 255 - zone.origin().length();
    StringBuilder name = new StringBuilder();
    while (left > 64) {
      name.append('.').append(LONG);
      left -= 64;
    }
    return left < 2 ? name.substring(1) : String.valueOf(first).repeat(left - 1) + name;
  }

  /** A name with room for one more label of one octet. */
  private static String shorter(GeneratedZone zone) {
    return longest(zone, 's').substring(2);
  }

  private static String manyLabels(GeneratedZone zone) {
    return String.join(".", Collections.nCopies((255 - zone.origin().length()) / 2, "y"));
  }

  private void wildcards(GeneratedZone zone) {
    zone.add("*.wild", "A", v4());
    zone.add("*.wild", "TXT", "\"wild\"");
    zone.add("exact.wild", "A", v4());
    zone.add("a.b.wild", "A", v4());
    zone.add("*.deep.wild", "AAAA", v6());
    zone.add("*.alias.wild", "CNAME", target());
    zone.add("*.mx.wild", "MX", "10 " + target());
    zone.add("*.svc.wild", "HTTPS", "1 . alpn=h2");
    zone.add("*.svc.wild", "A", v4());
    zone.add("under.*.wild", "TXT", "\"below a wildcard\"");
    zone.add("a.*.mid.wild", "A", v4());
    zone.add("cut.wild", "NS", "ns1");
    zone.add("*.loop.wild", "CNAME", "x.loop.wild");
    zone.add("leaf.ent", "A", v4());
    zone.add("x.y.z.ent", "TXT", "\"deep\"");
  }

  private void redirections(GeneratedZone zone) {
    zone.add("dname1", "DNAME", "wild");
    zone.add("dname1", "TXT", "\"beside a DNAME\"");
    zone.add("dname2", "DNAME", "dname1");
    zone.add("dname3", "DNAME", "ent");
    zone.add("out", "DNAME", "elsewhere.example.");
    zone.add("across", "DNAME", one(List.of(parent, child, nested, other)).origin().toString());
    zone.add("self", "DNAME", "self");
    zone.add("grow", "DNAME", "deeper.grow");
    zone.add("ping", "DNAME", "pong");
    zone.add("pong", "DNAME", "ping");
    zone.add("tocut", "DNAME", "cut1");
    zone.add("toolong", "DNAME", longest(zone, 'd').substring(random.nextInt(1, 40)));
    zone.ttl("dname1", random.nextInt(1000));
  }

  private void delegations(GeneratedZone zone) {
    zone.add("cut1", "NS", "ns.cut1");
    zone.add("cut1", "NS", "ns.cut2");
    zone.add("cut1", "NS", "ns1");
    zone.add("cut1", "NS", "ns.elsewhere.example.");
    zone.add("ns.cut1", "A", v4());
    zone.add("ns.cut1", "AAAA", v6());
    zone.add("cut2", "NS", "ns.cut2");
    zone.add("ns.cut2", "A", v4());
    zone.add("none.cut", "NS", "ns.elsewhere.example.");
    zone.add("inner.cut1", "NS", "ns.elsewhere.example.");
    zone.add("hidden.cut1", "TXT", "\"never seen\"");
    zone.add("alias.cut1", "CNAME", "host1");
    zone.add("cut1", "TXT", "\"never seen either\"");
    zone.add("signed", "NS", "ns.signed");
    zone.add("signed", "DS", "12345 13 2 " + hex(32));
    zone.add("ns.signed", "A", v4());
    zone.add("atcut", "NS", "atcut");
    zone.add("atcut", "A", v4());
    int many = random.nextInt(2, 14);
    for (int i = 0; i < many; i++) {
      zone.add("fat", "NS", "ns%d.fat".formatted(i));
      zone.add("ns%d.fat".formatted(i), "A", v4());
      zone.add("ns%d.fat".formatted(i), "AAAA", v6());
    }
  }

  private void aliases(GeneratedZone zone) {
    int length = random.nextInt(3, 9);
    zone.add("chain0", "CNAME", target());
    for (int i = 1; i < length; i++) {
      zone.add("chain" + i, "CNAME", "Chain" + (i - 1));
    }
    List<String> targets =
        List.of("missing", "ent", "cut1", "x.cut1", "no.ent", "dname1", "x.dname2", "x.toolong");
    for (int i = 0; i < targets.size(); i++) {
      zone.add("to" + i, "CNAME", targets.get(i));
    }
    for (int i = 0; i < 4; i++) {
      zone.add("any" + i, "CNAME", target());
      zone.add("far" + i, "CNAME", "far" + random.nextInt(4) + "." + other.origin());
    }
    zone.add("loop1", "CNAME", "loop2");
    zone.add("loop2", "CNAME", "loop3");
    zone.add("loop3", "CNAME", "loop1");
    zone.add("me", "CNAME", "me");
    zone.add("apex", "CNAME", "@");
    zone.add("big", "CNAME", "many100");
  }

  private void sizes(GeneratedZone zone) {
    for (int size : new int[] {10, 28, 29, 30, 70, 75, 100}) {
      repeat(zone, "many" + size, "A", size, i -> "198.51.%d.%d".formatted(i / 100, i % 100));
    }
    repeat(
        zone, "text", "TXT", random.nextInt(2, 9), i -> "\"%d%s\"".formatted(i, "t".repeat(200)));
    repeat(zone, "mxs", "MX", random.nextInt(5, 15), i -> i + " many10");
  }

  private static void repeat(
      GeneratedZone zone, String owner, String type, int times, IntFunction<String> data) {
    for (int i = 0; i < times; i++) {
      zone.add(owner, type, data.apply(i));
    }
  }

  /** Names at random from few labels, so that they meet in every way. */
  private void tree(GeneratedZone zone) {
    for (int i = 0; i < 60; i++) {
      List<String> labels = new ArrayList<>();
      for (int depth = random.nextInt(1, 5); depth > 0; depth--) {
        labels.add(one(LABELS));
      }
      labels.add("tree");
      String owner = String.join(".", labels);
      switch (random.nextInt(10)) {
        case 0 -> zone.add(owner, "CNAME", target());
        case 1 -> zone.add(owner, "DNAME", one(List.of("wild", "ent", "b.tree", "c.tree")));
        case 2 -> {
          zone.add(owner, "NS", "ns1");
          zone.add(owner, "NS", "ns.elsewhere.example.");
        }
        case 3 -> zone.add(owner, "MX", "1 " + target());
        case 4 -> zone.add(owner, "CNAME", one(LABELS) + "." + one(LABELS) + ".tree");
        case 5, 6 -> zone.add(owner, "TXT", "\"" + i + "\"");
        default -> zone.add(owner, "A", v4());
      }
    }
  }

  /** The zones that the same server has below others, on their label boundaries. */
  private void nest() {
    parent.add("c", "NS", "ns1.c");
    parent.add("ns1.c", "A", v4());
    child.add("n.e.s.t", "NS", "ns1.n.e.s.t");
    child.add("ns1.n.e.s.t", "A", v4());
    parent.add("cc", "TXT", "\"no part of c\"");
    child.add("nn.e.s.t", "TXT", "\"no part of n\"");
  }
}

package dev.azimuth.resolver;

import dev.azimuth.health.Check;
import dev.azimuth.health.Forced;
import dev.azimuth.health.ForcedState;
import dev.azimuth.health.HealthTable;
import dev.azimuth.health.State;
import dev.azimuth.health.Target;
import dev.azimuth.health.TargetHealth;
import dev.azimuth.health.Timing;
import dev.azimuth.steering.AllDown;
import dev.azimuth.steering.Backend;
import dev.azimuth.steering.Basis;
import dev.azimuth.steering.BelowMinUp;
import dev.azimuth.steering.Binder;
import dev.azimuth.steering.Bound;
import dev.azimuth.steering.Cidr;
import dev.azimuth.steering.Condition;
import dev.azimuth.steering.Endpoint;
import dev.azimuth.steering.FailbackHold;
import dev.azimuth.steering.Memory;
import dev.azimuth.steering.MinUp;
import dev.azimuth.steering.Pick;
import dev.azimuth.steering.Pool;
import dev.azimuth.steering.Rule;
import dev.azimuth.steering.SteeredName;
import dev.azimuth.steering.Steering;
import dev.azimuth.steering.SteeringPlan;
import dev.azimuth.steering.To;
import dev.azimuth.steering.TtlRange;
import dev.azimuth.zones.Zone;
import dev.azimuth.zones.ZoneLoader;
import dev.azimuth.zones.ZoneSource;
import dev.azimuth.zones.Zones;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/** A picture with every outcome in it, bound by the real steering over really loaded zones. */
final class Sample {
  private static final String COM =
      """
      $TTL 3600
      @          SOA   ns1 hostmaster 7 3600 900 604800 60
      @          NS    ns1
      @          NS    ns2
      @          MX    10 mail
      ns1        A     203.0.113.1
      ns1        AAAA  2001:db8:53::1
      ns2        A     203.0.113.2
      mail       A     203.0.113.25
      static     A     203.0.113.80
      static     TXT   "hello"
      v4only     TXT   "beside a steered name"
      a.ent      A     203.0.113.81
      alias      300   CNAME static
      Mixed      CNAME Static
      c1         CNAME c2
      c2         CNAME c3
      c3         CNAME static
      lost       CNAME none
      nodata     CNAME a.ent
      away       CNAME www.example.org.
      across     CNAME host.example.net.
      towww      CNAME www
      togeo      CNAME geo
      tonear     CNAME near
      self       CNAME self
      loop1      CNAME loop2
      loop2      CNAME loop1
      toloop     CNAME spin
      tocut      CNAME host.cut
      tochild    CNAME ns.child
      *.aliases  CNAME www
      *.wild     TXT   "wild"
      *.wild     A     203.0.113.82
      *.wloop    CNAME x.wloop
      tree       120   DNAME ent
      far        DNAME example.net.
      grow       DNAME x.grow
      cut        NS    ns.cut
      cut        NS    ns.other
      cut        NS    ns.example.org.
      ns.cut     A     203.0.113.53
      ns.cut     AAAA  2001:db8:53::53
      other      NS    ns.other
      ns.other   A     203.0.113.54
      child      NS    ns.child
      child      DS    1 13 2 0000000000000000000000000000000000000000000000000000000000000000
      ns.child   A     203.0.113.55
      web        HTTPS 1 . alpn=h2 port=8443 ipv4hint=203.0.113.200 ech=AAAA key65400=x
      web        HTTPS 2 static alpn=h3 ipv4hint=203.0.113.80
      web        TXT   "beside"
      webgeo     40    HTTPS 1 . alpn=h2
      weball     HTTPS 1 . alpn=h2 ipv4hint=203.0.113.200 ipv6hint=2001:db8::bad
      weblost    HTTPS 1 . alpn=h2 ipv4hint=203.0.113.200 ipv6hint=2001:db8::bad
      *.webs     SVCB  1 . alpn=h2
      *.crowd    HTTPS 1 . alpn=h2
      toweb      CNAME web
      towebgeo   CNAME webgeo
      webalias   HTTPS 0 web
      bindings   HTTPS 1 web
      bindings   HTTPS 2 webgeo
      targets    MX    10 web
      targets    MX    20 geo
      targets    MX    30 x.app
      targets    MX    40 dead
      targets    MX    50 fail
      targets    MX    60 down
      twins      SRV   0 0 1 web
      stick      HTTPS 1 . alpn=h2
      tostick    SRV   0 0 1 stick
      viastick   CNAME stick
      itself     MX    10 itself
      itself     A     203.0.113.83
      _s._tcp    SRV   0 0 443 all
      """;

  /** Names so long that what stands beside them has no room in 512 octets. */
  private static final String LONG =
      """
      *.longlost CNAME %1$s.oooooooooooooooooooooooooooooooooooooooo
      *.longtree CNAME a.%1$s.longname
      *.longaway CNAME %2$s
      *.longback CNAME %3$s
      %3$s CNAME static
      longname   DNAME %1$s
      both1      DNAME both2
      both2      DNAME x.both1
      many       HTTPS 1 . alpn=h2
      """
          .formatted(
              "l".repeat(63) + "." + "m".repeat(63) + "." + "n".repeat(20),
              ("l".repeat(63) + ".").repeat(3) + "m".repeat(40) + ".example.org.",
              ("l".repeat(63) + ".").repeat(3) + "o".repeat(24));

  private static final String NET =
      """
      $TTL 600
      @     SOA   ns hostmaster 9 3600 900 604800 30
      @     NS    ns
      ns    A     203.0.113.3
      host  A     203.0.113.90
      back  DNAME example.com.
      """;

  private static final String CHILD =
      """
      $TTL 600
      @     SOA   ns hostmaster 9 3600 900 604800 30
      @     NS    ns
      ns    A     203.0.113.55
      """;

  /** The steered names of example.com. by their numbers. */
  private static final List<String> STEERED =
      List.of(
          "www", "geo", "v4only", "dead", "fail", "down", "spin", "all", "*.app", "web", "webgeo",
          "weball", "weblost", "*.webs", "*.crowd", "*.gone", "near", "fenced", "stick", "chance",
          "six", "served");

  private static final Set<Integer> HINTED = Set.of(9, 10, 11, 12, 13, 14, 18);

  private static final String LONGEST =
      ("l".repeat(63) + ".").repeat(3) + "m".repeat(40) + ".example.org.";

  /** When RFC 9018 appendix A.1 asks: seconds in milliseconds of the steady clock. */
  static final long NOW = 1_559_731_985_000L;

  /** The secret of RFC 9018 appendix A.1. */
  static final String SECRET = "e5e973e5a6b2a43f48e7dc849e37bfcf";

  static final Identity IDENTITY =
      new Identity(Packets.hex("66726131"), "azimuth 1.2.3", "fra1", "host.example");

  private static final AllDown NODATA = new AllDown.NoData();

  private Sample() {}

  static Picture picture() {
    return picture(1, zones(), steering());
  }

  static Picture picture(long generation, Zones zones, Steering steering) {
    return new Picture(generation, zones, steering, IDENTITY, secrets(SECRET), Admission.OPEN);
  }

  static Picture picture(Admission admission) {
    return new Picture(1, zones(), steering(), IDENTITY, secrets(SECRET), admission);
  }

  /** An IPv4 prefix such as {@code 192.0.2.0/24}, or an IPv6 one. */
  static Cidr cidr(String text) {
    String[] parts = text.split("/", -1);
    ClientAddress address = ClientAddress.of(address(parts[0]));
    return new Cidr(address.v4(), address.high(), address.low(), Integer.parseInt(parts[1]));
  }

  static CookieSecrets secrets(String... hex) {
    return CookieSecrets.of(Arrays.stream(hex).map(Packets::hex).toList());
  }

  static int steeredNames() {
    return STEERED.size();
  }

  static Zones zones() {
    Map<String, Integer> steered = new HashMap<>();
    for (int i = 0; i < STEERED.size(); i++) {
      steered.put(STEERED.get(i) + ".example.com.", i);
    }
    return new Zones(
        List.of(
            zone("example.com", COM + LONG + chain() + many(), steered, HINTED),
            zone("example.net", NET, Map.of(), Set.of()),
            zone("child.example.com", CHILD, Map.of(), Set.of())));
  }

  static Zone zone(String origin, String text, Map<String, Integer> steered, Set<Integer> hinted) {
    var loaded =
        ZoneLoader.load(
            new ZoneSource(origin, origin, text, Path.of("."), 3600, 60, steered, hinted));
    Zone zone = loaded.zone();
    if (zone == null) {
      throw new AssertionError(loaded.problems().toString());
    }
    return zone;
  }

  /** Aliases l0 → l1 → … → l20, longer than one answer follows. */
  private static String chain() {
    var text = new StringBuilder();
    for (int i = 0; i < 20; i++) {
      text.append("l%d CNAME l%d%n".formatted(i, i + 1));
    }
    return text + "l20 A 203.0.113.99\n";
  }

  /** Sets that fit 1232 octets but not 512, or neither; glue and additional records that do not. */
  private static String many() {
    var text = new StringBuilder();
    for (int i = 0; i < 40; i++) {
      text.append("many A 198.18.0.%d%n".formatted(i));
    }
    for (int i = 0; i < 74; i++) {
      text.append("brim A 198.18.3.%d%n".formatted(i));
    }
    for (int i = 0; i < 200; i++) {
      text.append("huge A 198.19.0.%d%n".formatted(i));
    }
    for (int i = 0; i < 10; i++) {
      text.append("fatweb HTTPS %d web%nfatweb HTTPS 1 away%d%n".formatted(i + 2, i));
    }
    for (int i = 0; i < 900; i++) {
      text.append("vast MX %d mail%n".formatted(i));
    }
    text.append("vast MX 900 web\n");
    for (int i = 0; i < 20; i++) {
      text.append("crew NS n%d.elsewhere.example.%n".formatted(i));
    }
    for (int i = 0; i < 13; i++) {
      text.append("sib NS n%d.wide%n".formatted(i));
      text.append("wide NS n%d.wide%nn%d.wide A 198.18.1.%d%n".formatted(i, i, i));
      text.append("n%d.wide AAAA 2001:db8:1::%x%n".formatted(i, i));
      text.append("post MX %d m%d%nm%d A 198.18.2.%d%n".formatted(i, i, i, i));
      text.append("m%d AAAA 2001:db8:2::%x%n".formatted(i, i));
    }
    return text.toString();
  }

  static Steering steering() {
    return bound().steering();
  }

  static Bound bound() {
    return bound(new Basis.Live());
  }

  static Bound bound(Basis basis) {
    var backends = new ArrayList<Backend>();
    for (int i = 0; i < 60; i++) {
      backends.add(backend(10 + i, -1, "198.51.100." + (100 + i)));
    }
    List<Pool> pools =
        List.of(
            pool("eu", backend(0, -1, "192.0.2.10", "2001:db8::10")),
            pool("us", backend(1, -1, "192.0.2.20")),
            pool("down", backend(2, 0, "192.0.2.30")),
            pool("big", backends.toArray(Backend[]::new)),
            pool(
                "pair",
                backend(3, -1, "192.0.2.41", "2001:db8::41"),
                backend(4, -1, "192.0.2.42", "2001:db8::42")),
            pool("shut", backend(5, -1, "192.0.2.50")),
            pool("six", backend(6, -1, "2001:db8::60")));
    var near = new Cidr(true, 0, 0xC633_6400L, 24); // 198.51.100.0/24
    List<SteeredName> names =
        List.of(
            name(0, NODATA, rule(0)),
            name(1, NODATA, rule(1, near), rule(0)),
            name(2, NODATA, rule(1)),
            name(3, NODATA, rule(2)),
            name(4, new AllDown.ServFail(), rule(2)),
            name(5, new AllDown.Cname("static.example.com."), rule(2)),
            name(6, new AllDown.Cname("toloop.example.com."), rule(2)),
            name(7, NODATA, rule(3)),
            name(8, NODATA, rule(0)),
            name(9, NODATA, rule(4)),
            name(10, NODATA, rule(1, near), rule(0)),
            name(11, NODATA, rule(3)),
            name(12, NODATA, rule(2)),
            name(13, NODATA, rule(4)),
            name(14, NODATA, rule(3)),
            name(15, new AllDown.Cname(LONGEST), rule(2)),
            name(16, new AllDown.Cname("static.example.com."), rule(2, near), rule(0)),
            name(17, NODATA, fence(5, new AllDown.Cname("static.example.com."))),
            name(18, NODATA, rule(4)),
            name(19, NODATA, rule(4)),
            name(20, NODATA, rule(6)),
            name(21, new AllDown.ServeAll(), rule(2)));
    return new Binder(Packets::octets)
        .bind(
            new SteeringPlan(List.of(), pools, names),
            table(backends.size()),
            Memory.NONE,
            basis,
            0);
  }

  private static HealthTable table(int backends) {
    var timing =
        new Timing(Duration.ofSeconds(10), Duration.ofSeconds(1), Duration.ofSeconds(1), 2, 3);
    var check = new Check.Tcp(null, OptionalInt.of(80), timing);
    var forced = new ArrayList<ForcedState>();
    for (int i = 0; i < 10 + backends; i++) {
      forced.add(i == 5 ? new ForcedState(Forced.DOWN, 0, Long.MAX_VALUE, Long.MAX_VALUE) : null);
    }
    return new HealthTable(
        List.of(new Target(address("192.0.2.30"), 80, check)),
        List.of(new TargetHealth(State.DOWN, 0, 0, null)),
        forced);
  }

  private static SteeredName name(int number, AllDown allDown, Rule... rules) {
    Pick pick =
        switch (number) {
          case 7 -> new Pick(Pick.By.ALL, 64);
          case 18 -> new Pick(Pick.By.STICKY, 1);
          case 19 -> new Pick(Pick.By.RANDOM, 1);
          default -> new Pick(Pick.By.WEIGHTED, 1);
        };
    return new SteeredName(
        STEERED.get(number) + ".example.com.",
        List.of(rules),
        pick,
        new TtlRange(15, 60),
        allDown,
        AllDown.ofZone(NODATA));
  }

  private static Rule rule(int pool, Cidr... cidr) {
    return new Rule(
        "rule", new Condition(List.of(cidr), List.of(), List.of()), To.pools(pool), false, null);
  }

  private static Rule fence(int pool, AllDown allDown) {
    return new Rule("rule", Condition.ALL, To.pools(pool), true, allDown);
  }

  private static Pool pool(String name, Backend... backends) {
    return new Pool(
        name,
        List.of(backends),
        new MinUp.Share(0.5),
        new FailbackHold.For(Duration.ZERO),
        BelowMinUp.SERVE_USABLE,
        null,
        Duration.ZERO,
        1);
  }

  private static Backend backend(int number, int target, String... addresses) {
    List<Endpoint> endpoints = new ArrayList<>();
    for (String address : addresses) {
      endpoints.add(new Endpoint(address(address), target, Integer.MAX_VALUE));
    }
    return new Backend("b" + number, number, number, 1, false, endpoints, Map.of(), null);
  }

  private static InetAddress address(String text) {
    return InetAddress.ofLiteral(text);
  }
}

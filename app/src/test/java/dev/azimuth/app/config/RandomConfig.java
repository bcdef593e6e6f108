package dev.azimuth.app.config;

import dev.azimuth.health.Check;
import dev.azimuth.health.Timing;
import dev.azimuth.resolver.Admission;
import dev.azimuth.resolver.RateLimit;
import dev.azimuth.resolver.TcpLimits;
import dev.azimuth.steering.AllDown;
import dev.azimuth.steering.Area;
import dev.azimuth.steering.BelowMinUp;
import dev.azimuth.steering.Cidr;
import dev.azimuth.steering.City;
import dev.azimuth.steering.FailbackHold;
import dev.azimuth.steering.MinUp;
import dev.azimuth.steering.Pick;
import dev.azimuth.steering.Point;
import dev.azimuth.steering.StickyPrefix;
import dev.azimuth.steering.TtlRange;
import java.math.BigDecimal;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Any valid configuration, by chance. */
final class RandomConfig {
  private final Random random;
  private final Path folder;
  private final Path parts;

  private RandomConfig(Random random, Path folder, Path parts) {
    this.random = random;
    this.folder = folder;
    this.parts = parts;
  }

  /**
   * @param parts the folder with ca.pem, probe.pem and probe-key.pem
   */
  static Config of(Random random, Path folder, Path parts) {
    return new RandomConfig(random, folder, parts).config();
  }

  private Config config() {
    Map<String, Check> checks = new LinkedHashMap<>();
    some(4).forEach(i -> checks.put(word("c", i), check()));
    List<String> single = List.copyOf(checks.keySet());
    Map<String, Combination> combinations = new LinkedHashMap<>();
    combinations.put("all-of", combination(single));
    combinations.put(
        "above",
        new Combination(
            List.of("all-of"), List.of(), Map.of(), List.of(single.getFirst()), List.of()));
    List<String> all = Stream.concat(single.stream(), combinations.keySet().stream()).toList();
    Map<String, Config.PoolConfig> pools = new LinkedHashMap<>();
    some(4).forEach(i -> pools.put(word("p", i), pool(word("p", i), all)));
    List<String> names = List.copyOf(pools.keySet());
    Map<String, List<Config.RuleConfig>> routes = new LinkedHashMap<>();
    some(3).forEach(i -> routes.put(word("r", i), route(word("r", i), names)));
    Map<String, Config.ZoneConfig> zones = new LinkedHashMap<>();
    some(3)
        .forEach(i -> zones.put("z" + i + ".example", zone("z" + i + ".example", names, routes)));
    for (Config.ZoneConfig zone : zones.values()) {
      for (Config.NameConfig name : zone.names().values()) {
        String pool = name.rules().getFirst().to().pools().getFirst();
        if (pool.startsWith("alias:")) {
          pools.put(pool, Config.PoolConfig.ofAlias(pool.substring("alias:".length())));
        }
      }
    }
    Map<String, BalancerConfig> balancers = new LinkedHashMap<>();
    some(3)
        .forEach(
            i ->
                balancers.put(word("l", i), RandomBalancer.of(random, word("l", i), names, parts)));
    balancers.replaceAll((name, each) -> each.with(allDown(each, pools)));
    balancers.forEach((name, each) -> pools.put("of-" + name, ofBalancer(name, each)));
    return new Config(
        List.of(),
        server(),
        new Config.Geo(List.of(folder.resolve("ci ty.mmdb"), folder.resolve("asn.mmdb"))),
        Map.of("inside", List.of(cidr())),
        health(),
        checks,
        combinations,
        pools,
        zones,
        balancers);
  }

  /** Of each list of pools what its first pool says. */
  private static List<AllDown> allDown(
      BalancerConfig balancer, Map<String, Config.PoolConfig> pools) {
    return balancer.to().stream()
        .map(to -> pools.get(to.getFirst()).allDown())
        .map(form -> form == null ? new AllDown.ServeAll() : form)
        .toList();
  }

  private Config.PoolConfig ofBalancer(String name, BalancerConfig balancer) {
    return new Config.PoolConfig(
        "of-" + name,
        flip() ? null : new Point(degrees(90), degrees(180)),
        null,
        new MinUp.Count(1),
        hold(),
        BelowMinUp.SERVE_USABLE,
        flip() ? null : allDown(false),
        new Config.PoolLimits(
            0, Duration.ZERO, 1, flip() ? OptionalInt.empty() : OptionalInt.of(7)),
        name,
        Map.of(name, Config.BackendConfig.of(name, balancer.advertise(), null)));
  }

  /** 1 to {@code most} numbers. */
  private List<Integer> some(int most) {
    List<Integer> numbers = new ArrayList<>();
    for (int i = random.nextInt(most); i >= 0; i--) {
      numbers.add(i);
    }
    return numbers;
  }

  /** A name, some of which YAML likes to misread. */
  private static String word(String prefix, int i) {
    List<String> odd = List.of("1", "no", "1e3", "0x1F", "null", "y", "e.u-1_a", "12");
    return i == 0 ? odd.get(prefix.charAt(0) % odd.size()) : prefix + i;
  }

  private boolean flip() {
    return random.nextBoolean();
  }

  private <T> T pick(List<T> from) {
    return from.get(random.nextInt(from.size()));
  }

  @SafeVarargs
  private <T> T any(Supplier<? extends T>... forms) {
    return forms[random.nextInt(forms.length)].get();
  }

  private ServerConfig server() {
    ServerConfig.Admin admin =
        flip()
            ? new ServerConfig.Admin(endpoint(), flip() ? folder.resolve("to ken\u00e9") : null)
            : null;
    return new ServerConfig(
        List.of(
            flip()
                ? new ServerConfig.Listen.Address(endpoint())
                : new ServerConfig.Listen.Interface(
                    "eth" + random.nextInt(10), random.nextInt(65536))),
        flip() ? OptionalInt.empty() : OptionalInt.of(1 + random.nextInt(64)),
        (1 << 16) + random.nextInt(1 << 20) * (flip() ? 1024 : 1),
        new TcpLimits(
            duration(100, 600_000),
            duration(100, 3_600_000),
            duration(100, 600_000),
            1024 + random.nextInt(1 << 20),
            1 + random.nextInt(1_000_000),
            1 + random.nextInt(1_000_000)),
        folder.resolve("state: dir"),
        admin,
        flip(),
        any(
            ServerConfig.Cookies.Off::new,
            ServerConfig.Cookies.Random::new,
            () -> new ServerConfig.Cookies.Shared(folder.resolve("secrets"))),
        new ServerConfig.Identity(
            any(ServerConfig.Told.Off::new, () -> new ServerConfig.Told.Text("0x00fF")),
            told(),
            told(),
            told()),
        flip() ? null : folder.resolve("salt"),
        flip() ? null : queryLog(),
        new ServerConfig.Access(
            flip() ? Admission.ANY : List.of(cidr()),
            flip() ? List.of() : List.of(cidr()),
            cidrs()),
        flip() ? null : rateLimit(),
        flip() ? null : new ServerConfig.DebugTold("whoami.example.com", List.of(cidr())));
  }

  private ServerConfig.QueryLog queryLog() {
    ServerConfig.LogFormat format = pick(List.of(ServerConfig.LogFormat.values()));
    return new ServerConfig.QueryLog(
        format,
        any(
            () -> new ServerConfig.LogTarget.File(folder.resolve("queries: log")),
            () -> new ServerConfig.LogTarget.Unix(Path.of("/run/queries.sock")),
            () ->
                new ServerConfig.LogTarget.Tcp(
                    new InetSocketAddress(v6(), 1 + random.nextInt(65535)))),
        1 + random.nextInt(999_999_999),
        format != ServerConfig.LogFormat.DNSTAP && flip());
  }

  private RateLimit rateLimit() {
    return new RateLimit(
        1 + random.nextInt(1_000_000),
        1 + random.nextInt(1_000_000),
        random.nextInt(11),
        1 + random.nextInt(32),
        1 + random.nextInt(64),
        cidrs());
  }

  private ServerConfig.Told told() {
    return any(
        ServerConfig.Told.Auto::new,
        ServerConfig.Told.Off::new,
        () -> new ServerConfig.Told.Text(pick(List.of("no", "fra1", "a \"b\"", "12", "\u00e9"))));
  }

  private InetSocketAddress endpoint() {
    return new InetSocketAddress(flip() ? v4() : v6(), random.nextInt(65536));
  }

  private Inet4Address v4() {
    return (Inet4Address) InetAddress.ofLiteral("192.0.2." + random.nextInt(256));
  }

  private Inet6Address v6() {
    String group = Integer.toHexString(random.nextInt(65536));
    return (Inet6Address) InetAddress.ofLiteral("2001:db8:" + (flip() ? ":" : "0:" + group + "::"));
  }

  private Duration duration(long leastMillis, long mostMillis) {
    long unit = pick(List.of(1L, 1000L, 60_000L, 3_600_000L));
    long millis = random.nextLong(leastMillis, mostMillis + 1) / unit * unit;
    return Duration.ofMillis(Math.max(millis, leastMillis));
  }

  private OptionalInt port() {
    return flip() ? OptionalInt.empty() : OptionalInt.of(1 + random.nextInt(65535));
  }

  private Check check() {
    Duration every = duration(100, 86_400_000);
    Timing timing =
        new Timing(
            every,
            duration(50, every.toMillis()),
            duration(10, 60_000),
            1 + random.nextInt(100),
            1 + random.nextInt(100),
            flip() ? null : new Timing.FallOf(1 + random.nextInt(32), 32 + random.nextInt(33)),
            flip()
                ? null
                : new Timing.HoldDown(
                    2 + random.nextInt(15),
                    duration(1_000, 604_800_000),
                    duration(1_000, 604_800_000)),
            flip() ? Duration.ZERO : duration(100, 86_400_000));
    return RandomCheck.of(random, flip() ? v4() : flip() ? v6() : null, port(), timing);
  }

  /** Of at least one check. */
  private Combination combination(List<String> of) {
    return new Combination(
        List.of(pick(of)),
        flip() ? of : List.of(),
        flip() ? Map.of(of.size(), of) : Map.of(),
        flip() ? List.of(pick(of)) : List.of(),
        flip() ? of : List.of());
  }

  private HealthConfig health() {
    return new HealthConfig(
        flip()
            ? List.of()
            : List.of(
                new HealthConfig.Anchor(v4(), OptionalInt.empty()),
                new HealthConfig.Anchor(v6(), port())),
        1 + random.nextInt(1000),
        1 + random.nextInt(100_000),
        flip()
            ? List.of()
            : List.of(
                new HealthConfig.Webhook(
                    URI.create("https://alerts.example.com:8443/a?b=%20"),
                    folder.resolve("hook: secret"))),
        new HealthConfig.HeartbeatListener(endpoint(), folder.resolve("beats")));
  }

  private double share() {
    return BigDecimal.valueOf(1 + random.nextInt(100_000)).movePointLeft(5).doubleValue();
  }

  private Config.PoolConfig pool(String name, List<String> checks) {
    Map<String, Config.BackendConfig> backends = new LinkedHashMap<>();
    some(4).forEach(i -> backends.put(word("b", i), backend(word("b", i))));
    int ordinary = (int) backends.values().stream().filter(b -> !b.standby()).count();
    MinUp minUp = any(() -> new MinUp.Share(share()), () -> new MinUp.Weight(share()));
    if (ordinary > 0 && flip()) {
      minUp = new MinUp.Count(1 + random.nextInt(ordinary));
    }
    return new Config.PoolConfig(
        name,
        new Point(degrees(90), degrees(180)),
        flip() ? null : pick(checks),
        minUp,
        hold(),
        pick(List.of(BelowMinUp.values())),
        flip() ? null : allDown(false),
        limits(),
        null,
        backends);
  }

  private FailbackHold hold() {
    return any(
        FailbackHold.Manual::new,
        () -> new FailbackHold.For(duration(0, Duration.ofDays(7).toMillis())));
  }

  private Config.BackendConfig backend(String name) {
    List<InetAddress> addresses =
        any(() -> List.of(v4()), () -> List.of(v6()), () -> List.of(v6(), v4()), List::of);
    String host = addresses.isEmpty() ? pick(List.of("lb.example.net", "42", "off")) : null;
    Map<String, List<InetAddress>> inside =
        host != null || flip() ? Map.of() : Map.of("inside", List.of(v4()));
    return new Config.BackendConfig(
        name,
        addresses,
        inside,
        host,
        1 + random.nextInt(1_000_000),
        flip(),
        any(() -> null, () -> new Config.CheckChoice(null), () -> new Config.CheckChoice("all-of")),
        port(),
        flip() ? List.of() : List.of("blue", "x-" + random.nextInt(9)),
        flip() ? null : pick(List.of("rack1", "no", "12")),
        flip() ? null : new Point(degrees(90), degrees(180)));
  }

  private Config.PoolLimits limits() {
    return new Config.PoolLimits(
        flip() ? 0 : share(),
        duration(0, Duration.ofHours(1).toMillis()),
        flip() ? 1 : share(),
        flip() ? OptionalInt.empty() : OptionalInt.of(1 + random.nextInt(1_000_000)));
  }

  private AllDown allDown(boolean apex) {
    if (!apex && random.nextInt(5) == 0) {
      return new AllDown.Cname("status.example.net.");
    }
    return any(
        AllDown.ServeAll::new,
        AllDown.LastGood::new,
        AllDown.NoData::new,
        AllDown.ServFail::new,
        () -> new AllDown.Address(v4(), flip() ? v6() : null),
        () -> new AllDown.Address(null, v6()));
  }

  private Config.Match match() {
    return new Config.Match(
        List.of(cidr(), cidr()),
        flip() ? List.of() : List.of(cidr()),
        flip() ? List.of() : List.of("inside"),
        any(() -> Area.ANYWHERE, () -> area(true), () -> area(false)));
  }

  private Area area(boolean unknown) {
    return new Area(
        unknown || flip() ? Set.of() : Set.of("EU", "AF"),
        unknown || flip() ? Set.of() : Set.of("NO", "XK"),
        unknown || flip() ? Set.of() : Set.of("US-CA", "FR-75"),
        unknown || flip()
            ? List.of()
            : List.of(new City("S\u00e3o Paulo: \"\u0130\"", 0), new City("", 4930956)),
        flip() ? Set.of() : Set.of(1L, 4_294_967_295L),
        unknown);
  }

  private double degrees(int most) {
    return flip() ? most : random.nextInt(-most * 1000, most * 1000) / 1000.0;
  }

  private Config.To to(List<String> pools) {
    List<String> left = new ArrayList<>(pools);
    java.util.Collections.shuffle(left, random);
    if (random.nextInt(4) == 0) {
      return new Config.To.Nearest(left, 1 + random.nextInt(64));
    }
    List<Config.StepConfig> steps = new ArrayList<>();
    while (steps.isEmpty() || (!left.isEmpty() && flip())) {
      Map<String, Integer> shares = new LinkedHashMap<>();
      while (shares.isEmpty() || (!left.isEmpty() && random.nextInt(4) == 0)) {
        shares.put(left.removeLast(), 1);
      }
      if (shares.size() > 1) {
        shares.replaceAll((pool, one) -> 1 + random.nextInt(1_000_000));
      }
      boolean sticky = shares.size() > 1 && flip();
      steps.add(
          new Config.StepConfig(
              shares,
              sticky ? new StickyPrefix(1 + random.nextInt(32), 1 + random.nextInt(128)) : null));
    }
    return new Config.To.Ordered(List.copyOf(steps));
  }

  private List<Cidr> cidrs() {
    return flip() ? List.of() : List.of(cidr(), cidr());
  }

  private Cidr cidr() {
    int length = random.nextInt(33);
    long low = length == 0 ? 0 : random.nextLong(1L << length) << (32 - length);
    return flip()
        ? new Cidr(true, 0, low, length)
        : new Cidr(false, 0x20010db8_00000000L | low >>> 32, low << 32, 96);
  }

  private List<Config.RuleConfig> route(String name, List<String> pools) {
    List<Config.RuleConfig> rules = new ArrayList<>();
    int conditional = random.nextInt(3);
    for (int i = 0; i <= conditional; i++) {
      boolean last = i == conditional;
      rules.add(
          new Config.RuleConfig(
              "routes." + name + "[" + i + "]",
              last ? Config.Match.ALL : match(),
              to(pools),
              flip(),
              flip() ? null : allDown(true)));
    }
    return rules;
  }

  private Config.ZoneConfig zone(
      String origin, List<String> pools, Map<String, List<Config.RuleConfig>> routes) {
    Map<String, Config.NameConfig> names = new LinkedHashMap<>();
    for (String owner : List.of("@", "*", "www", "*.app", "12", "no", "_x._tcp.a")) {
      if (flip()) {
        names.put(owner, name(origin, owner, pools, routes));
      }
    }
    int lower = 1 + random.nextInt(1000);
    String records =
        pick(
            List.of(
                "@ SOA a b 0 1 1 1 1\n\n@ NS \"x\" ; y: z\n",
                "@ NS a",
                " begins with a space\n",
                "\n\nempty lines before\n",
                "two at the end\n\n",
                "tab\tand \u00e9\ud83d\ude00 \u2028 \\ \" '\n"));
    return new Config.ZoneConfig(
        origin,
        records,
        "",
        1,
        0,
        folder,
        new TtlRange(lower, lower + random.nextInt(600_000)),
        random.nextInt(604_801),
        random.nextInt(86_401),
        AllDown.ofZone(allDown(true)),
        names);
  }

  private Pick way() {
    Pick.By by = pick(List.of(Pick.By.values()));
    return new Pick(
        by,
        1 + random.nextInt(64),
        by == Pick.By.ALL ? Pick.Groups.MIXED : pick(List.of(Pick.Groups.values())),
        by == Pick.By.STICKY || by == Pick.By.NEAREST
            ? new StickyPrefix(1 + random.nextInt(32), 1 + random.nextInt(128))
            : null);
  }

  private Config.NameConfig name(
      String origin,
      String owner,
      List<String> pools,
      Map<String, List<Config.RuleConfig>> routes) {
    boolean apex = owner.equals("@");
    String absolute = (apex ? "" : owner + ".") + origin + ".";
    if (random.nextInt(4) == 0) {
      return new Config.NameConfig(
          absolute,
          List.of(
              new Config.RuleConfig(
                  "zones." + origin + ".names." + owner + ".alias",
                  Config.Match.ALL,
                  Config.To.pool("alias:lb" + random.nextInt(2) + ".example.net"),
                  false,
                  null)),
          Config.NameConfig.ALIAS_PICK,
          null,
          flip());
    }
    List<Config.RuleConfig> own =
        List.of(
            new Config.RuleConfig(
                "zones." + origin + ".names." + owner + ".to",
                Config.Match.ALL,
                to(pools),
                false,
                null));
    return new Config.NameConfig(
        absolute,
        flip() ? own : pick(List.copyOf(routes.values())),
        way(),
        apex || flip() ? allDown(true) : null,
        flip());
  }
}

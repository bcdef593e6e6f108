package dev.azimuth.app.config;

import dev.azimuth.balancer.Listen;
import dev.azimuth.balancer.Listen.Protocol;
import dev.azimuth.balancer.Settings;
import dev.azimuth.balancer.Settings.By;
import dev.azimuth.steering.Cidr;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Any balancer that can be written, by chance. */
final class RandomBalancer {
  private static final List<Cidr> SOME =
      List.of(new Cidr(true, 0, 0xc0000200L, 24), new Cidr(false, 0x20010db8_00000000L, 0, 32));

  private final Random random;
  private final boolean tcp;

  private RandomBalancer(Random random) {
    this.random = random;
    tcp = random.nextInt(3) > 0;
  }

  /**
   * @param pools at least one, all of backends
   * @param parts the folder with ca.pem, probe.pem and probe-key.pem
   */
  static BalancerConfig of(Random random, String name, List<String> pools, Path parts) {
    return new RandomBalancer(random).balancer(name, pools, parts);
  }

  private boolean flip() {
    return random.nextBoolean();
  }

  private <T> T pick(List<T> from) {
    return from.get(random.nextInt(from.size()));
  }

  private Duration duration(long least, long most) {
    return Duration.ofMillis(random.nextLong(least, most + 1));
  }

  private double share(int least, int most) {
    return BigDecimal.valueOf(least + random.nextInt(most - least)).movePointLeft(5).doubleValue();
  }

  private List<Settings.Match> matches() {
    List<Settings.Match> matches = new ArrayList<>();
    while (tcp && flip()) {
      matches.add(
          flip()
              ? new Settings.Match(List.of("*.example.com", "no"), flip() ? List.of() : alpn())
              : new Settings.Match(List.of(), alpn()));
    }
    return matches;
  }

  private static List<String> alpn() {
    return List.of("h2", "http/1.1", "12");
  }

  private BalancerConfig balancer(String name, List<String> pools, Path parts) {
    int port = random.nextInt(65536);
    InetAddress at = InetAddress.ofLiteral(flip() ? "203.0.113.10" : "2001:db8::10");
    List<Settings.Match> matches = matches();
    Settings.Termination tls = tcp && flip() ? tls(parts) : null;
    Settings settings =
        new Settings(
            name,
            List.of(new Listen(tcp ? Protocol.TCP : Protocol.UDP, new InetSocketAddress(at, port))),
            way(),
            matches,
            new Settings.Access(SOME, flip() ? List.of() : SOME, tcp && flip() ? SOME : List.of()),
            limits(),
            times(),
            flip() ? List.of() : List.of(at instanceof java.net.Inet6Address ? at : v4()),
            tcp ? 1 + random.nextInt(16) : 3,
            flip() ? passive() : new Settings.Passive(0, seconds(10), seconds(300), 0.5),
            share(0, 100_001),
            pick(List.of(Settings.WhenDown.values())),
            tcp ? pick(List.of(Settings.ProxyHeader.values())) : Settings.ProxyHeader.NONE,
            tls,
            tcp && flip() ? onward(tls != null, parts) : null,
            flip() ? 0 : 1 + random.nextInt(1000));
    List<List<String>> to = new ArrayList<>();
    for (int i = 0; i <= matches.size(); i++) {
      to.add(pools.subList(random.nextInt(pools.size()), pools.size()));
    }
    return new BalancerConfig(
        settings,
        to,
        1 + random.nextInt(to.getFirst().size()),
        OptionalInt.of(port == 0 || flip() ? 1 + random.nextInt(65535) : port),
        List.of(v4(), InetAddress.ofLiteral("2001:db8::1")),
        List.of());
  }

  private static InetAddress v4() {
    return InetAddress.ofLiteral("198.51.100.10");
  }

  private static Duration seconds(int seconds) {
    return Duration.ofSeconds(seconds);
  }

  private Settings.Pick way() {
    By by = pick(List.of(By.values()));
    return by == By.STICKY
        ? new Settings.Pick(
            by,
            flip() ? 0 : share(101_000, 900_000),
            1 + random.nextInt(32),
            1 + random.nextInt(128))
        : Settings.Pick.by(by);
  }

  private int count() {
    return flip() ? Settings.Limits.NONE : 1 + random.nextInt(1_000_000);
  }

  private Settings.Limits limits() {
    boolean rate = flip();
    return new Settings.Limits(
        1 + random.nextInt(1_000_000),
        count(),
        tcp ? random.nextInt(100_001) : 0,
        count(),
        rate ? OptionalInt.of(1 + random.nextInt(1000)) : OptionalInt.empty(),
        rate ? 1 + random.nextInt(1000) : 0);
  }

  private Settings.Times times() {
    Duration idle = duration(100, 604_800_000);
    Duration drain = duration(0, 604_800_000);
    Duration none = Duration.ZERO;
    return tcp
        ? new Settings.Times(
            duration(10, 600_000),
            duration(1, 600_000),
            duration(10, 600_000),
            idle,
            duration(100, 604_800_000),
            flip() ? none : duration(1000, 604_800_000),
            drain,
            flip() ? none : duration(1000, 86_400_000),
            flip() ? none : duration(100, 3_600_000))
        : new Settings.Times(
            seconds(3), seconds(1), seconds(5), idle, seconds(30), none, drain, seconds(60), none);
  }

  private Settings.Passive passive() {
    Duration eject = duration(100, 86_400_000);
    return new Settings.Passive(
        1 + random.nextInt(1000), eject, eject.multipliedBy(7), share(1, 100_001));
  }

  private Settings.Termination tls(Path parts) {
    return new Settings.Termination(
        List.of(Pem.identity(parts.resolve("probe.pem"), parts.resolve("probe-key.pem"))),
        flip(),
        flip() ? Set.of("TLSv1.2", "TLSv1.3") : Set.of("TLSv1.3"),
        flip() ? List.of() : alpn());
  }

  private Settings.Onward onward(boolean named, Path parts) {
    @Nullable String name = named && flip() ? null : "origin.internal";
    boolean verify = flip();
    return new Settings.Onward(
        name, verify && flip() ? Pem.authority(parts.resolve("ca.pem")) : null, verify);
  }
}

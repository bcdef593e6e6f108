package dev.azimuth.bench;

import dev.azimuth.app.host.EchoSockets;
import dev.azimuth.app.node.SteadyClock;
import dev.azimuth.health.Check;
import dev.azimuth.health.Heartbeats;
import dev.azimuth.health.Octets;
import dev.azimuth.health.Prober;
import dev.azimuth.health.State;
import dev.azimuth.health.Target;
import dev.azimuth.health.TargetHealth;
import dev.azimuth.health.Timing;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Probes backends that are all well, over a network that loses packets: prints a line for each kind
 * of check. The loss is made by whoever runs this.
 */
@Command(
    name = "loss",
    description = "Counts failed probes and changes of state of backends that are well.",
    mixinStandardHelpOptions = true)
final class LossCommand implements Callable<Integer> {
  /** As it is by default, but for the interval. */
  private static final Timing TIMING =
      new Timing(
          Duration.ofSeconds(1),
          Duration.ofSeconds(1),
          Duration.ofSeconds(2),
          /* rise= */ 2,
          /* fall= */ 3);

  private static final int BACKLOG = 4096;
  private static final int MOST_AT_ONCE = 4000;
  private static final int DATAGRAMS = 3;
  private static final int TYPE_A = 1;

  @Option(names = "--loss", description = "of packets, which is there; ${DEFAULT-VALUE}")
  private double loss = 0.01;

  @Option(names = "--streams", description = "probes by TCP and HTTP; ${DEFAULT-VALUE}")
  private int streams = 1_000_000;

  @Option(names = "--datagrams", description = "by UDP, DNS and ICMP; ${DEFAULT-VALUE}")
  private int datagrams = 300_000;

  @Option(names = "--seconds", description = "over which they are spread; ${DEFAULT-VALUE}")
  private int seconds = 250;

  @Option(names = "--seed", description = "of what is random; ${DEFAULT-VALUE}")
  private long seed = 1;

  /** By what is probed. */
  private enum Kind {
    TCP,
    HTTP,
    UDP,
    DNS,
    PING;

    static final List<Kind> STREAMS = List.of(TCP, HTTP);
    static final List<Kind> DATAGRAMS = List.of(UDP, DNS, PING);
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    EventLoopGroup group =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("backend", true), NioIoHandler.newFactory());
    InetAddress any = InetAddress.ofLiteral("0.0.0.0");
    try (Backend stream = new Backend(group.next(), any, BACKLOG, null);
        Echoer datagram = new Echoer(new InetSocketAddress(any, 0))) {
      Map<Kind, Tally> tallies = probe(stream.address().getPort(), datagram.port());
      tallies.forEach(
          (kind, tally) ->
              System.out.printf(
                  "check=%s %s%n",
                  kind.name().toLowerCase(Locale.ROOT), tally.words(expected(kind))));
    } finally {
      group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(1, TimeUnit.SECONDS);
    }
    return 0;
  }

  /** Until there are enough probes of every kind. */
  private Map<Kind, Tally> probe(int stream, int datagram)
      throws IOException, InterruptedException {
    CountDownLatch enough = new CountDownLatch(Kind.values().length);
    Map<Kind, Tally> tallies = new EnumMap<>(Kind.class);
    Map<Target, Tally> byTarget = new HashMap<>();
    Map<Target, TargetHealth> up = new HashMap<>();
    for (Kind kind : Kind.values()) {
      boolean streamed = Kind.STREAMS.contains(kind);
      int wanted = streamed ? streams / Kind.STREAMS.size() : datagrams / Kind.DATAGRAMS.size();
      Tally tally = new Tally(wanted, enough);
      tallies.put(kind, tally);
      for (int i = 0; i < Math.ceilDiv(wanted, seconds); i++) {
        byte[] address = {127, 1, (byte) (up.size() >> 8), (byte) up.size()};
        Target target =
            new Target(
                InetAddress.getByAddress(address),
                kind == Kind.PING ? 0 : streamed ? stream : datagram,
                check(kind));
        byTarget.put(target, tally);
        up.put(target, new TargetHealth(State.UP, 0, 0, null));
      }
    }
    try (EchoSockets echo = new EchoSockets();
        Prober prober =
            new Prober(
                new SteadyClock(),
                System::currentTimeMillis,
                new Random(seed),
                (target, result, _) ->
                    Objects.requireNonNull(byTarget.get(target)).heard(target, result),
                new Prober.Settings("bench", MOST_AT_ONCE, 1, null),
                echo,
                new Heartbeats())) {
      prober.watch(up);
      enough.await();
    }
    return tallies;
  }

  private static Check check(Kind kind) {
    OptionalInt port = OptionalInt.empty(); // the target's
    return switch (kind) {
      case TCP -> new Check.Tcp(null, port, TIMING);
      case HTTP -> Detection.check(null, TIMING);
      case UDP -> new Check.Udp(Octets.utf8("ping"), null, null, port, TIMING);
      case DNS ->
          new Check.Dns(
              PeerKeys.NAME, TYPE_A, List.of(), Echoer.REFUSED, false, null, port, TIMING);
      case PING -> new Check.Ping(null, TIMING);
    };
  }

  /** The part of the probes that fail. */
  private double expected(Kind kind) {
    double exchange = 1 - (1 - loss) * (1 - loss); // the question is lost, or the answer
    return switch (kind) {
      // The first packet of one side, and what follows after 1 s (RFC 6298, section 2); if only the
      // answer was lost, both sides repeat. No third is in time; what is lost later is repaired.
      case TCP, HTTP -> loss * exchange + (1 - loss) * loss * loss * exchange;
      case UDP, DNS, PING -> Math.pow(exchange, DATAGRAMS);
    };
  }
}

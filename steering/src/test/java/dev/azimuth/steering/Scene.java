package dev.azimuth.steering;

import dev.azimuth.health.Check;
import dev.azimuth.health.Forced;
import dev.azimuth.health.ForcedState;
import dev.azimuth.health.HealthTable;
import dev.azimuth.health.State;
import dev.azimuth.health.Target;
import dev.azimuth.health.TargetHealth;
import dev.azimuth.health.Timing;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/** A small world to bind: pools of backends, names, and what is known of them; and its clock. */
final class Scene {
  static final Timing TIMING =
      new Timing(Duration.ofSeconds(10), Duration.ofSeconds(1), Duration.ofSeconds(2), 2, 3);

  final List<View> views = new ArrayList<>();
  final List<Pool> pools = new ArrayList<>();
  final List<SteeredName> names = new ArrayList<>();
  final List<Forward> forwards = new ArrayList<>();
  final List<Target> targets = new ArrayList<>();
  final List<TargetHealth> health = new ArrayList<>();
  final List<ForcedState> forced = new ArrayList<>();
  final Map<String, Integer> numbers = new HashMap<>();
  final Binder binder = new Binder(name -> name.getBytes(StandardCharsets.US_ASCII));
  Memory memory = Memory.NONE;
  Basis basis = new Basis.Live();
  long now = 1_000_000;
  TtlRange ttl = new TtlRange(15, 60);
  Pick pick = new Pick(Pick.By.WEIGHTED, 1);
  Duration slowStart = Duration.ZERO;
  double maxEject = 1;
  private SteeringPlan plan;

  /** One backend: its name, its weight, its addresses. */
  record B(String name, int weight, boolean standby, List<String> addresses) {}

  static B b(String name, String... addresses) {
    return new B(name, 1, false, List.of(addresses));
  }

  static B b(String name, int weight, String... addresses) {
    return new B(name, weight, false, List.of(addresses));
  }

  static B spare(String name, String... addresses) {
    return new B(name, 1, true, List.of(addresses));
  }

  Scene pool(String name, B... backends) {
    return pool(
        name,
        new MinUp.Share(0.5),
        new FailbackHold.For(Duration.ofSeconds(60)),
        BelowMinUp.SERVE_USABLE,
        null,
        backends);
  }

  Scene pool(
      String name,
      MinUp minUp,
      FailbackHold hold,
      BelowMinUp belowMinUp,
      AllDown allDown,
      B... backends) {
    List<Backend> list = new ArrayList<>();
    for (B b : backends) {
      List<Endpoint> endpoints = new ArrayList<>();
      for (String address : b.addresses) {
        endpoints.add(new Endpoint(address(address), targets.size(), Integer.MAX_VALUE));
        numbers.put(address, targets.size());
        Check check = new Check.Tcp(null, OptionalInt.of(80), TIMING);
        targets.add(new Target(address(address), 80, check));
        health.add(new TargetHealth(State.UP, 0, 0, null));
      }
      numbers.put(name + "/" + b.name, forced.size());
      int number = forced.size();
      list.add(new Backend(b.name, number, number, b.weight, b.standby, endpoints, Map.of(), null));
      forced.add(null);
    }
    Nearness nearness = pick.by() == Pick.By.NEAREST ? atOnePlace(list) : null;
    pools.add(
        new Pool(
            name, list, minUp, hold, belowMinUp, allDown, slowStart, maxEject, false, nearness));
    return this;
  }

  /** All backends are equally near to everybody, so that clients stick to them. */
  static Nearness atOnePlace(List<Backend> backends) {
    return new Nearness.Maker(Places.NONE)
        .of(backends.stream().collect(Collectors.toMap(Backend::name, b -> new Point(50, 8))));
  }

  /** A name with one rule that lists these pools. */
  Scene name(String name, AllDown allDown, Integer... to) {
    return name(name, allDown, false, to);
  }

  Scene name(String name, AllDown allDown, boolean fence, Integer... to) {
    Rule rule = new Rule("names." + name + ".to", Condition.ALL, To.pools(to), fence, null);
    names.add(
        new SteeredName(
            name, List.of(rule), pick, ttl, allDown, AllDown.ofZone(new AllDown.ServeAll())));
    return this;
  }

  Scene set(State state, String... addresses) {
    for (String address : addresses) {
      health.set(numbers.get(address), new TargetHealth(state, 0, now, null));
    }
    return this;
  }

  Scene failing(String address) {
    health.set(numbers.get(address), new TargetHealth(State.UP, 1, 0, null));
    return this;
  }

  Scene force(Forced state, String backend) {
    return force(state, backend, Long.MAX_VALUE);
  }

  Scene force(Forced state, String backend, long until) {
    forced.set(
        numbers.get(backend),
        state == null ? null : new ForcedState(state, 0, until, Long.MAX_VALUE));
    return this;
  }

  Bound bind() {
    Bound bound = binder.bind(plan(), table(), memory, basis, now);
    memory = bound.memory();
    return bound;
  }

  /** What the next binding will say that connections are forwarded to. */
  Forwarding foreseen(int forward) {
    return binder.forwarding(plan(), forward, table(), memory, basis, now);
  }

  private HealthTable table() {
    return new HealthTable(targets, health, forced);
  }

  private SteeringPlan plan() {
    if (plan == null) {
      SteeringPlan steered = new SteeringPlan(views, pools, names);
      plan =
          new SteeringPlan(
              steered.views(),
              steered.pools(),
              steered.names(),
              steered.routes(),
              steered.salt(),
              forwards);
    }
    return plan;
  }

  /** What one query of the only name gets, and why. */
  Answer ask(Family family) {
    return new Asking(bind()).ask(0, family);
  }

  Answer ask() {
    return ask(Family.V4);
  }

  /**
   * @param addresses sorted as given
   */
  record Answer(Decision.Kind kind, List<String> addresses, int ttl, Reason reason, int scope) {}

  /** One worker that asks. */
  static final class Asking {
    final Turns turns;
    final Decision decision = new Decision();
    final Asker asker = new Asker();
    final Steering steering;

    Asking(Bound bound) {
      this(bound, 7);
    }

    Asking(Bound bound, long seed) {
      turns = new Turns(seed);
      steering = bound.steering();
      turns.fit(steering);
      asker.sourceV4 = true;
      asker.sourceLow = 0x0a000001L;
    }

    Answer ask(int name, Family family) {
      steering.decide(name, family, asker, turns, decision);
      return answer(family);
    }

    /** As for one more message. */
    Asking draw() {
      asker.draw += 0x9e3779b9;
      return this;
    }

    Answer beside(int name, Family family) {
      steering.beside(name, family, asker, decision);
      return answer(family);
    }

    Answer every(int name, Family family) {
      steering.every(name, family, asker, decision);
      return answer(family);
    }

    private Answer answer(Family family) {
      List<String> addresses = new ArrayList<>();
      if (decision.kind() == Decision.Kind.ADDRESSES) {
        for (int i = 0; i < decision.octets().length; i += family.octets()) {
          byte[] octets = java.util.Arrays.copyOfRange(decision.octets(), i, i + family.octets());
          try {
            addresses.add(InetAddress.getByAddress(octets).getHostAddress());
          } catch (UnknownHostException e) {
            throw new AssertionError(e);
          }
        }
      }
      return new Answer(
          decision.kind(), addresses, decision.ttl(), decision.reason(), decision.scope);
    }
  }

  static InetAddress address(String text) {
    return InetAddress.ofLiteral(text);
  }

  static AllDown.Address fixed(String v4, String v6) {
    return new AllDown.Address(
        v4 == null ? null : (Inet4Address) address(v4),
        v6 == null ? null : (Inet6Address) address(v6));
  }
}

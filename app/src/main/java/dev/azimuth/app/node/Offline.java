package dev.azimuth.app.node;

import dev.azimuth.app.node.Node.Refused;
import dev.azimuth.health.Forced;
import dev.azimuth.health.ForcedState;
import dev.azimuth.health.Formula;
import dev.azimuth.health.HealthTable;
import dev.azimuth.health.State;
import dev.azimuth.health.Target;
import dev.azimuth.health.TargetHealth;
import dev.azimuth.health.Verdict;
import dev.azimuth.steering.Backend;
import dev.azimuth.steering.Basis;
import dev.azimuth.steering.Binder;
import dev.azimuth.steering.Bound;
import dev.azimuth.steering.Endpoint;
import dev.azimuth.steering.Explanation;
import dev.azimuth.steering.Memory;
import dev.azimuth.steering.Pool;
import dev.azimuth.steering.Slots;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Answers of a configuration that does not run: every check succeeds but those named. */
public final class Offline {
  private static final ForcedState ORDERED_DOWN =
      new ForcedState(Forced.DOWN, 0, Long.MAX_VALUE, Long.MAX_VALUE);

  private Offline() {}

  /**
   * @param down backends that are taken to be down, as {@link #bound}
   * @throws Refused as {@link Node#explain}, and for a backend that does not exist
   */
  public static Explanation explain(
      Loading.Whole whole,
      List<String> down,
      String name,
      boolean v4,
      @Nullable String client,
      @Nullable String subnet)
      throws Refused {
    return Questions.explain(
        whole, bound(Plan.of(whole, Map.of(), new Slots()), down), name, v4, client, subnet);
  }

  /**
   * The answers that a configuration comes to. Nothing is resolved: every host name is taken to
   * have one IPv4 address of its own.
   *
   * @param down backends whose checks are taken to fail, as orders name them: {@code pool/backend},
   *     a pool, a pattern, a tag, or a backend's name alone where that is unambiguous. Those
   *     without a check are taken to be ordered down
   * @throws Refused for a backend that does not exist
   */
  public static Bound bound(Loading.Whole whole, List<String> down) throws Refused {
    Map<String, Resolved> addresses = new HashMap<>();
    for (String host : Plan.hosts(whole.config())) {
      addresses.put(host, new Resolved(List.of(stand(addresses.size())), Integer.MAX_VALUE));
    }
    return bound(Plan.of(whole, addresses, new Slots()), down);
  }

  /** An address that stands for a host: nobody has one that is reserved for future use. */
  private static InetAddress stand(int number) {
    byte[] octets = ByteBuffer.allocate(4).putInt(0xf0000000 + number).array();
    try {
      return InetAddress.getByAddress(octets);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("four octets are an address", e);
    }
  }

  private static Bound bound(Plan plan, List<String> named) throws Refused {
    Set<Integer> failing = new HashSet<>();
    for (String said : named) {
      try {
        for (int backend : plan.roster().matching(plan.roster().resolve(said))) {
          failing.add(backend);
        }
      } catch (IllegalArgumentException e) {
        throw new Refused(String.valueOf(e.getMessage()), Refused.Kind.QUESTION);
      }
    }
    Set<Integer> fallen = new HashSet<>();
    Set<Integer> unchecked = new HashSet<>();
    for (Pool pool : plan.steering().pools()) {
      for (Backend backend : pool.backends()) {
        if (failing.contains(backend.number())) {
          for (Endpoint endpoint : backend.endpoints()) {
            if (endpoint.verdict() >= 0) {
              fallen.add(endpoint.verdict());
            } else {
              unchecked.add(backend.number());
            }
          }
        }
      }
    }
    List<@Nullable ForcedState> forced = new ArrayList<>();
    for (int backend = 0; backend < plan.roster().size(); backend++) {
      forced.add(unchecked.contains(backend) ? ORDERED_DOWN : null);
    }
    HealthTable table = HealthTable.given(verdicts(plan, fallen), forced);
    Binder binder = new Binder(Questions::octets);
    Basis basis = new Basis.Live();
    Set<Target> told = new HashSet<>();
    for (Plan.Tier tier : plan.balancers().values()) {
      if (!tier.usable(
          binder.forwarding(plan.steering(), tier.forward(), table, Memory.NONE, basis, 0))) {
        told.addAll(tier.told());
      }
    }
    for (int i = 0; i < plan.verdicts().size() && !told.isEmpty(); i++) {
      if (plan.verdicts().get(i) instanceof Formula.One(int target)
          && told.contains(plan.targets().get(target))) {
        fallen.add(i);
      }
    }
    HealthTable last = told.isEmpty() ? table : HealthTable.given(verdicts(plan, fallen), forced);
    return binder.bind(plan.steering(), last, Memory.NONE, basis, 0);
  }

  private static List<Verdict> verdicts(Plan plan, Set<Integer> fallen) {
    TargetHealth up = new TargetHealth(State.UP, 0, 0, null);
    TargetHealth down = up.settled(State.DOWN);
    return IntStream.range(0, plan.verdicts().size())
        .mapToObj(i -> plan.judge(i, target -> fallen.contains(i) ? down : up))
        .toList();
  }
}

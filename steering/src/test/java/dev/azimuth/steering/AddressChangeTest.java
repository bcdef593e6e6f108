package dev.azimuth.steering;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.health.ForcedState;
import dev.azimuth.health.HealthTable;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * A plan whose names are those of the one before, but where a host name resolves to something else.
 */
class AddressChangeTest {
  private final Binder binder = new Binder(name -> new byte[0]);
  private final List<SteeredName> names =
      List.of(name("a.example.com.", 0), name("b.example.com.", 1));

  private static SteeredName name(String name, int pool) {
    Rule rule = new Rule(name, Condition.ALL, To.pools(pool), false, null);
    return new SteeredName(
        name,
        List.of(rule),
        new Pick(Pick.By.ALL, 16),
        new TtlRange(15, 60),
        null,
        AllDown.ofZone(new AllDown.ServFail()));
  }

  private static Pool pool(String name, int number, int ttl, String... addresses) {
    List<Endpoint> endpoints =
        List.of(addresses).stream()
            .map(address -> new Endpoint(InetAddress.ofLiteral(address), -1, ttl))
            .toList();
    return new Pool(
        name,
        List.of(new Backend(name, number, number, 1, false, endpoints, Map.of(), null)),
        new MinUp.Count(1),
        new FailbackHold.For(Duration.ZERO),
        BelowMinUp.SERVE_USABLE,
        null,
        Duration.ZERO,
        1);
  }

  private Bound bind(SteeringPlan plan) {
    List<@Nullable ForcedState> none = Collections.nCopies(2, null);
    return binder.bind(
        plan, new HealthTable(List.of(), List.of(), none), Memory.NONE, new Basis.Live(), 1);
  }

  @Test
  void bindsWhatUsesTheHostAnewAndNothingElse() {
    Pool other = pool("p1", 1, 300, "192.0.2.8");
    SteeringPlan before =
        new SteeringPlan(
            List.of(), List.of(pool("p0", 0, 300, "192.0.2.1", "192.0.2.2"), other), names);
    Bound first = bind(before);
    Scene.Asking asking = new Scene.Asking(first);
    assertThat(asking.ask(0, Family.V4).addresses()).containsExactly("192.0.2.1", "192.0.2.2");
    assertThat(asking.ask(0, Family.V4).ttl()).isEqualTo(60);

    Bound next =
        bind(
            new SteeringPlan(
                List.of(), List.of(pool("p0", 0, 20, "192.0.2.3"), other), before.names()));
    Scene.Answer answer = new Scene.Asking(next).ask(0, Family.V4);
    assertThat(answer.addresses()).containsExactly("192.0.2.3");
    assertThat(answer.ttl()).isEqualTo(20);
    assertThat(next.bindings[1][0]).isSameAs(first.bindings[1][0]);
    assertThat(next.bindings[0][0]).isNotSameAs(first.bindings[0][0]);
    assertThat(next.changesSince(first)).as("the same pool for the same reason").isEmpty();
  }

  @Test
  void aFamilyThatAHostDoesNotHaveIsAbsentForNoLongerThanItsTtl() {
    Bound bound =
        bind(
            new SteeringPlan(
                List.of(), List.of(pool("p0", 0, 20, "192.0.2.3"), pool("p1", 1, 300)), names));
    Scene.Asking asking = new Scene.Asking(bound);
    assertThat(asking.ask(0, Family.V6).kind()).isEqualTo(Decision.Kind.NODATA);
    assertThat(asking.ask(0, Family.V6).ttl()).isEqualTo(20);
    for (Family family : Family.values()) {
      assertThat(asking.ask(1, family).kind())
          .as("without any address")
          .isEqualTo(Decision.Kind.SERVFAIL);
    }
  }
}

package dev.azimuth.app.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.azimuth.app.node.Node.Refused;
import dev.azimuth.app.node.Node.Start;
import dev.azimuth.app.node.Node.Wish;
import dev.azimuth.app.orders.Given;
import dev.azimuth.app.orders.Ground;
import dev.azimuth.app.orders.Order;
import dev.azimuth.app.orders.Orders;
import dev.azimuth.app.orders.Preview;
import dev.azimuth.app.orders.Preview.NameEffect;
import dev.azimuth.app.orders.Preview.PoolEffect;
import dev.azimuth.app.orders.Roster;
import dev.azimuth.app.orders.Roster.Entry;
import dev.azimuth.app.orders.Says;
import dev.azimuth.health.Forced;
import dev.azimuth.health.HealthTable;
import dev.azimuth.health.State;
import dev.azimuth.health.TargetHealth;
import dev.azimuth.steering.Binder;
import dev.azimuth.steering.Memory;
import dev.azimuth.steering.Slots;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of an operator's wish. */
class WishesTest {
  private static final long NOW = Instant.parse("2026-11-21T10:00:00Z").toEpochMilli();
  private static final long NEVER = Long.MAX_VALUE;
  private static final Roster ROSTER =
      new Roster(
          List.of(
              new Entry("eu", "fra1", List.of("blue")),
              new Entry("eu", "fra2", List.of()),
              new Entry("us", "iad1", List.of("blue"))));

  @TempDir private Path folder;

  private static Wish wish(String selector, Start start, @Nullable Duration lasts, boolean force) {
    return new Wish(selector, new Says.State(Forced.DRAIN), "why", "me", start, lasts, force);
  }

  private static Order order(Wish wish) throws Refused {
    return Wishes.order(wish, ROSTER, NOW);
  }

  @Test
  void anOrderBeginsAndEndsWhenItIsSaid() throws Refused {
    Order now = order(wish("fra1", new Start.Now(), Duration.ofHours(1), false));
    assertThat(now).isEqualTo(Given.order("eu/fra1", Forced.DRAIN, NOW, NOW + 3_600_000));
    Order in = order(wish("eu", new Start.In(Duration.ofHours(2)), null, false));
    assertThat(in.from()).isEqualTo(NOW + 7_200_000);
    assertThat(in.until()).isEqualTo(NEVER);
    Instant instant = Instant.parse("2026-11-22T03:00:00Z");
    Order at = order(wish("eu", new Start.At(instant), Duration.ofHours(1), false));
    assertThat(at.from()).isEqualTo(instant.toEpochMilli());
    assertThat(at.until()).isEqualTo(instant.toEpochMilli() + 3_600_000);
    assertThat(Wishes.said(at, ROSTER))
        .isEqualTo("eu (2 backends): drain from 2026-11-22T03:00:00Z on for 1h");
    assertThat(Wishes.said(now, ROSTER)).isEqualTo("eu/fra1: drain for 1h");
  }

  @Test
  void thePastAndTheFarFutureAreRefused() {
    assertThatThrownBy(
            () -> order(wish("eu", new Start.At(Instant.ofEpochMilli(NOW - 1)), null, false)))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("is past: it is 2026-11-21T10:00:00Z");
    assertThatThrownBy(() -> order(wish("eu", new Start.At(Instant.MAX), null, false)))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("365 days");
  }

  @Test
  void onlyAForcedOrderMayWaitForBackendsToCome() throws Refused {
    assertThatThrownBy(() -> order(wish("tag:green", new Start.Now(), null, false)))
        .isInstanceOf(Refused.class)
        .hasMessage("no backend has the tag \"green\"");
    assertThat(order(wish("tag:green", new Start.Now(), null, true)).selector().text())
        .isEqualTo("tag:green");
    assertThatThrownBy(() -> order(wish("fra9", new Start.Now(), null, true)))
        .isInstanceOf(Refused.class);
  }

  @Test
  void clearingNamesTheWiderOrder() throws Refused {
    Orders orders =
        Orders.NONE
            .with(Given.order("eu", Forced.DRAIN, 1, NEVER))
            .with(Given.order("us/iad1", Forced.DOWN, 1, NEVER))
            .with(Given.order("ap/gone", Forced.DOWN, 1, NEVER));
    assertThat(Wishes.cleared("iad1", orders, ROSTER).text()).isEqualTo("us/iad1");
    assertThat(Wishes.cleared("ap/gone", orders, ROSTER).text()).isEqualTo("ap/gone");
    assertThat(Wishes.cleared("eu", orders, ROSTER).text()).isEqualTo("eu");
    assertThatThrownBy(() -> Wishes.cleared("fra1", orders, ROSTER))
        .isInstanceOf(Refused.class)
        .hasMessage(
            "nothing is ordered of eu/fra1 alone, but by \"eu\" (drain, me): azimuth clear eu");
    assertThatThrownBy(() -> Wishes.cleared("us", orders, ROSTER))
        .isInstanceOf(Refused.class)
        .hasMessage("nothing is ordered of us");
  }

  /** A pool of three with a floor of 40 %, one of two by weight with 50 %; one without. */
  private static final String FLOORS =
      Written.REGIONS.replace(
          "eu: { check: web, failback_hold: 0s, backends: { fra1: 192.0.2.1, fra2: 192.0.2.2 } }",
          """
              eu: { check: web, floor: 40%, capacity: 20000, backends: { a: { address: 192.0.2.1, tags: blue }, b: 192.0.2.2, c: 192.0.2.3 } }
                ap: { check: web, min_up: { weight: 50% }, floor: 50%, backends: { big: { address: 192.0.2.4, weight: 6 }, small: { address: 192.0.2.5, weight: 4, tags: blue } } }\
              """);

  private Plan plan() {
    return Plan.of(Written.load(folder, FLOORS), Map.of(), new Slots());
  }

  private static Ground ground(Plan plan, String... down) {
    List<TargetHealth> health =
        plan.targets().stream()
            .map(t -> List.of(down).contains(t.address().getHostAddress()))
            .map(d -> new TargetHealth(d ? State.DOWN : State.UP, 0, 0, null))
            .toList();
    return plan.ground(
        new HealthTable(plan.targets(), health, Collections.nCopies(plan.roster().size(), null)));
  }

  private static void refused(Order order, Orders orders, Ground ground, String message) {
    assertThatThrownBy(() -> Wishes.granted(order, orders, ground, false))
        .isInstanceOf(Refused.class)
        .hasMessage(message + ": refused; --force does it all the same");
  }

  @Test
  void anOrderThatLeavesAPoolBelowItsFloorIsRefusedWithTheArithmetic() throws Refused {
    Plan plan = plan();
    Ground ground = ground(plan);
    Order first = Given.order("eu/a", Forced.DRAIN, NOW, NEVER);
    Orders one = Wishes.granted(first, Orders.NONE, ground, false);
    assertThat(one.list()).containsExactly(first);
    Order second = Given.order("eu/b", Forced.DOWN, NOW, NEVER);
    String message = "pool eu: leaves 1 of 3 usable, 33 %, below the floor of 40 %";
    refused(second, one, ground, message);
    assertThat(Wishes.granted(second, one, ground, true).list()).hasSize(2);
    refused(
        Given.order("eu", Forced.DRAIN, NOW, NEVER),
        Orders.NONE,
        ground,
        "pool eu: leaves 0 of 3 usable, 0 %, below the floor of 40 %");
    refused(
        Given.order("ap/big", Forced.DRAIN, NOW, NEVER),
        Orders.NONE,
        ground,
        "pool ap: leaves weight 4 of 10 usable, 40 %, below the floor of 50 %");
    assertThat(
            Wishes.granted(Given.order("ap/small", Forced.DRAIN, NOW, NEVER), one, ground, false)
                .list())
        .hasSize(2);
  }

  @Test
  void aWeightThatLeavesAPoolBelowItsFloorIsRefused() throws Refused {
    Plan plan = plan();
    Ground ground = ground(plan);
    Orders without =
        Orders.NONE
            .with(Given.order("ap/small", Forced.DRAIN, NOW, NEVER))
            .with(Given.order("eu/a", Forced.DRAIN, NOW, NEVER));
    Order lighter = Given.order("ap/big", new Says.Weight(3), NOW, NOW, NEVER);
    String message = "pool ap: leaves weight 3 of 7 usable, 42 %, below the floor of 50 %";
    refused(lighter, without, ground, message);
    assertThat(preview(plan, without, lighter).refused()).isEqualTo(message);
    assertThat(Wishes.granted(lighter, without, ground, true).list()).hasSize(3);
    // What is drained counts as missing, so that it must not become the heavier part either.
    refused(
        Given.order("ap/small", new Says.Weight(7), NOW, NOW, NEVER),
        without,
        ground,
        "pool ap: leaves weight 6 of 13 usable, 46 %, below the floor of 50 %");
    for (Order fine :
        List.of(
            Given.order("ap/big", new Says.Weight(4), NOW, NOW, NEVER),
            Given.order("eu/b", new Says.Weight(1), NOW, NOW, NEVER))) {
      assertThat(Wishes.granted(fine, without, ground, false).list()).hasSize(3);
    }
  }

  @Test
  void whatIsDownAlreadyMayBeDrainedAndWhatTakesNothingOutIsFree() throws Refused {
    Plan plan = plan();
    Ground ground = ground(plan, "192.0.2.1", "192.0.2.2");
    for (Order order :
        List.of(
            Given.order("eu/a", Forced.DRAIN, NOW, NEVER),
            Given.order("eu", Forced.UP, NOW, NEVER),
            Given.order("eu", new Says.Weight(1), NOW, NOW, NEVER),
            Given.order("us", Forced.DOWN, NOW, NEVER))) {
      assertThat(Wishes.granted(order, Orders.NONE, ground, false).list()).hasSize(1);
    }
    refused(
        Given.order("eu/c", Forced.DRAIN, NOW, NEVER),
        Orders.NONE,
        ground,
        "pool eu: leaves 0 of 3 usable, 0 %, below the floor of 40 %");
  }

  @Test
  void aPlannedOrderIsJudgedTogetherWithThoseThatOverlap() throws Refused {
    Plan plan = plan();
    Ground ground = ground(plan);
    Says drain = new Says.State(Forced.DRAIN);
    long hour = 3_600_000;
    Orders planned =
        Wishes.granted(
            Given.order("eu/a", drain, NOW, NOW + hour, NOW + 2 * hour),
            Orders.NONE,
            ground,
            false);
    String message =
        "pool eu: leaves 1 of 3 usable, 33 %, below the floor of 40 % at 2026-11-21T11:00:00Z";
    refused(Given.order("eu/b", drain, NOW, NOW, NEVER), planned, ground, message);
    refused(Given.order("eu/b", drain, NOW, NOW + hour, NOW + hour + 1), planned, ground, message);
    for (Order apart :
        List.of(
            Given.order("eu/b", drain, NOW, NOW, NOW + hour),
            Given.order("eu/b", drain, NOW, NOW + 2 * hour, NEVER))) {
      assertThat(Wishes.granted(apart, planned, ground, false).list()).hasSize(2);
    }
  }

  @Test
  void aDryRunSaysWhatIsLeftAndWhoMoves() {
    Plan plan = plan();
    Orders orders = Orders.NONE.with(Given.order("eu/b", Forced.DRAIN, NOW, NEVER));
    Preview preview = preview(plan, orders, Given.order("tag:blue", Forced.DOWN, NOW, NEVER));
    assertThat(preview.order()).isEqualTo("down tag:blue");
    assertThat(preview.matches()).containsExactly("eu/a", "ap/small");
    assertThat(preview.pools())
        .containsExactly(
            new PoolEffect("eu", 2 / 3.0, 1 / 3.0, 2, 1, 0.4, 13333L, 6666L),
            new PoolEffect("ap", 1, 0.6, 10, 6, 0.5, null, null));
    assertThat(preview.names())
        .containsExactly(
            new NameEffect("www.example.com.", "zones.example.com.names.www.to", "eu", "us"));
    assertThat(preview.refused())
        .isEqualTo("pool eu: leaves 1 of 3 usable, 33 %, below the floor of 40 %");
    Preview all = preview(plan, orders, Given.order("*/*", Forced.DOWN, NOW, NEVER));
    assertThat(all.names().getFirst().after()).isNull();
    Preview weight = preview(plan, orders, Given.order("ap", new Says.Weight(1), NOW, NOW, NEVER));
    assertThat(weight.pools()).containsExactly(new PoolEffect("ap", 1, 1, 10, 2, 0.5, null, null));
    assertThat(weight.names()).isEmpty();
    assertThat(weight.refused()).isNull();
  }

  @Test
  void aDryRunOfAPlannedOrderShowsTheTimeAtWhichItBegins() {
    Plan plan = plan();
    Orders orders = Orders.NONE.with(Given.order("eu/b", Forced.DRAIN, NOW, NOW + 1000));
    Order later = Given.order("eu/a", new Says.State(Forced.DRAIN), NOW, NOW + 1000, NEVER);
    Preview preview = preview(plan, orders, later);
    assertThat(preview.pools().getFirst().share()).as("eu/b is back then").isEqualTo(1);
    assertThat(preview.names()).isEmpty();
    assertThat(preview.refused()).isNull();
  }

  private static Preview preview(Plan plan, Orders orders, Order order) {
    return Preview.of(
        ground(plan),
        plan.steering(),
        plan::told,
        Memory.NONE,
        new Binder(Questions::octets),
        orders,
        order);
  }
}

package dev.azimuth.app.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.app.node.DeskTest.Around;
import dev.azimuth.app.orders.Given;
import dev.azimuth.app.orders.Order;
import dev.azimuth.app.orders.Orders;
import dev.azimuth.app.orders.Says;
import dev.azimuth.health.Forced;
import dev.azimuth.health.ProbeResult;
import dev.azimuth.health.ProbeResult.Code;
import dev.azimuth.health.Target;
import dev.azimuth.steering.Binder;
import dev.azimuth.steering.Bound.RuleStanding;
import dev.azimuth.steering.Reason;
import dev.azimuth.steering.Slots;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of orders on the publisher's side, with a clock that stands still. */
class DeskOrdersTest {
  @TempDir private Path folder;

  private final Around around = new Around();
  private long now = 1_000_000;

  /** A desk on which everything is up. */
  private Desk running(String yaml) {
    Desk desk = new Desk(around, new Binder(Questions::octets), new Slots(), Saved.NOTHING);
    take(desk, yaml);
    List.of("192.0.2.1", "192.0.2.2", "198.51.100.1").forEach(a -> probe(desk, a, Code.L4OK));
    return desk;
  }

  private void take(Desk desk, String yaml) {
    desk.apply(new Event.Adopt(Written.load(folder, yaml), new CompletableFuture<>()), now);
    desk.settle(now);
  }

  private void probe(Desk desk, String address, Code code) {
    for (Target target : around.watched.keySet()) {
      if (target.address().getHostAddress().equals(address)) {
        desk.apply(new Event.Probed(target, new ProbeResult(code, "", now, 1000)), now);
      }
    }
    desk.settle(now);
  }

  private RuleStanding standing() {
    return around.published.getLast().bound().ruleStandings().getFirst();
  }

  private void order(Desk desk, UnaryOperator<Orders> change) {
    desk.apply(new Event.Ordered((o, ground) -> change.apply(o), new CompletableFuture<>()), now);
    desk.settle(now);
  }

  @Test
  void whatNobodyWaitsForAnyMoreIsNotCarriedOut() {
    Desk desk = running(Written.REGIONS);
    CompletableFuture<Void> givenUp = new CompletableFuture<>();
    givenUp.cancel(false);
    desk.apply(new Event.Ordered((o, ground) -> o.with(Given.down("eu")), givenUp), now);
    desk.settle(now);
    assertThat(standing().pool()).isEqualTo("eu");
    assertThat(around.kept).isEmpty();
  }

  @Test
  void aPlannedDrainBeginsAtItsInstantAndLowersTheTtlBefore() {
    Desk desk = running(Written.REGIONS.replace("every: 10s", "every: 30s"));
    long begins = now + 600_000;
    order(desk, o -> o.with(planned("eu", now, begins, begins + 60_000)));
    assertThat(standing().ttl()).isEqualTo(30);
    assertThat(desk.settle(now)).isEqualTo(begins - 60_000);
    now = begins - 60_000;
    assertThat(desk.settle(now)).isEqualTo(begins);
    assertThat(standing().ttl()).as("the lower bound").isEqualTo(15);
    assertThat(standing().pool()).isEqualTo("eu");
    now = begins;
    desk.settle(now);
    assertThat(standing().pool()).isEqualTo("us");
    assertThat(standing().reason()).isEqualTo(Reason.FORCED);
    now = begins + 60_000;
    desk.settle(now);
    assertThat(standing().pool()).isEqualTo("eu");
    assertThat(around.kept.getLast()).isEqualTo(Orders.NONE);
  }

  @Test
  void anOrderCountsForBackendsThatAReloadAdds() {
    Desk desk = running(Written.REGIONS);
    order(desk, o -> o.with(Given.down("*/fra*")).with(Given.down("tag:blue")));
    assertThat(standing().pool()).isEqualTo("us");
    take(
        desk,
        Written.REGIONS
            .replace("fra2: 192.0.2.2", "fra2: 192.0.2.2, fra3: 192.0.2.3, ams1: 192.0.2.4")
            .replace("iad1: 198.51.100.1", "iad1: { address: 198.51.100.1, tags: blue }"));
    probe(desk, "192.0.2.3", Code.L4OK);
    probe(desk, "192.0.2.4", Code.L4OK);
    Published last = around.published.getLast();
    assertThat(last.plan().roster().size()).isEqualTo(5);
    assertThat(last.bound().poolStandings().getFirst().shareV4()).isEqualTo(0.25);
    assertThat(last.bound().poolStandings().getLast().shareV4()).isZero();
  }

  @Test
  void ofTwoDrainsAtOnceOnlyOnePassesTheFloor() {
    Desk desk =
        running(Written.REGIONS.replace("failback_hold: 0s", "failback_hold: 0s, floor: 50%"));
    int published = around.published.size();
    List<CompletableFuture<Void>> done = new ArrayList<>();
    for (String backend : List.of("eu/fra1", "eu/fra2")) {
      CompletableFuture<Void> each = new CompletableFuture<>();
      done.add(each);
      Order drain = Given.order(backend, Forced.DRAIN, now, Long.MAX_VALUE);
      desk.apply(
          new Event.Ordered((o, ground) -> Wishes.granted(drain, o, ground, false), each), now);
    }
    desk.settle(now);
    assertThat(done.getFirst()).isNotCompletedExceptionally();
    assertThat(done.getLast())
        .failsWithin(java.time.Duration.ZERO)
        .withThrowableThat()
        .withMessageContaining("leaves 0 of 2 usable, 0 %, below the floor of 50 %: refused");
    assertThat(around.published).hasSize(published + 1);
    assertThat(around.kept).hasSize(1);
    assertThat(around.published.getLast().orders().list()).hasSize(1);
  }

  private static Order planned(String selector, long now, long from, long until) {
    return Given.order(selector, new Says.State(Forced.DRAIN), now, from, until);
  }
}

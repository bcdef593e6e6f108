package dev.azimuth.app.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.azimuth.app.node.DeskTest.Around;
import dev.azimuth.app.node.Node.Refused;
import dev.azimuth.app.node.Node.Start;
import dev.azimuth.app.node.Node.Wish;
import dev.azimuth.app.orders.Given;
import dev.azimuth.app.orders.Order;
import dev.azimuth.app.orders.Orders;
import dev.azimuth.app.orders.Preview;
import dev.azimuth.app.orders.Roster;
import dev.azimuth.app.orders.Says;
import dev.azimuth.balancer.Supply;
import dev.azimuth.health.Check;
import dev.azimuth.health.Forced;
import dev.azimuth.health.ProbeResult;
import dev.azimuth.health.ProbeResult.Code;
import dev.azimuth.health.Target;
import dev.azimuth.steering.Binder;
import dev.azimuth.steering.Bound.RuleStanding;
import dev.azimuth.steering.Reason;
import dev.azimuth.steering.Slots;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A pool that is a balancer of this node, seen from the publisher. */
class BalancerPoolTest {
  private static final String YAML =
      """
      server: { listen: [ "127.0.0.1:0" ], state_dir: state }
      checks: { web: { tcp: 80, every: 10s, fall: 1, rise: 1 } }
      defaults: { failback_hold: 0s }
      pools:
        eu: { check: web, backends: { fra1: 192.0.2.1, fra2: 192.0.2.2 } }
        behind: { check: web, backends: { ams1: 192.0.2.3 } }
        us: { backends: { iad1: 198.51.100.1 } }
        edge: { balancer: web }
      balancers:
        web: { listen: "tcp://127.0.0.1:0", port: 80, to: [ eu, behind ], own: 2, advertise: 203.0.113.7 }
        alone: { listen: "tcp://127.0.0.1:0", port: 80, to: eu }
      zones:
        example.com:
          records: |
            @   SOA ns1 hostmaster 1 1h 15m 7d 60
            @   NS  ns1
            ns1 A   203.0.113.53
          names:
            www: { to: [ edge, us ] }
      """;

  @TempDir private Path folder;

  private final Around around = new Around();
  private final Desk desk =
      new Desk(around, new Binder(Questions::octets), new Slots(), Saved.NOTHING);
  private long now = 1_000_000;

  private void take(String yaml) {
    desk.apply(new Event.Adopt(Written.load(folder, yaml), new CompletableFuture<>()), now);
    desk.settle(now);
  }

  private void probe(String address, Code code) {
    for (Target target : around.watched.keySet()) {
      if (target.address().getHostAddress().equals(address)) {
        desk.apply(new Event.Probed(target, new ProbeResult(code, "", now, 1000)), now);
      }
    }
    desk.settle(now);
  }

  private void all(Code code) {
    List.of("192.0.2.1", "192.0.2.2", "192.0.2.3").forEach(address -> probe(address, code));
  }

  private void order(UnaryOperator<Orders> change) {
    desk.apply(new Event.Ordered((o, ground) -> change.apply(o), new CompletableFuture<>()), now);
    desk.settle(now);
  }

  private Published published() {
    return around.published.getLast();
  }

  private RuleStanding www() {
    return published().bound().ruleStandings().getFirst();
  }

  private Standing standing(String balancer) {
    Published last = published();
    return Standing.of(
        last, balancer, Objects.requireNonNull(last.plan().balancers().get(balancer)));
  }

  @Test
  void theFirstAnswersWaitForThePoolsThatABalancerForwardsTo() {
    take(YAML);
    assertThat(around.published).isEmpty();
    probe("192.0.2.1", Code.L4OK);
    probe("192.0.2.3", Code.L4OK);
    assertThat(around.published).hasSize(1);
    assertThat(www().pool()).isEqualTo("edge");
    assertThat(www().reason()).isEqualTo(Reason.RULE);
  }

  @Test
  void nobodyProbesWhatIsKnown() {
    take(YAML);
    assertThat(around.watched.keySet())
        .hasSize(3)
        .noneMatch(target -> target.check() instanceof Check.Told);
  }

  @Test
  void withTheLastBackendTheSameAnswersLeaveThePool() {
    take(YAML);
    all(Code.L4OK);
    probe("192.0.2.1", Code.L4CON);
    probe("192.0.2.2", Code.L4CON);
    assertThat(www().pool()).as("the second pool of the balancer still has one").isEqualTo("edge");
    assertThat(standing("alone")).isEqualTo(Standing.NO_BACKEND);
    int before = around.published.size();
    probe("192.0.2.3", Code.L4CON);
    assertThat(around.published).as("one publication does all").hasSize(before + 1);
    assertThat(www().pool()).isEqualTo("us");
    assertThat(www().reason()).isEqualTo(Reason.FAILOVER);
    assertThat(standing("web")).isEqualTo(Standing.NO_BACKEND);
    assertThat(around.changes).endsWith("behind/ams1 UP -> DOWN", "edge/web UP -> DOWN");
    probe("192.0.2.2", Code.L4OK);
    assertThat(www().pool()).isEqualTo("edge");
    assertThat(standing("web")).isEqualTo(Standing.USABLE);
  }

  @Test
  void namesLeaveASiteWhoseOwnBackendsAreGoneThoughAnotherRescuesThoseWhoStillCome() {
    take(YAML.replace("own: 2, ", ""));
    all(Code.L4OK);
    probe("192.0.2.1", Code.L4CON);
    probe("192.0.2.2", Code.L4CON);
    assertThat(www().pool()).isEqualTo("us");
    assertThat(web().elsewhere()).isTrue();
    assertThat(web().candidates()).extracting(Supply.Candidate::key).containsExactly("behind/ams1");
  }

  /** A pool of three, so that one alone is below {@code min_up}, and the pool of another site. */
  private static final String MIN_UP =
      YAML.replace("own: 2, ", "").replace("fra2: 192.0.2.2", "fra2: 192.0.2.2, fra3: 192.0.2.4");

  @Test
  void namesLeaveASiteThatIsBelowMinUpAsItsConnectionsDo() throws Refused {
    take(MIN_UP);
    all(Code.L4OK);
    probe("192.0.2.4", Code.L4OK);
    probe("192.0.2.1", Code.L4CON);
    assertThat(www().pool()).isEqualTo("edge");
    probe("192.0.2.2", Code.L4CON);
    assertThat(web().candidates()).extracting(Supply.Candidate::key).containsExactly("behind/ams1");
    assertThat(www().pool()).isEqualTo("us");
    assertThat(standing("web")).isEqualTo(Standing.NO_BACKEND);
    assertThat(standing("alone")).as("it has nowhere else to go").isEqualTo(Standing.USABLE);
    probe("192.0.2.3", Code.L4CON);
    assertThat(web().elsewhere()).as("no pool has its min_up").isFalse();
    assertThat(www().pool()).isEqualTo("edge");
    assertThat(explained(MIN_UP, List.of("eu/fra1"))).isEqualTo("edge");
    assertThat(explained(MIN_UP, List.of("eu/fra1", "eu/fra2"))).isEqualTo("us");
    assertThat(explained(MIN_UP, List.of("eu/fra1", "eu/fra2", "behind"))).isEqualTo("edge");
  }

  @Test
  void namesComeBackToASiteWhenItsPoolIsOffItsHold() {
    take(MIN_UP.replace("eu: { check", "eu: { failback_hold: 60s, check"));
    all(Code.L4OK);
    probe("192.0.2.1", Code.L4CON);
    probe("192.0.2.2", Code.L4CON);
    probe("192.0.2.4", Code.L4CON);
    assertThat(www().pool()).isEqualTo("us");
    all(Code.L4OK);
    assertThat(www().pool()).as("connections are held elsewhere").isEqualTo("us");
    assertThat(ForwardSetups.of(published()).getFirst().backends())
        .as("of whom counts are kept")
        .containsExactlyInAnyOrder("eu/fra1", "eu/fra2", "eu/fra3", "behind/ams1");
    assertThat(web().elsewhere()).isTrue();
    now += 60_000;
    desk.settle(now);
    assertThat(web().elsewhere()).isFalse();
    assertThat(www().pool()).isEqualTo("edge");
    assertThat(standing("web")).isEqualTo(Standing.USABLE);
  }

  @Test
  void namesLeadToASiteExactlyWhileItForwardsToItself() {
    take(MIN_UP.replace("eu: { check", "eu: { failback_hold: 30s, check"));
    all(Code.L4OK);
    Random random = new Random(6);
    List<String> addresses = List.of("192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4");
    int away = 0;
    for (int step = 0; step < 400; step++) {
      now += random.nextInt(20_000);
      desk.settle(now);
      probe(addresses.get(random.nextInt(4)), random.nextBoolean() ? Code.L4OK : Code.L4CON);
      boolean here = !web().elsewhere() && web().reason() != Reason.ALL_DOWN;
      assertThat(standing("web") == Standing.USABLE).as("step %d", step).isEqualTo(here);
      assertThat(www().pool()).as("step %d", step).isEqualTo(here ? "edge" : "us");
      away += here ? 0 : 1;
    }
    assertThat(away).isBetween(50, 350);
  }

  @Test
  void aDryRunSeesThatTooLittleOfASiteIsLeft() {
    take(MIN_UP);
    all(Code.L4OK);
    probe("192.0.2.4", Code.L4OK);
    order(o -> o.with(Given.order("eu/fra1", Forced.DRAIN, now, Long.MAX_VALUE)));
    assertThat(preview(Given.order("eu/fra2", Forced.DRAIN, now, Long.MAX_VALUE)).names())
        .extracting(Preview.NameEffect::before, Preview.NameEffect::after)
        .containsExactly(tuple("edge", "us"));
    order(o -> o.with(Given.order("eu/fra2", Forced.DRAIN, now, Long.MAX_VALUE)));
    assertThat(www().pool()).as("as the order does").isEqualTo("us");
  }

  /** What the first balancer forwards to. */
  private Supply web() {
    return ForwardSetups.of(published()).getFirst().supplies().getFirst();
  }

  @Test
  void whoReachesNobodyOfThePoolThatServesGoesToTheNextOne() {
    take(YAML.replace("own: 2, ", ""));
    all(Code.L4OK);
    assertThat(web().elsewhere()).isFalse();
    Supply next = Objects.requireNonNull(web().next());
    assertThat(next.elsewhere()).isTrue();
    assertThat(next.candidates()).extracting(Supply.Candidate::key).containsExactly("behind/ams1");
    assertThat(next.candidates().getFirst().addresses().getFirst().getPort()).isEqualTo(80);
    assertThat(next.next()).isNull();
    probe("192.0.2.3", Code.L4CON);
    assertThat(web().next()).isNull();
  }

  @Test
  void aBalancerThatNoBackendWasEverUpForIsDownFromTheBeginning() {
    take(YAML);
    all(Code.L4CON);
    assertThat(around.published).hasSize(1);
    assertThat(www().pool()).isEqualTo("us");
  }

  @Test
  void forcedAndDrainedBackendsAreNoneToForwardTo() {
    take(YAML);
    all(Code.L4OK);
    order(
        o ->
            o.with(Given.down("eu"))
                .with(Given.order("behind", Forced.DRAIN, now, Long.MAX_VALUE)));
    assertThat(www().pool()).isEqualTo("us");
    order(o -> o.without(dev.azimuth.app.orders.Selector.of("behind")));
    assertThat(www().pool()).isEqualTo("edge");
  }

  @Test
  void aDryRunSeesThroughAPoolThatIsABalancer() {
    take(YAML);
    all(Code.L4OK);
    order(o -> o.with(Given.order("behind", Forced.DRAIN, now, Long.MAX_VALUE)));
    Preview of = preview(Given.order("eu", Forced.DRAIN, now, Long.MAX_VALUE));
    assertThat(of.names())
        .singleElement()
        .satisfies(
            name -> {
              assertThat(name.name()).isEqualTo("www.example.com.");
              assertThat(name.before()).isEqualTo("edge");
              assertThat(name.after()).isEqualTo("us");
            });
    assertThat(of.pools()).extracting(Preview.PoolEffect::pool).containsExactly("eu", "edge");
    assertThat(of.pools().getLast().shareAfter()).isZero();
    assertThat(www().pool()).as("nothing is changed").isEqualTo("edge");
    order(o -> o.with(Given.order("eu", Forced.DRAIN, now, Long.MAX_VALUE)));
    assertThat(www().pool()).as("as the order does").isEqualTo("us");
  }

  @Test
  void aDryRunNamesTheBalancersThatWouldBeDrained() {
    take(YAML);
    all(Code.L4OK);
    assertThat(preview(Given.order("balancer:*", Forced.DRAIN, now, Long.MAX_VALUE)).matches())
        .as("also one that no pool is")
        .containsExactly("balancer:alone", "balancer:web");
    Preview web = preview(Given.order("balancer:web", Forced.DRAIN, now, Long.MAX_VALUE));
    assertThat(web.matches()).containsExactly("balancer:web");
    assertThat(web.pools()).extracting(Preview.PoolEffect::pool).containsExactly("edge");
  }

  private Preview preview(Order order) {
    Published last = published();
    return Preview.of(
        last.plan().ground(last.bound().table()),
        last.plan().steering(),
        last.plan()::told,
        last.bound().memory(),
        new Binder(Questions::octets),
        last.orders(),
        order);
  }

  @Test
  void aDrainedBalancerIsNotGivenAndItsBackendsAre() {
    take(YAML.replace("www: { to: [ edge, us ] }", "www: { to: [ edge, eu ] }"));
    all(Code.L4OK);
    order(o -> o.with(Given.order("balancer:w*", Forced.DRAIN, now, Long.MAX_VALUE)));
    assertThat(www().pool()).isEqualTo("eu");
    assertThat(www().reason()).isEqualTo(Reason.FORCED);
    assertThat(standing("web")).isEqualTo(Standing.DRAINED);
    assertThat(standing("alone")).isEqualTo(Standing.USABLE);
    order(Orders::cleared);
    assertThat(www().pool()).isEqualTo("edge");
    assertThat(standing("web")).isEqualTo(Standing.USABLE);
  }

  @Test
  void aNodeThatEndsSendsClientsElsewhere() {
    take(YAML);
    all(Code.L4OK);
    desk.apply(new Event.Leave(new CompletableFuture<>()), now);
    desk.settle(now);
    assertThat(www().pool()).isEqualTo("us");
    probe("192.0.2.1", Code.L4CON);
    assertThat(www().pool()).isEqualTo("us");
  }

  @Test
  void aPlannedDrainLowersTheTtlBefore() {
    take(YAML.replace("example.com:\n", "example.com:\n    ttl: 5s..60s\n"));
    all(Code.L4OK);
    assertThat(www().ttl()).as("nobody relies on it for longer than on a probe").isEqualTo(10);
    long begins = now + 600_000;
    Says drain = new Says.State(Forced.DRAIN);
    order(o -> o.with(Given.order("balancer:web", drain, now, begins, Long.MAX_VALUE)));
    now = begins - 60_000;
    desk.settle(now);
    assertThat(www().ttl()).isEqualTo(5);
    now = begins;
    desk.settle(now);
    assertThat(www().pool()).isEqualTo("us");
  }

  @Test
  void aReloadThatAddsABalancerWaitsForNothingNew() {
    take(YAML.replace("to: [ edge, us ]", "to: [ eu, us ]").replace("edge: { balancer: web }", ""));
    all(Code.L4OK);
    int before = around.published.size();
    take(YAML);
    assertThat(around.published).hasSize(before + 1);
    assertThat(www().pool()).isEqualTo("edge");
  }

  @Test
  void withoutANetworkABalancerIsUpWhileItsPoolsAre() throws Refused {
    assertThat(explained(YAML, List.of())).isEqualTo("edge");
    assertThat(explained(YAML, List.of("eu"))).isEqualTo("edge");
    assertThat(explained(YAML, List.of("eu", "behind"))).isEqualTo("us");
    assertThat(explained(YAML, List.of("edge"))).isEqualTo("us");
    assertThat(explained(YAML, List.of("balancer:web"))).isEqualTo("us");
  }

  private String explained(String yaml, List<String> down) throws Refused {
    return Objects.requireNonNull(
        Offline.explain(Written.load(folder, yaml), down, "www.example.com", true, null, null)
            .pool());
  }

  @Test
  void aBalancerCanOnlyBeDrained() throws Refused {
    take(YAML);
    all(Code.L4OK);
    Roster roster = published().plan().roster();
    assertThat(Wishes.said(Wishes.order(wish("balancer:*", Forced.DRAIN), roster, now), roster))
        .isEqualTo("balancer:* (2 balancers): drain until it is cleared");
    assertThatThrownBy(() -> Wishes.order(wish("balancer:web", Forced.DOWN), roster, now))
        .isInstanceOf(Refused.class)
        .hasMessageStartingWith("a balancer can only be drained");
    assertThatThrownBy(() -> Wishes.order(wish("balancer:wbe", Forced.DRAIN), roster, now))
        .isInstanceOf(Refused.class)
        .hasMessage("no balancer is called \"wbe\"; there is alone, web");
  }

  private static Wish wish(String selector, Forced forced) {
    return new Wish(selector, new Says.State(forced), "why", "me", new Start.Now(), null, false);
  }

  @Test
  void aBackendThatIsABalancerSaysWhatItIsToldBy() throws Refused {
    take(YAML);
    all(Code.L4CON);
    BackendDetail.Address address =
        BackendView.of(published(), "edge/web", now).addresses().getFirst();
    assertThat(address.check()).isEqualTo("balancer:web");
    assertThat(address.state()).isEqualTo("DOWN");
    assertThat(address.checks())
        .singleElement()
        .satisfies(
            check ->
                assertThat(Objects.requireNonNull(check.evidence()).detail())
                    .isEqualTo("no backend of this site to forward to"));
  }
}

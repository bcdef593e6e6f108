package dev.azimuth.app.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.app.config.HealthConfig.Anchor;
import dev.azimuth.app.node.Node.Refused;
import dev.azimuth.app.orders.Freeze;
import dev.azimuth.app.orders.Given;
import dev.azimuth.app.orders.Orders;
import dev.azimuth.health.Doubt;
import dev.azimuth.health.Forced;
import dev.azimuth.health.ProbeResult;
import dev.azimuth.health.ProbeResult.Code;
import dev.azimuth.health.State;
import dev.azimuth.health.Target;
import dev.azimuth.health.TargetHealth;
import dev.azimuth.health.Trail;
import dev.azimuth.steering.Asker;
import dev.azimuth.steering.Binder;
import dev.azimuth.steering.Bound;
import dev.azimuth.steering.Bound.RuleStanding;
import dev.azimuth.steering.Explainer;
import dev.azimuth.steering.Explanation;
import dev.azimuth.steering.Family;
import dev.azimuth.steering.Memory;
import dev.azimuth.steering.Reason;
import dev.azimuth.steering.Slots;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the publisher decides, without a thread and with a clock that stands still. */
class DeskTest {
  @TempDir private Path folder;

  private final Around around = new Around();
  private long now = 1_000_000;

  /** Remembers what the desk asked for. */
  static final class Around implements Outside {
    Map<Target, TargetHealth> watched = Map.of();
    Map<String, List<InetAddress>> followed = Map.of();

    /** Thrown instead of publishing; null for nothing. */
    @Nullable Error fails;

    final List<Published> published = new ArrayList<>();
    final List<Boolean> soon = new ArrayList<>();
    final List<String> changes = new ArrayList<>();
    final List<Orders> kept = new ArrayList<>();
    final List<Anchor> asked = new ArrayList<>();
    final List<String> ejected = new ArrayList<>();

    /** How much had been published whenever a change of state was told of. */
    final List<Integer> toldAt = new ArrayList<>();

    @Override
    public void watch(Map<Target, TargetHealth> targets) {
      watched = targets;
    }

    @Override
    public void follow(Map<String, List<InetAddress>> hosts) {
      followed = hosts;
    }

    @Override
    public void expect(Loading.Whole whole) {}

    @Override
    public void publish(Published next, boolean soon) {
      if (fails != null) {
        throw fails;
      }
      published.add(next);
      this.soon.add(soon);
    }

    @Override
    public void stateChanged(
        String label, Target target, TargetHealth before, TargetHealth after, Trail trail) {
      changes.add(label + " " + before.state() + " -> " + after.state());
      toldAt.add(published.size());
    }

    @Override
    public void ask(List<Anchor> anchors) {
      asked.addAll(anchors);
    }

    @Override
    public void doubted(Doubt before, Doubt after) {
      changes.add("doubt " + after.holds() + " " + after.declared());
    }

    @Override
    public void ejected(String balancer, String backend) {
      ejected.add(balancer + " " + backend);
    }

    @Override
    public void addressesChanged(String host, @Nullable Resolved before, Resolved after) {
      changes.add(
          host + " " + (before == null ? null : before.addresses()) + " -> " + after.addresses());
    }

    @Override
    public void keep(Orders orders) {
      kept.add(orders);
    }
  }

  private Desk desk(Saved saved) {
    return new Desk(around, new Binder(Questions::octets), new Slots(), saved);
  }

  private CompletableFuture<Void> adopt(Desk desk, String yaml) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    desk.apply(new Event.Adopt(Written.load(folder, yaml), done), now);
    desk.settle(now);
    return done;
  }

  private void take(Desk desk, String yaml) {
    assertThat(adopt(desk, yaml)).isNotCancelled();
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

  /** A desk on which everything is up. */
  private Desk running() {
    Desk desk = desk(Saved.NOTHING);
    take(desk, Written.REGIONS);
    for (String address : List.of("192.0.2.1", "192.0.2.2", "198.51.100.1")) {
      probe(desk, address, Code.L4OK);
    }
    return desk;
  }

  @Test
  void theFirstPictureWaitsForAVerdictOnEveryUsedPool() {
    Desk desk = desk(Saved.NOTHING);
    CompletableFuture<Void> done = adopt(desk, Written.REGIONS);
    assertThat(around.watched).hasSize(3);
    assertThat(around.published).isEmpty();
    probe(desk, "192.0.2.1", Code.L4OK);
    assertThat(around.published).as("us has no verdict yet").isEmpty();
    probe(desk, "198.51.100.1", Code.L4CON);
    assertThat(around.published).hasSize(1);
    assertThat(done).isCompleted();
    assertThat(standing().reason()).isEqualTo(Reason.RULE);
  }

  @Test
  void afterTheDeadlineWhatIsUnknownCountsAsUp() {
    Desk desk = desk(Saved.NOTHING);
    take(desk, Written.REGIONS);
    assertThat(desk.settle(now)).isEqualTo(now + Desk.VERDICT_MILLIS);
    now += Desk.VERDICT_MILLIS;
    desk.settle(now);
    assertThat(standing().reason()).isEqualTo(Reason.UNKNOWN);
    assertThat(standing().pool()).isEqualTo("eu");
  }

  @Test
  void whatTheProcessBeforeKnewIsAnsweredAtOnce() {
    Desk first = running();
    probe(first, "192.0.2.1", Code.L4CON);
    probe(first, "192.0.2.2", Code.L4CON);
    Map<String, SavedState> states = new HashMap<>();
    for (Target target : around.watched.keySet()) {
      boolean eu = target.address().getHostAddress().startsWith("192.0.2.");
      states.put(
          TargetKey.of(target),
          new SavedState(eu ? State.DOWN : State.UP, now - 5000, List.of(), null, null, null));
    }
    around.published.clear();
    take(desk(new Saved(states, Map.of(), Memory.NONE, Orders.NONE, null)), Written.REGIONS);
    assertThat(around.published).hasSize(1);
    assertThat(standing().pool()).isEqualTo("us");
    assertThat(standing().reason()).isEqualTo(Reason.FAILOVER);
  }

  @Test
  void aResultThatChangesNothingPublishesNothing() {
    Desk desk = running();
    int before = around.published.size();
    probe(desk, "192.0.2.1", Code.L4OK);
    probe(desk, "192.0.2.1", Code.INCONCLUSIVE);
    assertThat(around.published).hasSize(before);
  }

  @Test
  void aDecidingResultChangesTheAnswerAndSaysSo() {
    Desk desk = running();
    probe(desk, "192.0.2.1", Code.L4CON);
    probe(desk, "192.0.2.2", Code.L4CON);
    assertThat(standing().pool()).isEqualTo("us");
    assertThat(around.changes).endsWith("eu/fra1 UP -> DOWN", "eu/fra2 UP -> DOWN");
  }

  @Test
  void severalEventsArePublishedOnce() {
    Desk desk = running();
    int before = around.published.size();
    for (Target target : around.watched.keySet()) {
      desk.apply(new Event.Probed(target, new ProbeResult(Code.L4CON, "", now, 1000)), now);
    }
    desk.settle(now);
    assertThat(around.published).hasSize(before + 1);
    assertThat(standing().reason()).isEqualTo(Reason.ALL_DOWN);
  }

  @Test
  void aReloadKeepsTheHealthOfUnchangedTargetsAndWaitsForNewOnes() {
    Desk desk = running();
    probe(desk, "192.0.2.1", Code.L4CON);
    int before = around.published.size();
    CompletableFuture<Void> done =
        adopt(desk, Written.REGIONS.replace("iad1: 198.51.100.1", "iad9: 198.51.100.9"));
    assertThat(done).isNotCompleted();
    assertThat(around.published).hasSize(before);
    assertThat(around.watched).as("old and new targets").hasSize(4);
    probe(desk, "198.51.100.9", Code.L4OK);
    assertThat(done).isCompleted();
    assertThat(around.watched).hasSize(3);
    Published last = around.published.getLast();
    assertThat(last.plan().targets().stream().map(last::live))
        .extracting(TargetHealth::state)
        .containsExactly(State.DOWN, State.UP, State.UP);
  }

  @Test
  void aNewerConfigurationTakesThePlaceOfOneThatStillWaits() {
    Desk desk = running();
    CompletableFuture<Void> older =
        adopt(desk, Written.REGIONS.replace("198.51.100.1", "198.51.100.8"));
    CompletableFuture<Void> newer =
        adopt(desk, Written.REGIONS.replace("198.51.100.1", "198.51.100.9"));
    assertThat(older).isCompletedExceptionally();
    probe(desk, "198.51.100.9", Code.L4OK);
    assertThat(newer).isCompleted();
    assertThat(around.published.getLast().plan().targets())
        .extracting(target -> target.address().getHostAddress())
        .contains("198.51.100.9")
        .doesNotContain("198.51.100.8");
  }

  @Test
  void aFrozenTableStaysWhileProbesGoOnAndForcedStatesStillAct() {
    Desk desk = running();
    Map<String, State> states = new HashMap<>();
    around.watched.keySet().forEach(t -> states.put(TargetKey.of(t), State.UP));
    order(desk, o -> o.frozen(new Freeze(states, "work", "me", now, Long.MAX_VALUE)));
    probe(desk, "192.0.2.1", Code.L4CON);
    probe(desk, "192.0.2.2", Code.L4CON);
    assertThat(standing().pool()).isEqualTo("eu");
    assertThat(standing().reason()).isEqualTo(Reason.FROZEN);
    Published last = around.published.getLast();
    assertThat(last.live(last.plan().targets().getFirst()).state()).isEqualTo(State.DOWN);
    order(desk, o -> o.with(Given.down("eu/fra1")).with(Given.down("eu/fra2")));
    assertThat(standing().pool()).isEqualTo("us");
    order(desk, o -> o.frozen(null).cleared());
    assertThat(standing().reason()).isEqualTo(Reason.FAILOVER);
  }

  @Test
  void aFrozenTableIsNobodysToChange() {
    Desk desk = running();
    Map<String, State> states = new HashMap<>();
    around.watched.keySet().forEach(t -> states.put(TargetKey.of(t), State.UP));
    order(desk, o -> o.frozen(new Freeze(states, "work", "me", now, Long.MAX_VALUE)));
    states.replaceAll((target, state) -> State.DOWN);
    probe(desk, "192.0.2.1", Code.L4CON);
    assertThat(standing().pool()).isEqualTo("eu");
    assertThat(around.published.getLast().bound().table().verdict(0).state()).isEqualTo(State.UP);
  }

  @Test
  void anOrderEndsByItselfAndIsKeptOnDiskAtEachChange() {
    Desk desk = running();
    order(
        desk,
        o ->
            o.with(Given.order("eu/fra1", Forced.DOWN, now, now + 30_000))
                .with(Given.order("eu/fra2", Forced.DOWN, now, now + 30_000)));
    assertThat(standing().pool()).isEqualTo("us");
    assertThat(around.kept.getLast().list()).hasSize(2);
    assertThat(desk.settle(now)).isLessThanOrEqualTo(now + 30_000);
    now += 30_000;
    desk.settle(now);
    assertThat(around.kept.getLast().list()).isEmpty();
    assertThat(standing().pool()).isEqualTo("eu");
  }

  @Test
  void aHostNameGetsItsAddressesWhenTheyCome() {
    Desk desk = desk(Saved.NOTHING);
    String yaml = Written.REGIONS.replace("iad1: 198.51.100.1", "cloud: { host: lb.example.net }");
    take(desk, yaml);
    probe(desk, "192.0.2.1", Code.L4OK);
    probe(desk, "192.0.2.2", Code.L4OK);
    assertThat(around.published).as("the name has no address yet").isEmpty();
    resolve(desk, "198.51.100.7");
    probe(desk, "198.51.100.7", Code.L4OK);
    assertThat(around.published).isNotEmpty();
    resolve(desk, "198.51.100.8");
    assertThat(around.watched.keySet())
        .extracting(target -> target.address().getHostAddress())
        .contains("198.51.100.8")
        .doesNotContain("198.51.100.7");
  }

  @Test
  void nobodyWaitsForAHostThatHasNoAddress() {
    Desk desk = desk(Saved.NOTHING);
    take(desk, Written.REGIONS.replace("iad1: 198.51.100.1", "cloud: { host: lb.example.net }"));
    probe(desk, "192.0.2.1", Code.L4OK);
    probe(desk, "192.0.2.2", Code.L4OK);
    assertThat(around.published).isEmpty();
    desk.apply(new Event.Addressless("lb.example.net"), now);
    desk.settle(now);
    assertThat(around.published).hasSize(1);
  }

  @Test
  void anotherAddressIsToldOfAndAnotherTtlOnlyCountsWhereAnAnswerShowsIt() {
    Desk desk = desk(Saved.NOTHING);
    take(
        desk,
        Written.REGIONS.replace(
            "check: web, backends: { iad1: 198.51.100.1",
            "backends: { iad1: { host: lb.example.net }"));
    probe(desk, "192.0.2.1", Code.L4CON);
    probe(desk, "192.0.2.2", Code.L4CON);
    resolve(desk, 600, "198.51.100.7");
    assertThat(standing().pool()).isEqualTo("us");
    assertThat(standing().ttl()).isEqualTo(15);
    probe(desk, "192.0.2.1", Code.L4OK);
    assertThat(around.changes).contains("lb.example.net null -> [/198.51.100.7]");
    int published = around.published.size();
    int changes = around.changes.size();
    resolve(desk, 300, "198.51.100.7");
    assertThat(around.published).as("both are above the upper bound").hasSize(published);
    resolve(desk, 40, "198.51.100.7");
    assertThat(around.published).hasSize(published + 1);
    assertThat(around.changes).hasSize(changes);
    resolve(desk, 40, "198.51.100.8");
    assertThat(around.published).hasSize(published + 2);
    assertThat(around.changes).endsWith("lb.example.net [/198.51.100.7] -> [/198.51.100.8]");
    assertThat(around.published.getLast().plan().steering().names())
        .as("what did not change need not be bound anew")
        .isSameAs(around.published.get(published).plan().steering().names());
  }

  @Test
  void whatChangedIsToldWhenItIsPublished() {
    Desk desk = running();
    around.toldAt.clear();
    probe(desk, "192.0.2.1", Code.L4CON);
    probe(desk, "192.0.2.2", Code.L4CON);
    assertThat(around.toldAt).containsExactly(2, 3).last().isEqualTo(around.published.size());
  }

  @Test
  void anAliasFailsBeforeItResolvesThenHasEveryAddressForTheirTtl() throws Refused {
    Desk desk = desk(Saved.NOTHING);
    CompletableFuture<Void> done =
        adopt(
            desk,
            Written.REGIONS.replace("www: { to: [ eu, us ] }", "\"@\": { alias: lb.example.net }"));
    assertThat(around.published).as("it waits for the host").isEmpty();
    now += Desk.VERDICT_MILLIS;
    desk.settle(now);
    assertThat(done).isCompleted();
    for (boolean v4 : List.of(true, false)) {
      Explanation unresolved = explain(v4);
      assertThat(unresolved.answer())
          .as("nobody must believe that it is empty")
          .isEqualTo("servfail");
      assertThat(unresolved.reason()).isEqualTo(Reason.ALL_DOWN);
    }

    resolve(desk, 20, "192.0.2.9", "192.0.2.10");
    Explanation a = explain(true);
    assertThat(a.answer()).isEqualTo("addresses");
    assertThat(a.pool()).isEqualTo("alias:lb.example.net");
    assertThat(a.rule()).isEqualTo("zones.example.com.names.@.alias");
    assertThat(a.ttl()).isEqualTo(20);
    assertThat(a.ttlReason()).isEqualTo("host name in alias:lb.example.net");
    assertThat(a.backends().getFirst().addresses()).containsExactly("192.0.2.9", "192.0.2.10");
    Explanation aaaa = explain(false);
    assertThat(aaaa.answer()).isEqualTo("nodata");
    assertThat(aaaa.ttl()).as("the host may come to have one").isEqualTo(20);

    resolve(desk, 5, "192.0.2.9", "2001:db8::9");
    assertThat(explain(true).ttl()).as("the lower bound").isEqualTo(15);
    assertThat(explain(false).answer()).isEqualTo("addresses");
  }

  private Explanation explain(boolean v4) throws Refused {
    Published now = around.published.getLast();
    return Questions.explain(now.plan().source(), now.bound(), "example.com", v4, null, null);
  }

  private void resolve(Desk desk, String address) {
    resolve(desk, 60, address);
  }

  private void resolve(Desk desk, int ttl, String... addresses) {
    List<InetAddress> resolved = Arrays.stream(addresses).map(InetAddress::ofLiteral).toList();
    desk.apply(new Event.Addressed("lb.example.net", new Resolved(resolved, ttl)), now);
    desk.settle(now);
  }

  private void order(Desk desk, UnaryOperator<Orders> change) {
    desk.apply(new Event.Ordered((o, ground) -> change.apply(o), new CompletableFuture<>()), now);
    desk.settle(now);
  }

  private void probe(Desk desk, String address, long micros) {
    for (Target target : around.watched.keySet()) {
      if (target.address().getHostAddress().equals(address)) {
        desk.apply(new Event.Probed(target, new ProbeResult(Code.L4OK, "", now, micros)), now);
      }
    }
    desk.settle(now);
  }

  private double odds(int backend) {
    Bound bound = around.published.getLast().bound();
    return Explainer.explain(bound, 0, Family.V4, new Asker(), "", List.of(), 60)
        .backends()
        .get(backend)
        .odds();
  }

  @Test
  void latencyMovesSharesStepByStepWhereTheFastestIsPicked() {
    Desk desk = desk(Saved.NOTHING);
    take(desk, Written.REGIONS.replace("{ to: [ eu, us ] }", "{ to: eu, pick: fastest }"));
    probe(desk, "192.0.2.1", 1000);
    probe(desk, "192.0.2.2", 1000);
    probe(desk, "198.51.100.1", 1000);
    assertThat(odds(0)).isEqualTo(0.5);
    int published = around.published.size();
    now += 60_000;
    probe(desk, "192.0.2.1", 100_000);
    assertThat(around.published).hasSize(published + 1);
    assertThat(odds(0)).isBetween(1 / 2.11, 1 / 2.09);
    probe(desk, "192.0.2.2", 1001);
    probe(desk, "198.51.100.1", 100_000);
    assertThat(around.published).as("nothing that is given changed").hasSize(published + 1);
  }

  @Test
  void latencyChangesNothingWhereWeightsDecide() {
    Desk desk = running();
    int published = around.published.size();
    for (int i = 0; i < 10; i++) {
      now += 60_000;
      probe(desk, "192.0.2.1", 1_000_000);
    }
    assertThat(around.published).hasSize(published);
    assertThat(odds(0)).isEqualTo(0.5);
  }

  private TargetHealth live(String address) {
    Published last = around.published.getLast();
    return last.plan().targets().stream()
        .filter(target -> target.address().getHostAddress().equals(address))
        .map(last::live)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aCheckWithOtherTimesKeepsStateFallsAndHold() {
    String yaml =
        Written.REGIONS.replace(
            "fall: 1, rise: 1", "fall: 1, rise: 1, hold_down: { falls: 2, within: 1h, for: 10m }");
    Desk desk = desk(Saved.NOTHING);
    take(desk, yaml);
    for (String address : List.of("192.0.2.1", "192.0.2.2", "198.51.100.1")) {
      for (Code code : List.of(Code.L4OK, Code.L4CON, Code.L4OK, Code.L4CON)) {
        probe(desk, address, code);
      }
    }
    TargetHealth before = live("192.0.2.1");
    assertThat(before.past().falls()).hasSize(2);
    now += 1_000;
    assertThat(adopt(desk, yaml.replace("every: 10s", "every: 5s"))).isCompleted();
    assertThat(live("192.0.2.1")).isEqualTo(before);
    probe(desk, "192.0.2.1", Code.L4OK);
    assertThat(live("192.0.2.1").state()).as("the hold goes on").isEqualTo(State.DOWN);
    assertThat(adopt(desk, yaml.replace("tcp: 80", "tcp: 81"))).isNotCompleted();
  }

  @Test
  void whatIsPublishedForAStreakOrAWeightIsNotKeptSoon() {
    Desk desk = desk(Saved.NOTHING);
    take(desk, Written.REGIONS.replace("fall: 1", "fall: 2"));
    for (String address : List.of("192.0.2.1", "192.0.2.2", "198.51.100.1")) {
      probe(desk, address, Code.L4OK);
    }
    int before = around.soon.size();
    for (Target target : around.watched.keySet()) {
      desk.apply(new Event.Probed(target, new ProbeResult(Code.L4OK, "", now, 1000, 40)), now);
    }
    desk.settle(now);
    probe(desk, "192.0.2.1", Code.L4CON);
    probe(desk, "192.0.2.1", Code.L4CON);
    assertThat(around.soon.subList(before, around.soon.size())).containsExactly(false, false, true);
  }
}

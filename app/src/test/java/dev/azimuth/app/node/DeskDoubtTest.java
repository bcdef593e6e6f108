package dev.azimuth.app.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.app.orders.Given;
import dev.azimuth.health.Doubt;
import dev.azimuth.health.Forced;
import dev.azimuth.health.ProbeResult;
import dev.azimuth.health.ProbeResult.Code;
import dev.azimuth.health.State;
import dev.azimuth.health.Target;
import dev.azimuth.steering.Binder;
import dev.azimuth.steering.Bound.RuleStanding;
import dev.azimuth.steering.Reason;
import dev.azimuth.steering.Slots;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the publisher does when too much fails at once. */
class DeskDoubtTest {
  private static final String YAML =
      """
      server: { listen: [ "127.0.0.1:0" ], state_dir: state }
      health: { anchors: [ 192.0.2.253, 192.0.2.254 ] }
      checks: { web: { tcp: 80, every: 10s, fall: 2, rise: 1 } }
      pools:
        eu: { check: web, failback_hold: 0s, backends: { a: 192.0.2.1, b: 192.0.2.2, c: 192.0.2.3 } }
        us: { check: web, backends: { a: 198.51.100.1, b: 198.51.100.2, c: 198.51.100.3 } }
      zones:
        example.com:
          records: |
            @   SOA ns1 hostmaster 1 1h 15m 7d 60
            @   NS  ns1
            ns1 A   203.0.113.53
          names: { www: { to: [ eu, us ] } }
      """;

  @TempDir private Path folder;

  private final DeskTest.Around around = new DeskTest.Around();
  private long now = 1_000_000;
  private final Desk desk =
      new Desk(around, new Binder(Questions::octets), new Slots(), Saved.NOTHING);

  private void start(String yaml) {
    desk.apply(new Event.Adopt(Written.load(folder, yaml), new CompletableFuture<>()), now);
    desk.settle(now);
    probe(address -> true, Code.L4OK);
    assertThat(standing().reason()).isEqualTo(Reason.RULE);
  }

  private void probe(Predicate<String> addresses, Code code) {
    for (Target target : around.watched.keySet()) {
      if (addresses.test(target.address().getHostAddress())) {
        desk.apply(new Event.Probed(target, new ProbeResult(code, "", now, 1000)), now);
      }
    }
    desk.settle(now);
  }

  private void allFail() {
    probe(address -> true, Code.L4TOUT);
    now += 900;
    probe(address -> true, Code.L4TOUT);
  }

  private void answered(int answering) {
    desk.apply(new Event.Anchored(answering, 2), now);
    desk.settle(now);
  }

  private RuleStanding standing() {
    return around.published.getLast().bound().ruleStandings().getFirst();
  }

  @Test
  void whenTheAnchorsAreSilentTooTheLastTableIsHeld() {
    start(YAML);
    probe(address -> true, Code.L4TOUT);
    assertThat(around.asked).hasSize(2);
    assertThat(standing().reason()).as("nothing is decided yet").isEqualTo(Reason.RULE);
    answered(0);
    now += 1_000;
    probe(address -> true, Code.L4TOUT);
    assertThat(standing().pool()).isEqualTo("eu");
    assertThat(standing().reason()).isEqualTo(Reason.SELF_DOUBT);
    assertThat(standing().ttl()).as("the lower bound").isEqualTo(15);
    assertThat(around.changes).contains("doubt true true", "eu/a check web UP -> DOWN");
  }

  @Test
  void anAnswerThatDoesNotComeIsNone() {
    start(YAML);
    probe(address -> true, Code.L4TOUT);
    long wake = desk.settle(now);
    assertThat(wake).isEqualTo(now + Doubt.ANSWER_MILLIS);
    now = wake;
    probe(address -> true, Code.L4TOUT);
    assertThat(standing().reason()).isEqualTo(Reason.SELF_DOUBT);
  }

  @Test
  void whenTheAnchorsAnswerTheChangeIsBelieved() {
    start(YAML);
    allFail();
    assertThat(standing().reason()).as("waits for the anchors").isEqualTo(Reason.RULE);
    answered(1);
    assertThat(standing().reason()).isEqualTo(Reason.ALL_DOWN);
    assertThat(around.changes).endsWith("doubt false false");
  }

  @Test
  void whatFellBeforeItWasTooMuchIsUpAgainInDoubt() {
    start(YAML);
    probe(address -> address.startsWith("192.0.2"), Code.L4TOUT);
    now += 1_000;
    probe(address -> address.startsWith("192.0.2"), Code.L4TOUT);
    assertThat(standing().pool()).isEqualTo("us");
    now += 1_000;
    probe(address -> address.startsWith("198.51.100"), Code.L4TOUT);
    answered(0);
    assertThat(standing().pool()).isEqualTo("eu");
    assertThat(standing().reason()).isEqualTo(Reason.SELF_DOUBT);
  }

  @Test
  void theDoubtEndsOnceAnchorsAndBackendsAnswerAgain() {
    start(YAML);
    allFail();
    answered(0);
    now += Doubt.AGAIN_MILLIS;
    desk.settle(now);
    assertThat(around.asked).as("asked again").hasSize(4);
    answered(2);
    assertThat(standing().reason()).as("they had no time yet").isEqualTo(Reason.SELF_DOUBT);
    now += 500;
    probe(address -> true, Code.L4OK);
    assertThat(standing().reason()).isEqualTo(Reason.RULE);
    assertThat(around.published.getLast().doubt().holds()).isFalse();
  }

  @Test
  void aDoubtLastsTenMinutesAtMostAndEndsByItself() {
    start(YAML);
    allFail();
    answered(0);
    long end = now - 900 + Doubt.LONGEST_MILLIS;
    while (now < end) {
      assertThat(standing().reason()).isEqualTo(Reason.SELF_DOUBT);
      long wake = desk.settle(now);
      assertThat(wake).isGreaterThan(now);
      now = Math.min(wake, end);
      answered(0);
    }
    assertThat(standing().reason()).isEqualTo(Reason.ALL_DOWN);
  }

  @Test
  void ordersActAllTheSame() {
    start(YAML);
    allFail();
    answered(0);
    for (String backend : List.of("eu/a", "eu/b", "eu/c")) {
      desk.apply(
          new Event.Ordered(
              (orders, ground) ->
                  orders.with(Given.order(backend, Forced.DRAIN, now, Long.MAX_VALUE)),
              new CompletableFuture<>()),
          now);
    }
    desk.settle(now);
    assertThat(standing().pool()).isEqualTo("us");
    assertThat(standing().reason()).isEqualTo(Reason.SELF_DOUBT);
  }

  @Test
  void withOneAnchorOrInOnePoolNobodyDoubts() {
    start(YAML.replace("192.0.2.253, ", ""));
    allFail();
    assertThat(standing().reason()).isEqualTo(Reason.ALL_DOWN);
    assertThat(around.asked).isEmpty();
  }

  private State counting(String address) {
    Published last = around.published.getLast();
    return last.plan().targets().stream()
        .filter(target -> target.address().getHostAddress().equals(address))
        .map(target -> last.counts(target).state())
        .findFirst()
        .orElseThrow();
  }

  private CompletableFuture<Void> reload(String yaml) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    desk.apply(new Event.Adopt(Written.load(folder, yaml), done), now);
    desk.settle(now);
    return done;
  }

  @Test
  void anOutageThatAnchorsConfirmIsNotAskedAboutAgain() {
    start(YAML);
    allFail();
    answered(2);
    for (int i = 0; i < 20; i++) {
      now += 1_000;
      probe(address -> true, Code.L4TOUT);
      assertThat(standing().reason()).isEqualTo(Reason.ALL_DOWN);
    }
    assertThat(around.asked).as("once").hasSize(2);
  }

  @Test
  void whatWasConfirmedStaysDownWhenTheOthersFailToo() {
    String more = "backends: { d: 198.51.100.4, e: 198.51.100.5, f: 198.51.100.6,";
    start(YAML.replace("us: { check: web, backends: {", "us: { check: web, " + more));
    probe(address -> address.startsWith("192.0.2") || address.matches(".*[12]$"), Code.L4TOUT);
    now += 900;
    probe(address -> address.startsWith("192.0.2") || address.matches(".*[12]$"), Code.L4TOUT);
    answered(2);
    assertThat(counting("192.0.2.1")).isEqualTo(State.DOWN);
    for (String each : List.of("192.0.2.1", "192.0.2.2", "192.0.2.3")) {
      now += 2_000;
      probe(each::equals, Code.L4OK);
    }
    probe(address -> !address.matches(".*51.100.[12]$"), Code.L4TOUT);
    assertThat(around.published.getLast().doubt().holds()).as("seven of seven fail").isTrue();
    assertThat(counting("192.0.2.1")).isEqualTo(State.UP);
    assertThat(counting("198.51.100.1")).as("confirmed before").isEqualTo(State.DOWN);
  }

  @Test
  void whatIsKeptInDoubtIsWhatIsHeld() throws IOException {
    start(YAML);
    allFail();
    answered(0);
    assertThat(counting("192.0.2.1")).isEqualTo(State.UP);
    StateStore store = new StateStore(folder);
    store.writeHealth(around.published.getLast(), now);
    assertThat(store.read(now, complaint -> {}).targets().values())
        .hasSize(6)
        .allMatch(saved -> saved.state() == State.UP);
  }

  @Test
  void aReloadInDoubtHoldsWhatHasOtherTimes() {
    start(YAML);
    allFail();
    answered(0);
    now += 1_000;
    assertThat(reload(YAML.replace("every: 10s", "every: 5s"))).isCompleted();
    probe(address -> true, Code.L4TOUT);
    assertThat(standing().pool()).isEqualTo("eu");
    assertThat(standing().reason()).isEqualTo(Reason.SELF_DOUBT);
    assertThat(counting("192.0.2.1")).isEqualTo(State.UP);
  }

  @Test
  void aFirstFailureInDoubtTakesNothingDownAndASuccessCounts() {
    start(YAML);
    allFail();
    answered(0);
    now += 1_000;
    assertThat(reload(YAML.replace("tcp: 80", "tcp: 81"))).isNotCompleted();
    probe(address -> true, Code.L4TOUT);
    assertThat(counting("192.0.2.1")).isEqualTo(State.UNKNOWN);
    assertThat(standing().pool()).isEqualTo("eu");
    now += 1_000;
    probe("192.0.2.2"::equals, Code.L4OK);
    assertThat(counting("192.0.2.2")).isEqualTo(State.UP);
  }
}

package dev.azimuth.app.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.app.node.DeskTest.Around;
import dev.azimuth.balancer.Supply;
import dev.azimuth.steering.Binder;
import dev.azimuth.steering.Slots;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A backend that was ejected comes back as slowly as one that was down. */
class RecoveringTest {
  private static final String YAML =
      """
      server: { listen: [ "127.0.0.1:0" ], state_dir: state }
      defaults: { check: none }
      pools:
        eu: { slow_start: 10s, backends: { fra1: { address: 192.0.2.1, weight: 3 }, fra2: 192.0.2.2 } }
      balancers:
        web: { listen: "tcp://127.0.0.1:0", port: 80, to: eu, passive: { eject: 10s } }
        other: { listen: "tcp://127.0.0.1:0", port: 80, to: eu }
      zones:
        example.com:
          records: |
            @   SOA ns1 hostmaster 1 1h 15m 7d 60
            @   NS  ns1
            ns1 A   203.0.113.53
      """;

  @TempDir private Path folder;
  private final Around around = new Around();
  private final Desk desk =
      new Desk(around, new Binder(Questions::octets), new Slots(), Saved.NOTHING);

  @BeforeEach
  void publish() {
    take(YAML);
  }

  private void take(String yaml) {
    desk.apply(new Event.Adopt(Written.load(folder, yaml), new CompletableFuture<>()), 1_000);
    desk.settle(1_000);
  }

  /** The first is ejected from 4 s to 14 s. */
  private void eject() {
    desk.apply(new Event.Failing("web", "eu/fra1"), 4_000);
    desk.settle(4_000);
  }

  private List<Integer> weights(int balancer) {
    return ForwardSetups.of(around.published.getLast())
        .get(balancer)
        .supplies()
        .getFirst()
        .candidates()
        .stream()
        .map(Supply.Candidate::weight)
        .toList();
  }

  private List<Integer> weightsAt(long now) {
    desk.settle(now);
    return weights(0);
  }

  @Test
  void itsWeightRisesFromATenthToTheWholeByEachSecond() {
    assertThat(weights(0)).containsExactly(3, 1);
    eject();
    assertThat(weights(0)).containsExactly(1);
    assertThat(desk.settle(13_999)).isEqualTo(14_000);
    assertThat(weightsAt(14_000)).as("in hundredths").containsExactly(30, 100);
    assertThat(desk.settle(14_000)).isEqualTo(15_000);
    assertThat(weightsAt(14_999)).containsExactly(30, 100);
    assertThat(weightsAt(15_000)).containsExactly(57, 100);
    assertThat(weightsAt(19_000)).containsExactly(165, 100);
    assertThat(weightsAt(23_000)).containsExactly(273, 100);
    assertThat(weightsAt(24_000)).containsExactly(3, 1);
  }

  @Test
  void whatAnotherBalancerGivesItStaysAsItIs() {
    eject();
    assertThat(weights(1)).containsExactly(3, 1);
    assertThat(weightsAt(14_000)).containsExactly(30, 100);
    assertThat(weights(1)).containsExactly(3, 1);
  }

  @Test
  void withoutSlowStartItHasItsWholeWeightAtOnce() {
    take(YAML.replace("slow_start: 10s, ", ""));
    eject();
    assertThat(weightsAt(13_999)).containsExactly(1);
    assertThat(weightsAt(14_000)).containsExactly(3, 1);
  }
}

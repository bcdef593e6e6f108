package dev.azimuth.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.app.FakeNode;
import dev.azimuth.app.node.BalancerStatus;
import dev.azimuth.app.node.Status;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a person reads of a node's status, beside the whole page in {@link CommandLineTest}. */
class StatusTextTest {
  @Test
  void coloursDoNotMoveColumns() {
    String plain = StatusText.of(FakeNode.troubled(), FakeNode.NOW, Ink.PLAIN);
    String coloured = StatusText.of(FakeNode.troubled(), FakeNode.NOW, Ink.COLOUR);
    assertThat(coloured).contains("\u001b[31;1mFROZEN\u001b[0m");
    assertThat(coloured.replaceAll("\u001b\\[[0-9;]*m", "")).isEqualTo(plain);
  }

  @Test
  void aPoolThatWaitsForTheOperatorSaysTheCommand() {
    var pool = new Status.PoolStatus("eu", 1.0, null, true, Instant.MAX, List.of());
    assertThat(text(status(null, List.of(), List.of(pool))))
        .startsWith("HELD  pool eu has recovered and waits for: azimuth failback eu\n");
  }

  @Test
  void whatAsksForLessThanItsWeightIsNotSimplyUp() {
    var endpoint =
        new Status.EndpointStatus(
            "192.0.2.1", "UP", 0, FakeNode.NOW, "L7OK", "", 1200, 0, List.of());
    var backend = new Status.BackendStatus("fra1", 1, false, null, null, List.of(endpoint));
    var pool = new Status.PoolStatus("eu", 0.0, null, false, null, List.of(backend));
    assertThat(text(status(null, List.of(), List.of(pool)))).contains("up, asks for 0 %");
  }

  @Test
  void ordersThatADiskDoesNotKeepAreShown() {
    assertThat(text(status("No space left on device", List.of(), List.of())))
        .startsWith("NOT KEPT  ")
        .contains("No space left on device");
  }

  @Test
  void whatIsToBeMendedStandsAboveTheTables() {
    assertThat(text(status(null, List.of("the token is not secret", "so what"), List.of())))
        .startsWith("HINT  the token is not secret\nHINT  so what\n\nAzimuth");
  }

  @Test
  void balancersThatNeedAttentionAreShown() {
    var web =
        new BalancerStatus(
            "web",
            "NO_BACKEND",
            0,
            0,
            0,
            0,
            List.of(),
            List.of(),
            List.of(),
            List.of(new BalancerStatus.Ejected("eu/fra1", FakeNode.NOW.plusSeconds(8), 2)));
    assertThat(text(status(null, List.of(), List.of(), List.of(web))))
        .startsWith(
            """
            NO BACKEND  balancer web has none of its own pools' to forward to
            EJECTED  balancer web leaves out eu/fra1 since connections to it failed, 8s left
            """);
  }

  private static String text(Status status) {
    return StatusText.of(status, FakeNode.NOW, Ink.PLAIN);
  }

  @Test
  void oneBackendIsShownWithItsEvidenceAndItsNewestResults() throws Exception {
    String text = BackendText.of(new FakeNode().backend("eu/fra1"), FakeNode.NOW, Ink.PLAIN);
    assertThat(text)
        .isEqualTo(
            """
            eu/fra1  weight 3, forced drain

            192.0.2.1  down for 5m by site, held as up, asks for 40 % of its weight
              web 192.0.2.1:80  down for 5m
                decided by L7STS status 503 5m 1s ago
                1 of one kind in a row, 1 against
                held down for 1m more, since it fell often
                2s ago   L7OK   0.9 ms
                12s ago  L7STS  1.2 ms
            """);
  }

  private static Status status(
      @Nullable String notKept, List<String> hints, List<Status.PoolStatus> pools) {
    return status(notKept, hints, pools, List.of());
  }

  /** A node with a hint and nothing that does not work. */
  static Status calm() {
    return status(null, List.of("the token is not secret"), List.of());
  }

  /** A node without any other trouble. */
  private static Status status(
      @Nullable String notKept,
      List<String> hints,
      List<Status.PoolStatus> pools,
      List<BalancerStatus> balancers) {
    return new Status(
        "0.1.0",
        1,
        FakeNode.NOW,
        FakeNode.NOW,
        "azimuth.yaml",
        null,
        null,
        notKept,
        List.of(),
        hints,
        null,
        List.of(),
        pools,
        List.of(),
        List.of(),
        null,
        List.of(),
        balancers);
  }
}

package dev.azimuth.app.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.app.orders.Given;
import dev.azimuth.health.Forced;
import dev.azimuth.health.ProbeResult;
import dev.azimuth.health.ProbeResult.Code;
import dev.azimuth.health.Target;
import dev.azimuth.steering.Binder;
import dev.azimuth.steering.Slots;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateChangesTest {
  @TempDir private Path folder;

  private final DeskTest.Around around = new DeskTest.Around();
  private final Desk desk =
      new Desk(around, new Binder(Questions::octets), new Slots(), Saved.NOTHING);

  private void adopt(String yaml) {
    desk.apply(new Event.Adopt(Written.load(folder, yaml), new CompletableFuture<>()), 1);
    desk.settle(1);
  }

  private void probe(String address, Code code) {
    for (Target target : around.watched.keySet()) {
      if (target.address().getHostAddress().equals(address)) {
        desk.apply(new Event.Probed(target, new ProbeResult(code, "why", 1, 1000)), 1);
      }
    }
    desk.settle(1);
  }

  private void start() {
    adopt(Written.REGIONS);
    for (String address : List.of("192.0.2.1", "192.0.2.2", "198.51.100.1")) {
      probe(address, Code.L4OK);
    }
  }

  /** Of the newest picture against one before it. */
  private List<StateChange> since(int picture) {
    return StateChanges.between(around.published.get(picture), around.published.getLast());
  }

  private static String words(StateChange change) {
    return "%s %s %s -> %s %s"
        .formatted(change.kind(), change.name(), change.before(), change.after(), change.forced());
  }

  @Test
  void backendsAndPoolsThatChangedAreToldWithWhatTheirChecksSaid() {
    start();
    int before = around.published.size() - 1;
    probe("192.0.2.1", Code.L4CON);
    probe("192.0.2.2", Code.L4CON);
    assertThat(since(before).stream().map(StateChangesTest::words))
        .containsExactly(
            "backend eu/fra1 UP -> DOWN null",
            "backend eu/fra2 UP -> DOWN null",
            "pool eu SERVING -> NOT_SERVING null");
    assertThat(since(before).getFirst().checks())
        .containsExactly(new StateChange.Said("web", "192.0.2.1:80", "DOWN", "L4CON", "why"));
    assertThat(since(around.published.size() - 1)).isEmpty();
  }

  @Test
  void anOrderIsAChangeToo() {
    start();
    int before = around.published.size() - 1;
    desk.apply(
        new Event.Ordered(
            (orders, ground) ->
                orders.with(Given.order("us/iad1", Forced.DRAIN, 1, Long.MAX_VALUE)),
            new CompletableFuture<>()),
        1);
    desk.settle(1);
    assertThat(since(before).stream().map(StateChangesTest::words))
        .containsExactly("backend us/iad1 UP -> UP DRAIN", "pool us SERVING -> NOT_SERVING null");
  }

  @Test
  void acrossAReloadThoseAreComparedThatAreInBoth() {
    start();
    int before = around.published.size() - 1;
    probe("192.0.2.2", Code.L4CON);
    adopt(
        Written.REGIONS
            .replace("fra1: 192.0.2.1, ", "")
            .replace("us: {", "ap: { backends: { new: 192.0.2.77 } }\n  us: {"));
    assertThat(since(before).stream().map(StateChangesTest::words))
        .containsExactly("backend eu/fra2 UP -> DOWN null", "pool eu SERVING -> NOT_SERVING null");
  }
}

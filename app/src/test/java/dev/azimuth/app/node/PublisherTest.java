package dev.azimuth.app.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.health.Forced;
import dev.azimuth.health.Target;
import dev.azimuth.health.TargetHealth;
import dev.azimuth.steering.Binder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PublisherTest {
  @TempDir private Path folder;

  private final List<Published> published = new CopyOnWriteArrayList<>();

  private final class Around implements Desk.Outside {
    @Override
    public void watch(Map<Target, TargetHealth> targets) {}

    @Override
    public void follow(Loading.Whole whole) {}

    @Override
    public void publish(Published next) {
      published.add(next);
    }

    @Override
    public void stateChanged(
        String label, Target target, TargetHealth before, TargetHealth after) {}

    @Override
    public void keep(Orders orders) {}
  }

  @Test
  void aFaultInOneEventIsToldAndTheOthersAreCarriedOut() throws Exception {
    List<Throwable> faults = new ArrayList<>();
    Desk desk = new Desk(new Around(), new Binder(Questions::octets), Saved.NOTHING);
    Publisher publisher = new Publisher(desk, new SteadyClock(), faults::add);
    CompletableFuture<Void> adopted = new CompletableFuture<>();
    CompletableFuture<Void> broken = new CompletableFuture<>();
    CompletableFuture<Void> whole = new CompletableFuture<>();
    String unchecked =
        Written.REGIONS
            .replace("checks: { web: { tcp: 80, every: 10s, fall: 1, rise: 1 } }", "")
            .replace("check: web, ", "");
    publisher.tell(new Event.Adopt(Written.load(folder, unchecked), adopted));
    publisher.start();
    adopted.get(10, TimeUnit.SECONDS);

    publisher.tell(
        new Event.Ordered(
            orders -> {
              throw new IllegalStateException("on purpose");
            },
            broken));
    Assertions.assertThatThrownBy(() -> broken.get(10, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .hasRootCauseMessage("on purpose");
    publisher.tell(
        new Event.Ordered(
            orders ->
                orders.with("eu/fra1", new ForcedBy(Forced.DOWN, "r", "a", 1, Long.MAX_VALUE)),
            whole));
    whole.get(10, TimeUnit.SECONDS);
    assertThat(published.getLast().orders().forced()).containsKey("eu/fra1");
    assertThat(faults).hasSize(1);

    CompletableFuture<Void> stopped = new CompletableFuture<>();
    publisher.tell(new Event.Stop(stopped));
    stopped.get(10, TimeUnit.SECONDS);
  }

  @Test
  void generationsOnlyRise() throws Exception {
    Desk desk = new Desk(new Around(), new Binder(Questions::octets), Saved.NOTHING);
    Publisher publisher = new Publisher(desk, new SteadyClock(), fault -> {});
    publisher.start();
    for (int i = 0; i < 5; i++) {
      CompletableFuture<Void> done = new CompletableFuture<>();
      String unchecked =
          Written.REGIONS
              .replace("checks: { web: { tcp: 80, every: 10s, fall: 1, rise: 1 } }", "")
              .replace("check: web, ", "");
      publisher.tell(new Event.Adopt(Written.load(folder, unchecked), done));
      done.get(10, TimeUnit.SECONDS);
    }
    publisher.tell(new Event.Stop(new CompletableFuture<>()));
    assertThat(published).extracting(Published::generation).isSorted().doesNotHaveDuplicates();
  }
}

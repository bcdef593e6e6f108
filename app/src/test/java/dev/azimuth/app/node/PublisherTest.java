package dev.azimuth.app.node;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.azimuth.app.config.HealthConfig.Anchor;
import dev.azimuth.app.host.LogQueue;
import dev.azimuth.app.orders.Given;
import dev.azimuth.app.orders.Orders;
import dev.azimuth.health.Doubt;
import dev.azimuth.health.ProbeResult;
import dev.azimuth.health.ProbeResult.Code;
import dev.azimuth.health.State;
import dev.azimuth.health.Target;
import dev.azimuth.health.TargetHealth;
import dev.azimuth.health.Trail;
import dev.azimuth.steering.Binder;
import dev.azimuth.steering.Slots;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.api.Assertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

class PublisherTest {
  @TempDir private Path folder;

  private final List<Published> published = new CopyOnWriteArrayList<>();

  private final class Around implements Outside {
    volatile Set<Target> watched = Set.of();

    @Override
    public void watch(Map<Target, TargetHealth> targets) {
      watched = Set.copyOf(targets.keySet());
    }

    @Override
    public void follow(Map<String, List<InetAddress>> hosts) {}

    @Override
    public void expect(Loading.Whole whole) {}

    @Override
    public void publish(Published next, boolean soon) {
      published.add(next);
    }

    @Override
    public void stateChanged(
        String label, Target target, TargetHealth before, TargetHealth after, Trail trail) {
      Journal.stateChanged(label, target, before, after, trail);
    }

    @Override
    public void ask(List<Anchor> anchors) {}

    @Override
    public void doubted(Doubt before, Doubt after) {}

    @Override
    public void ejected(String balancer, String backend) {}

    @Override
    public void addressesChanged(String host, @Nullable Resolved before, Resolved after) {}

    @Override
    public void keep(Orders orders) {}
  }

  static List<Throwable> faults() {
    return List.of(
        new IllegalStateException("on purpose"),
        new NoClassDefFoundError("on purpose"),
        new AssertionError("on purpose"));
  }

  @ParameterizedTest
  @MethodSource("faults")
  void aFaultInOneEventIsToldAndTheOthersAreCarriedOut(Throwable thrown) throws Exception {
    List<Throwable> faults = new ArrayList<>();
    Desk desk = new Desk(new Around(), new Binder(Questions::octets), new Slots(), Saved.NOTHING);
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
            (orders, ground) -> {
              if (thrown instanceof Error error) {
                throw error;
              }
              throw (RuntimeException) thrown;
            },
            broken));
    Assertions.assertThatThrownBy(() -> broken.get(10, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .hasRootCause(thrown);
    publisher.tell(
        new Event.Ordered((orders, ground) -> orders.with(Given.down("eu/fra1")), whole));
    whole.get(10, TimeUnit.SECONDS);
    assertThat(published.getLast().orders().list()).containsExactly(Given.down("eu/fra1"));
    assertThat(faults).containsExactly(thrown);
    assertThat(publisher.healthy()).isTrue();

    CompletableFuture<Void> stopped = new CompletableFuture<>();
    publisher.tell(new Event.Stop(stopped));
    stopped.get(10, TimeUnit.SECONDS);
  }

  @Test
  void aLogThatNobodyReadsDelaysNoAnswer() throws Exception {
    CountDownLatch reads = new CountDownLatch(1);
    AppenderBase<ILoggingEvent> stuck =
        new AppenderBase<>() {
          @Override
          protected void append(ILoggingEvent line) {
            try {
              reads.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          }
        };
    Logger log = (Logger) LoggerFactory.getLogger("azimuth");
    LogQueue queue = new LogQueue();
    queue.setQueueSize(8);
    queue.setContext(log.getLoggerContext());
    queue.addAppender(stuck);
    stuck.start();
    queue.start();
    log.addAppender(queue);
    log.setAdditive(false);
    Level level = log.getLevel();
    log.setLevel(Level.INFO);
    long dropped = LogQueue.dropped();
    Around around = new Around();
    Publisher publisher =
        new Publisher(
            new Desk(around, new Binder(Questions::octets), new Slots(), Saved.NOTHING),
            new SteadyClock(),
            fault -> {});
    try {
      publisher.start();
      publisher.tell(
          new Event.Adopt(Written.load(folder, Written.REGIONS), new CompletableFuture<>()));
      carriedOut(publisher);
      for (Code code :
          Collections.nCopies(20, List.of(Code.L4CON, Code.L4OK)).stream()
              .flatMap(List::stream)
              .toList()) {
        for (Target target : around.watched) {
          publisher.tell(new Event.Probed(target, new ProbeResult(code, "", 0, 1000)));
        }
        carriedOut(publisher);
        State wanted = code == Code.L4OK ? State.UP : State.DOWN;
        assertThat(published.getLast().known().values())
            .allMatch(health -> health.state() == wanted);
      }
      assertThat(LogQueue.dropped() - dropped).isGreaterThan(100);
    } finally {
      reads.countDown();
      log.detachAppender(queue);
      log.setAdditive(true);
      log.setLevel(level);
      queue.stop();
      publisher.close();
    }
  }

  /** Waits until the publisher has done all that it was told. */
  private static void carriedOut(Publisher publisher) throws Exception {
    CompletableFuture<Void> done = new CompletableFuture<>();
    publisher.tell(new Event.Ordered((orders, ground) -> orders, done));
    done.get(10, TimeUnit.SECONDS);
  }

  @Test
  void whatIsOnlyNotedIsTakenInThoughNothingElseComes() throws Exception {
    Around around = new Around();
    Publisher publisher =
        new Publisher(
            new Desk(around, new Binder(Questions::octets), new Slots(), Saved.NOTHING),
            new SteadyClock(),
            fault -> {});
    publisher.start();
    try {
      publisher.tell(
          new Event.Adopt(Written.load(folder, Written.REGIONS), new CompletableFuture<>()));
      carriedOut(publisher);
      for (Code code : List.of(Code.L4OK, Code.L4CON, Code.L4OK)) {
        for (Target target : around.watched) {
          publisher.note(new Event.Probed(target, new ProbeResult(code, "", 0, 1000)));
        }
        State wanted = code == Code.L4OK ? State.UP : State.DOWN;
        awaitAll(wanted);
      }
    } finally {
      publisher.close();
    }
  }

  private void awaitAll(State wanted) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (published.isEmpty()
        || !published.getLast().known().values().stream()
            .allMatch(health -> health.state() == wanted)) {
      assertThat(System.nanoTime() - end).as("waiting for %s", wanted).isNegative();
      Thread.sleep(5);
    }
  }

  @Test
  void nothingIsDoneWhileNothingIsToBeDone() throws Exception {
    AtomicInteger looks = new AtomicInteger();
    SteadyClock clock = new SteadyClock();
    Publisher publisher =
        new Publisher(
            new Desk(new Around(), new Binder(Questions::octets), new Slots(), Saved.NOTHING),
            () -> {
              looks.incrementAndGet();
              return clock.getAsLong();
            },
            fault -> {});
    publisher.start();
    try {
      carriedOut(publisher);
      // It comes to rest when it gets there; then nothing for nearly three times as long as what
      // is noted waits.
      int before;
      int windows = 0;
      do {
        before = looks.get();
        Thread.sleep(700);
      } while (looks.get() != before && ++windows < 10);
      assertThat(looks.get()).isEqualTo(before);
    } finally {
      publisher.close();
    }
  }

  @Test
  void aThreadThatIsStuckOrGoneIsNotHealthy() throws Exception {
    AtomicLong now = new AtomicLong(1_000_000);
    Desk desk = new Desk(new Around(), new Binder(Questions::octets), new Slots(), Saved.NOTHING);
    Publisher publisher = new Publisher(desk, now::get, fault -> {});
    assertThat(publisher.healthy()).as("not begun").isFalse();
    publisher.start();
    assertThat(publisher.healthy()).isTrue();
    CountDownLatch held = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    publisher.tell(
        new Event.Ordered(
            (orders, ground) -> {
              held.countDown();
              try {
                release.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              return orders;
            },
            new CompletableFuture<>()));
    assertThat(held.await(10, TimeUnit.SECONDS)).isTrue();
    now.addAndGet(10_001);
    assertThat(publisher.healthy()).as("in one round for more than ten seconds").isFalse();
    release.countDown();
    carriedOut(publisher);
    carriedOut(publisher);
    assertThat(publisher.healthy()).isTrue();
    publisher.close();
    assertThat(publisher.healthy()).isFalse();
  }

  @Test
  void generationsOnlyRise() throws Exception {
    Desk desk = new Desk(new Around(), new Binder(Questions::octets), new Slots(), Saved.NOTHING);
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

package dev.azimuth.app.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.app.orders.Freeze;
import dev.azimuth.app.orders.Given;
import dev.azimuth.app.orders.Orders;
import dev.azimuth.app.orders.Says;
import dev.azimuth.health.Doubt;
import dev.azimuth.health.Forced;
import dev.azimuth.health.ForcedState;
import dev.azimuth.health.HealthTable;
import dev.azimuth.health.Latency;
import dev.azimuth.health.Past;
import dev.azimuth.health.State;
import dev.azimuth.health.Target;
import dev.azimuth.health.TargetHealth;
import dev.azimuth.steering.Basis;
import dev.azimuth.steering.Binder;
import dev.azimuth.steering.Bound;
import dev.azimuth.steering.Memory;
import dev.azimuth.steering.Slots;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateStoreTest {
  @TempDir private Path folder;

  private final List<String> complaints = new ArrayList<>();

  private Saved read(long now) {
    return new StateStore(folder).read(now, complaints::add);
  }

  private Published published(State state) {
    return published(new TargetHealth(state, 0, 500, null));
  }

  private Published published(TargetHealth each) {
    Plan plan = Plan.of(Written.load(folder, Written.REGIONS), Map.of(), new Slots());
    List<TargetHealth> health = plan.targets().stream().map(t -> each).toList();
    List<ForcedState> forced = Collections.nCopies(plan.roster().size(), null);
    Bound bound =
        new Binder(Questions::octets)
            .bind(
                plan.steering(),
                new HealthTable(plan.targets(), health, forced),
                Memory.NONE,
                new Basis.Live(),
                1000);
    Map<Target, TargetHealth> known = new HashMap<>();
    plan.targets().forEach(target -> known.put(target, each));
    return new Published(
        1,
        plan,
        bound,
        Map.of("lb.example.net", new Resolved(List.of(InetAddress.ofLiteral("2001:db8::7")), 60)),
        known,
        Map.of(),
        Held.NOTHING,
        Orders.NONE,
        Doubt.None.FIRST,
        Map.of(),
        1000);
  }

  @Test
  void aKeeperThatIsHeldHasWrittenAllAndLeavesTheFilesAlone() throws Exception {
    Hearing hearing = new Hearing();
    Path health = folder.resolve("health.json");
    Path orders = folder.resolve("orders.json");
    try (Keeper keeper =
        new Keeper(new StateStore(folder), () -> 1000, true, Keeper.RETRY, hearing)) {
      keeper.keep(published(State.DOWN), true);
      keeper.keep(Orders.NONE);
      keeper.hold();
      assertThat(health).doesNotExist();
      assertThat(orders).doesNotExist();

      keeper.resume();
      keeper.hold();
      assertThat(health).content().contains("DOWN");
      assertThat(orders).exists();

      Files.delete(health);
      keeper.keep(published(State.UP), true);
      keeper.hold();
    }
    assertThat(health).as("also at the end").doesNotExist();
    assertThat(hearing.told).isEmpty();
  }

  @Test
  void whatANodeLosesByItsOwnEndIsNotKeptButOrdersAre() throws Exception {
    Hearing hearing = new Hearing();
    Orders late = Orders.NONE.with(Given.down("eu/fra1"));
    try (Keeper keeper =
        new Keeper(new StateStore(folder), () -> 1000, false, Keeper.RETRY, hearing)) {
      keeper.keep(published(State.UP), false);
      keeper.part();
      assertThat(folder.resolve("health.json")).as("on disk when it returns").exists();
      keeper.keep(published(State.DOWN), true);
      keeper.keep(late);
      assertThat(keeper.awaitOrders()).isNull();
    }
    Saved saved = read(1000);
    assertThat(saved.targets().values()).isNotEmpty().allMatch(t -> t.state() == State.UP);
    assertThat(saved.orders()).isEqualTo(late);
    assertThat(hearing.told).isEmpty();
  }

  @Test
  void whatIsWrittenIsReadAgain() throws IOException {
    StateStore store = new StateStore(folder);
    Orders orders =
        Orders.NONE
            .with(Given.order("eu/fra1", Forced.DRAIN, 1, Long.MAX_VALUE))
            .with(Given.order("eu", new Says.Weight(7), 2, 3_000, 5_000))
            .with(Given.order("*/fra*", Forced.UP, 3, Long.MAX_VALUE))
            .with(Given.order("tag:blue", Forced.DOWN, 4, 8_000))
            .frozen(new Freeze(Map.of("x", State.UP), "storm", "bo", 2, 9_000_000));
    store.writeOrders(orders);
    Published published = published(State.DOWN);
    store.writeHealth(published, 1000);

    Saved saved = read(2000);
    assertThat(saved.orders()).isEqualTo(orders);
    assertThat(saved.memory()).isEqualTo(published.bound().memory());
    assertThat(saved.addresses())
        .isEqualTo(
            Map.of(
                "lb.example.net", new Resolved(List.of(InetAddress.ofLiteral("2001:db8::7")), 5)));
    assertThat(saved.targets())
        .hasSize(3)
        .containsValue(new SavedState(State.DOWN, 500, List.of(), 100, 0, 0L));
    assertThat(complaints).isEmpty();
  }

  @Test
  void nobodyElseCanReadWhatIsWritten() throws IOException {
    StateStore store = new StateStore(folder);
    Path left = Files.writeString(folder.resolve("orders.json.new"), "of one that was killed");
    Files.setPosixFilePermissions(left, PosixFilePermissions.fromString("rw-r--r--"));
    store.writeOrders(Orders.NONE.with(Given.down("eu/fra1")));
    store.writeHealth(published(State.DOWN), 1000);
    for (String name : List.of("orders.json", "health.json")) {
      assertThat(Files.getPosixFilePermissions(folder.resolve(name)))
          .as(name)
          .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }
  }

  @Test
  void howFarAChangeHadComeGoesOnAfterAShortWhileAlone() throws IOException {
    StateStore store = new StateStore(folder);
    TargetHealth falling =
        new TargetHealth(State.UP, 2, 500, null, Latency.NONE, Past.of(List.of(7L), 40, 0b1011));
    store.writeHealth(published(falling), 10_000);
    long recent = 10_000 + StateStore.RECENT.toMillis() - 1;
    assertThat(read(recent).targets().values())
        .extracting(SavedState::health)
        .containsOnly(falling);
    assertThat(read(recent + 1).targets().values())
        .extracting(SavedState::health)
        .containsOnly(
            new TargetHealth(State.UP, 0, 500, null, Latency.NONE, Past.of(List.of(7L), 40, 0)));
  }

  @Test
  void aFileOfAnOlderVersionIsRead() throws IOException {
    Files.writeString(
        folder.resolve("health.json"),
        "{\"savedAt\":1999,\"targets\":{\"a\":{\"state\":\"UP\",\"since\":5,\"falls\":[3],\"weight\":50}}}");
    assertThat(read(2000).targets().values())
        .extracting(SavedState::health)
        .containsExactly(
            new TargetHealth(State.UP, 0, 5, null, Latency.NONE, Past.of(List.of(3L), 50, 0)));
    assertThat(complaints).isEmpty();
  }

  @Test
  void healthOlderThanAnHourOrFromTheFutureSaysNothing() throws IOException {
    StateStore store = new StateStore(folder);
    store.writeHealth(published(State.UP), 10_000);
    assertThat(read(10_000 + StateStore.LONGEST_AGE.toMillis() - 1).targets()).isNotEmpty();
    assertThat(read(10_000 + StateStore.LONGEST_AGE.toMillis()).targets()).isEmpty();
    assertThat(read(9_999).targets()).isEmpty();
  }

  @Test
  void aFileOfAnotherVersionOrWithHolesDoesNotStopTheStart() throws IOException {
    for (String content :
        List.of(
            "{}",
            "null",
            "{\"savedAt\":1999,\"targets\":{\"a\":{\"state\":null,\"since\":1}}}",
            "{\"savedAt\":1999,\"targets\":{\"a\":null}}",
            "{\"savedAt\":1999,\"hosts\":{\"a\":[\"not an address\"]}}")) {
      Files.writeString(folder.resolve("health.json"), content);
      assertThat(read(2000)).as(content).isEqualTo(Saved.NOTHING);
    }
    for (String content :
        List.of(
            "{}",
            "null",
            "{\"list\":[{\"selector\":null,\"reason\":\"x\"}]}",
            "{\"list\":[{\"selector\":\"a\",\"says\":{\"weight\":0}}]}")) {
      Files.writeString(folder.resolve("orders.json"), content);
      assertThat(read(2000).orders()).as(content).isEqualTo(Orders.NONE);
    }
  }

  @Test
  void aMemberThatAnOlderVersionDidNotWriteIsEmptyAndTheOthersCount() throws IOException {
    for (String without : List.of("", ",\"pools\":null,\"lastGood\":null,\"hosts\":null")) {
      Files.writeString(
          folder.resolve("health.json"),
          "{\"savedAt\":1999,\"targets\":{\"a\":{\"state\":\"UP\",\"since\":1}}%s}"
              .formatted(without));
      Saved saved = read(2000);
      assertThat(saved.targets()).containsOnlyKeys("a");
      assertThat(saved.memory()).isEqualTo(Memory.NONE);
      assertThat(saved.addresses()).isEmpty();
      assertThat(complaints).isEmpty();
    }
  }

  @Test
  void aHoldOutlivesAnOldFileButWhoServedDoesNot() throws IOException {
    Files.writeString(
        folder.resolve("health.json"),
        """
        {"savedAt": 1000, "pools": {
          "a": {"served": false, "heldUntil": 0, "forcedChanged": 0, "forced": ""},
          "b": {"served": true, "heldUntil": 9000000, "forcedChanged": 0, "forced": ""},
          "c": {"served": true, "heldUntil": 9223372036854775807, "forcedChanged": 0, "forced": ""}}}
        """);
    assertThat(read(5_000_000).memory().pools()).containsOnlyKeys("b", "c");
    assertThat(read(500).memory().pools()).as("the clock went back").containsOnlyKeys("c");
  }

  @Test
  void anOrderThatEndedWhileNobodyRanIsGone() throws IOException {
    new StateStore(folder)
        .writeOrders(Orders.NONE.with(Given.order("eu/fra1", Forced.DOWN, 1, 5000)));
    assertThat(read(4999).orders().list()).hasSize(1);
    assertThat(read(5000).orders().list()).isEmpty();
  }

  @Test
  void ordersThatAnotherVersionWroteOtherwiseAreNotLostSilently() throws IOException {
    Files.writeString(folder.resolve("orders.json"), "{\"forced\":{\"eu/fra1\":{}}}");
    assertThat(read(1000).orders()).isEqualTo(Orders.NONE);
    assertThat(complaints).hasSize(1).allMatch(line -> line.contains("forced"));
    assertThat(folder.resolve("orders.json.unreadable")).exists();
  }

  @Test
  void aHalfWrittenFileNeverTakesThePlaceOfTheWholeOne() throws IOException {
    StateStore store = new StateStore(folder);
    Orders orders = Orders.NONE.with(Given.down("eu/fra1"));
    store.writeOrders(orders);
    Files.writeString(folder.resolve("orders.json.new"), "{\"forced\":{\"eu/fr");
    assertThat(read(2000).orders()).isEqualTo(orders);
  }

  @Test
  void aFileThatCannotBeReadIsPassedOverAloud() throws IOException {
    Files.writeString(folder.resolve("orders.json"), "{ not json");
    Files.writeString(folder.resolve("health.json"), "[1,2,3]");
    Saved saved = read(2000);
    String lost = saved.ordersLost();
    assertThat(lost)
        .isEqualTo(
            "%1$s cannot be read and is passed over, a copy is %1$s.unreadable: it is no JSON, see its"
                    .formatted(folder.resolve("orders.json"))
                + " line 1, column 3");
    assertThat(saved).isEqualTo(new Saved(Map.of(), Map.of(), Memory.NONE, Orders.NONE, lost));
    assertThat(folder.resolve("orders.json.unreadable")).hasContent("{ not json");
    assertThat(complaints).hasSize(2).allMatch(line -> line.contains("cannot be read"));
  }

  @Test
  void anEarlierCopyOfWhatCouldNotBeReadStays() throws IOException {
    Path file = Files.writeString(folder.resolve("orders.json"), "first");
    read(1000);
    read(1000);
    Files.writeString(file, "second");
    read(1000);
    read(1000);
    assertThat(folder.resolve("orders.json.unreadable")).hasContent("first");
    assertThat(folder.resolve("orders.json.unreadable.2")).hasContent("second");
    assertThat(folder.resolve("orders.json.unreadable.3")).doesNotExist();
    for (int i = 0; i < 20; i++) {
      Files.writeString(file, "no " + i);
      read(1000);
    }
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).as("the file and a bounded number of copies").hasSize(10);
    }
    assertThat(complaints.getLast()).doesNotContain("a copy is");
  }

  @Test
  void whatIsNotUrgentWaitsForTheNextWriteAndIsWrittenAtTheEnd() throws Exception {
    Path health = folder.resolve("health.json");
    Keeper keeper =
        new Keeper(new StateStore(folder), () -> 1000, false, Keeper.RETRY, new Hearing());
    try (keeper) {
      keeper.keep(published(State.DOWN), false);
      Thread.sleep(400); // twice the time in which what is urgent is written
      assertThat(health).doesNotExist();
    }
    assertThat(health).content().contains("DOWN");
  }
}

package dev.azimuth.app.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.azimuth.app.orders.Orders;
import dev.azimuth.steering.Binder;
import dev.azimuth.steering.Memory;
import dev.azimuth.steering.Slots;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is followed and watched while one configuration takes the place of another, or fails to. */
class DeskSwapTest {
  private static final String UNCHECKED =
      Written.REGIONS
          .replace("checks: { web: { tcp: 80, every: 10s, fall: 1, rise: 1 } }", "")
          .replace("check: web, ", "");

  @TempDir private Path folder;

  private final DeskTest.Around around = new DeskTest.Around();
  private final Desk desk =
      new Desk(around, new Binder(Questions::octets), new Slots(), Saved.NOTHING);
  private long now = 1_000_000;

  private static String at(String host) {
    return UNCHECKED.replace("iad1: 198.51.100.1", "cloud: { host: %s }".formatted(host));
  }

  private CompletableFuture<Void> adopt(String yaml) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    desk.apply(new Event.Adopt(Written.load(folder, yaml), done), now);
    desk.settle(now);
    return done;
  }

  private void late() {
    now += Desk.VERDICT_MILLIS;
    desk.settle(now);
  }

  @Test
  void hostsOfBothAreFollowedUntilTheNewOneServes() {
    CompletableFuture<Void> first = adopt(at("a.example.net"));
    late();
    assertThat(first).isCompleted();
    CompletableFuture<Void> second = adopt(at("b.example.net"));
    assertThat(second).isNotCompleted();
    assertThat(around.followed).containsOnlyKeys("a.example.net", "b.example.net");
    late();
    assertThat(second).isCompleted();
    assertThat(around.followed).containsOnlyKeys("b.example.net");
  }

  @Test
  void aSwapThatFailsGoesOnFollowingAndWatchingForTheOldOne() {
    assertThat(adopt(at("a.example.net"))).isNotCompleted();
    late();
    CompletableFuture<Void> second =
        adopt(Written.REGIONS.replace("198.51.100.1", "{ host: b.example.net }"));
    assertThat(around.watched).isNotEmpty();
    around.fails = new AssertionError("on purpose");
    assertThatThrownBy(this::late).isSameAs(around.fails);
    assertThat(second).isCompletedExceptionally();
    assertThat(around.followed).containsOnlyKeys("a.example.net");
    assertThat(around.watched).as("the old one has no checks").isEmpty();
  }

  @Test
  void aConfigurationThatNobodyWaitsForAnyMoreIsNotFollowedEither() {
    assertThat(adopt(at("a.example.net"))).isNotCompleted();
    late();
    assertThat(adopt(at("b.example.net")).cancel(false)).isTrue();
    late();
    assertThat(around.followed).containsOnlyKeys("a.example.net");
  }

  @Test
  void hostsAreFollowedWithTheAddressesThatTheProcessBeforeKnew() {
    InetAddress known = InetAddress.ofLiteral("198.51.100.7");
    Saved saved =
        new Saved(
            Map.of(),
            Map.of("a.example.net", new Resolved(List.of(known), 60)),
            Memory.NONE,
            Orders.NONE,
            null);
    Desk later = new Desk(around, new Binder(Questions::octets), new Slots(), saved);
    later.apply(
        new Event.Adopt(Written.load(folder, at("a.example.net")), new CompletableFuture<>()), now);
    assertThat(around.followed).isEqualTo(Map.of("a.example.net", List.of(known)));
  }
}

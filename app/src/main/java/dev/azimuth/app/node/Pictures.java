package dev.azimuth.app.node;

import dev.azimuth.app.config.HealthConfig.Anchor;
import dev.azimuth.app.config.ServerConfig.DebugTold;
import dev.azimuth.app.follow.Follower;
import dev.azimuth.app.geo.GeoFile;
import dev.azimuth.app.metrics.Metrics;
import dev.azimuth.app.orders.Orders;
import dev.azimuth.health.Doubt;
import dev.azimuth.health.ProbeResult;
import dev.azimuth.health.Prober;
import dev.azimuth.health.Target;
import dev.azimuth.health.TargetHealth;
import dev.azimuth.health.Trail;
import dev.azimuth.resolver.DebugName;
import dev.azimuth.resolver.Gallery;
import dev.azimuth.resolver.Picture;
import dev.azimuth.steering.Bound;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** Carries out what the desk decides: probes, follows, publishes, keeps. */
final class Pictures implements Outside {
  private final Prober prober;
  private final Follower follower;
  private final Keeper keeper;
  private final Metrics metrics;
  private final Webhooks webhooks;
  private final Anchors anchors;
  private final Balancing balancing;
  private final IntBinaryConsumer answered;
  private final CountDownLatch first = new CountDownLatch(1);
  private volatile @Nullable Published published;
  private volatile @Nullable Gallery gallery;

  /**
   * @param answered told how many of how many anchors answered
   */
  Pictures(
      Prober prober,
      Follower follower,
      Keeper keeper,
      Metrics metrics,
      Webhooks webhooks,
      Anchors anchors,
      Balancing balancing,
      IntBinaryConsumer answered) {
    this.webhooks = webhooks;
    this.anchors = anchors;
    this.balancing = balancing;
    this.answered = answered;
    this.prober = prober;
    this.follower = follower;
    this.keeper = keeper;
    this.metrics = metrics;
  }

  /** Takes two numbers. */
  @FunctionalInterface
  interface IntBinaryConsumer {
    void accept(int first, int second);
  }

  /** What is in force; null before the first picture. */
  @Nullable Published published() {
    return published;
  }

  /** Where the workers look; null before the first picture. */
  @Nullable Gallery gallery() {
    return gallery;
  }

  /** Released when the first picture is there. */
  CountDownLatch first() {
    return first;
  }

  @Override
  public void watch(Map<Target, TargetHealth> targets) {
    prober.watch(targets);
  }

  @Override
  public void follow(Map<String, List<InetAddress>> hosts) {
    follower.follow(hosts);
  }

  @Override
  public void expect(Loading.Whole whole) {
    metrics.checks(whole.config().checks());
  }

  @Override
  public void publish(Published next, boolean soon) {
    Loading.Whole source = next.plan().source();
    Picture picture =
        new Picture(
            next.generation(),
            source.zones(),
            next.bound().steering(),
            source.identity(),
            source.cookies(),
            source.admission(),
            debugName(source, next.bound()));
    Published before = published;
    Gallery there = gallery;
    if (there == null) {
      gallery = new Gallery(picture);
    } else {
      there.publish(picture);
    }
    published = next;
    balancing.published(next);
    first.countDown();
    keeper.keep(next, soon);
    webhooks.adopt(source.config().health().webhooks());
    if (before != null) {
      webhooks.published(before, next);
    }
    if (before != null && sameNames(before, next)) {
      Journal.changed(next.bound().changesSince(before.bound()));
    }
  }

  private static @Nullable DebugName debugName(Loading.Whole source, Bound bound) {
    DebugTold told = source.config().server().debugName();
    return told == null
        ? null
        : new DebugName(
            Questions.octets(told.name()),
            told.allow(),
            bound,
            source.geo().files().stream().map(GeoFile::name).toList());
  }

  // Names are compared by number: that a list is another object says that they may be numbered
  // anew.
  @SuppressWarnings("ReferenceEquality")
  private static boolean sameNames(Published before, Published next) {
    return before.plan().steering().names() == next.plan().steering().names();
  }

  @Override
  public void stateChanged(
      String label, Target target, TargetHealth before, TargetHealth after, Trail trail) {
    Journal.stateChanged(label, target, before, after, trail);
    metrics.stateChanged(after.state());
  }

  @Override
  public void ask(List<Anchor> of) {
    anchors.ask(of, answering -> answered.accept(answering, of.size()));
  }

  @Override
  public void doubted(Doubt before, Doubt after) {
    Journal.doubted(before, after);
    if (before instanceof Doubt.Asking) {
      metrics.suspected(after.declared());
    }
  }

  @Override
  public void ejected(String balancer, String backend) {
    Journal.ejected(balancer, backend);
    balancing.ejected(balancer);
  }

  @Override
  public void addressesChanged(String host, @Nullable Resolved before, Resolved after) {
    Journal.addressesChanged(host, before, after);
  }

  @Override
  public void keep(Orders orders) {
    keeper.keep(orders);
  }

  void probed(Target target, ProbeResult result) {
    metrics.probed(target.check(), result.code(), result.tookMicros());
  }
}

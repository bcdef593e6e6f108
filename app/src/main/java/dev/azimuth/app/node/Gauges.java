package dev.azimuth.app.node;

import dev.azimuth.app.config.BalancerConfig;
import dev.azimuth.app.geo.GeoData;
import dev.azimuth.app.host.LogQueue;
import dev.azimuth.app.metrics.GeoSource;
import dev.azimuth.app.metrics.HeartbeatCounts;
import dev.azimuth.app.metrics.NodeSource;
import dev.azimuth.app.metrics.QueryLogCounts;
import dev.azimuth.app.metrics.WebhookCounts;
import dev.azimuth.app.orders.Order;
import dev.azimuth.app.orders.Says;
import dev.azimuth.balancer.Settings;
import dev.azimuth.health.Forced;
import dev.azimuth.health.HealthTable;
import dev.azimuth.health.Secure;
import dev.azimuth.health.Target;
import dev.azimuth.resolver.DnsServer;
import dev.azimuth.steering.Addresses;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;

/** The node as its metrics show it. */
final class Gauges implements NodeSource {
  private final NodeRuntime node;
  private final LongSupplier clock;

  Gauges(NodeRuntime node, LongSupplier clock) {
    this.node = node;
    this.clock = clock;
  }

  @Override
  public long generation() {
    Published now = node.published();
    return now == null ? 0 : now.generation();
  }

  @Override
  public long workerAllocated() {
    DnsServer open = node.server();
    return open == null ? 0 : open.allocatedBytes();
  }

  @Override
  public boolean frozen() {
    Published now = node.published();
    return now != null && now.orders().freeze() != null;
  }

  @Override
  public boolean doubting() {
    Published now = node.published();
    return now != null && now.doubt().declared();
  }

  @Override
  public WebhookCounts webhooks() {
    return node.webhooks().counts();
  }

  @Override
  public boolean rejected() {
    return node.reloading().rejected() != null;
  }

  @Override
  public int zones() {
    return (int) node.reloading().zones().values().stream().filter(ZoneData::usable).count();
  }

  @Override
  public int zonesRejected() {
    return (int)
        node.reloading().zones().values().stream().filter(data -> data.rejected() != null).count();
  }

  @Override
  public int namesAllDown() {
    Published now = node.published();
    return now == null ? 0 : now.bound().namesAllDown();
  }

  @Override
  public int forced() {
    Published now = node.published();
    if (now == null) {
      return 0;
    }
    HealthTable table = now.bound().table();
    return (int)
        IntStream.range(0, now.plan().roster().size())
            .mapToObj(table::forced)
            .filter(order -> order != null && order.forced() != null)
            .count();
  }

  @Override
  public void orders(OrderVisitor visitor) {
    Published published = node.published();
    List<Order> list = published == null ? List.of() : published.orders().list();
    long now = clock.getAsLong();
    for (Forced state : Forced.values()) {
      Says says = new Says.State(state);
      count(list.stream().filter(o -> o.says().equals(says)).toList(), says.words(), now, visitor);
    }
    count(
        list.stream().filter(o -> o.says() instanceof Says.Weight).toList(),
        "weight",
        now,
        visitor);
  }

  private static void count(List<Order> of, String what, long now, OrderVisitor visitor) {
    int planned = (int) of.stream().filter(order -> order.planned(now)).count();
    visitor.orders(what, of.size() - planned, planned);
  }

  @Override
  public long oldestOrder() {
    Published published = node.published();
    long now = clock.getAsLong();
    return published == null
        ? 0
        : published.orders().list().stream()
            .mapToLong(order -> (now - order.since()) / 1000)
            .max()
            .orElse(0);
  }

  @Override
  public boolean kept() {
    return node.keeper().notKept() == null;
  }

  @Override
  public long logLinesDropped() {
    return LogQueue.dropped();
  }

  @Override
  public GeoSource geo() {
    GeoData geo = node.reloading().geo();
    long now = Instant.now().getEpochSecond();
    return new GeoSource(
        geo.files().stream()
            .map(
                file ->
                    new GeoSource.Database(
                        file.name(),
                        file.type(),
                        file.built().getEpochSecond(),
                        now - file.built().getEpochSecond()))
            .toList(),
        geo.rejected() != null);
  }

  @Override
  public void certificates(CertificateVisitor visitor) {
    Map<List<String>, Long> ends = new TreeMap<>(Comparator.comparing(String::valueOf));
    node.prober()
        .certificateEnds()
        .forEach((target, end) -> ends.merge(place(target), end, Math::min));
    node.reloading().config().balancers().values().stream()
        .map(BalancerConfig::settings)
        .forEach(settings -> shown(settings, ends));
    long now = Instant.now().toEpochMilli(); // a certificate ends by the wall clock
    ends.forEach(
        (place, end) ->
            visitor.certificate(
                place.getFirst(), place.getLast(), Math.floorDiv(end - now, 1000L)));
  }

  /** What a balancer shows to clients, by its first listener and the first name of each. */
  private static void shown(Settings settings, Map<List<String>, Long> ends) {
    Settings.Termination tls = settings.tls();
    for (Secure.Identity each : tls == null ? List.<Secure.Identity>of() : tls.certificates()) {
      String name = each.names().isEmpty() ? "" : each.names().getFirst();
      ends.merge(
          List.of(Addresses.text(settings.listen().getFirst().at()), name),
          each.certificates().getFirst().getNotAfter().toInstant().toEpochMilli(),
          Math::min);
    }
  }

  /** Several checks may look at one certificate. */
  private static List<String> place(Target target) {
    Secure secure = target.check().secure();
    String name = secure == null || secure.name() == null ? "" : secure.name();
    return List.of(Addresses.text(target), name);
  }

  @Override
  public HeartbeatCounts heartbeats() {
    return node.door().counts();
  }

  @Override
  public QueryLogCounts queryLog() {
    return node.queryLog().counts();
  }
}

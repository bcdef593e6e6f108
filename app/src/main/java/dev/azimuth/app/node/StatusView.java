package dev.azimuth.app.node;

import dev.azimuth.app.config.Config.BackendConfig;
import dev.azimuth.app.config.Config.PoolConfig;
import dev.azimuth.app.geo.GeoData;
import dev.azimuth.app.orders.Freeze;
import dev.azimuth.app.orders.Order;
import dev.azimuth.app.orders.Orders;
import dev.azimuth.health.Doubt;
import dev.azimuth.health.Forced;
import dev.azimuth.health.ForcedState;
import dev.azimuth.health.Formula;
import dev.azimuth.health.HealthTable;
import dev.azimuth.health.Past;
import dev.azimuth.health.ProbeResult;
import dev.azimuth.health.TargetHealth;
import dev.azimuth.health.Verdict;
import dev.azimuth.resolver.Listener;
import dev.azimuth.steering.Addresses;
import dev.azimuth.steering.Backend;
import dev.azimuth.steering.Bound.PoolStanding;
import dev.azimuth.steering.Endpoint;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Turns what is in force into what operators read. Pure. */
final class StatusView {
  private StatusView() {}

  /**
   * What a status says beside what is published.
   *
   * @param loaded when the configuration in force was taken up
   * @param zones by origin
   */
  record Surroundings(
      String version,
      Instant started,
      Instant loaded,
      String configuration,
      @Nullable String notKept,
      List<String> troubles,
      List<String> hints,
      Status.@Nullable Rejected rejected,
      Map<String, ZoneData> zones,
      GeoData geo,
      List<Listener> listeners,
      List<BalancerStatus> balancers) {}

  static Status of(Published published, Surroundings around) {
    Orders orders = published.orders();
    Freeze freeze = orders.freeze();
    return new Status(
        around.version,
        published.generation(),
        around.started,
        around.loaded,
        around.configuration,
        freeze == null
            ? null
            : new Status.Frozen(
                freeze.reason(),
                freeze.author(),
                SteadyClock.instant(freeze.since()),
                end(freeze.until())),
        published.doubt() instanceof Doubt.Holding holding
            ? SteadyClock.instant(holding.since())
            : null,
        around.notKept,
        around.troubles,
        around.hints,
        around.rejected,
        overrides(published),
        pools(published),
        published.bound().ruleStandings().stream()
            .map(
                rule ->
                    new Status.NameStatus(
                        rule.name().name(),
                        rule.rule().label(),
                        rule.pool().isEmpty() ? null : rule.pool(),
                        rule.reason().name(),
                        rule.allDown(),
                        rule.ttl()))
            .toList(),
        around.zones.entrySet().stream().map(e -> zone(e.getKey(), e.getValue())).toList(),
        geo(around.geo),
        around.listeners.stream().flatMap(StatusView::listener).toList(),
        around.balancers);
  }

  private static Status.ZoneStatus zone(String origin, ZoneData data) {
    return new Status.ZoneStatus(
        origin,
        data.zone().serial(),
        data.zone().nodes(),
        data.loaded(),
        data.usable(),
        data.rejected());
  }

  private static Status.@Nullable GeoStatus geo(GeoData geo) {
    return geo.files().isEmpty()
        ? null
        : new Status.GeoStatus(
            geo.files().stream()
                .map(
                    file ->
                        new Status.DatabaseStatus(
                            file.path().toString(), file.type(), file.built(), file.networks()))
                .toList(),
            geo.places().count(),
            geo.rejected());
  }

  private static Stream<Status.ListenerStatus> listener(Listener listener) {
    String address = Addresses.text(listener.effective());
    return Stream.of(
        new Status.ListenerStatus(address, "udp (" + listener.transport() + ")"),
        new Status.ListenerStatus(address, "tcp"));
  }

  private static @Nullable Instant end(long until) {
    return until == Long.MAX_VALUE ? null : SteadyClock.instant(until);
  }

  /** The orders in force and planned, the oldest first. */
  static List<Status.OverrideStatus> overrides(Published published) {
    return published.orders().list().stream().map(order -> override(order, published)).toList();
  }

  static Status.OverrideStatus override(Order order, Published published) {
    return new Status.OverrideStatus(
        order.selector().text(),
        order.says().words(),
        published.plan().roster().count(order.selector()),
        order.reason(),
        order.author(),
        SteadyClock.instant(order.since()),
        order.planned(published.at()) ? SteadyClock.instant(order.from()) : null,
        end(order.until()));
  }

  /** How every pool stands. */
  static List<Status.PoolStatus> pools(Published published) {
    return published.bound().poolStandings().stream().map(pool -> pool(pool, published)).toList();
  }

  private static Status.PoolStatus pool(PoolStanding standing, Published published) {
    return new Status.PoolStatus(
        standing.pool().name(),
        Double.isNaN(standing.shareV4()) ? null : standing.shareV4(),
        Double.isNaN(standing.shareV6()) ? null : standing.shareV6(),
        standing.serves(),
        standing.heldUntil() == 0 ? null : SteadyClock.instant(standing.heldUntil()),
        standing.pool().backends().stream()
            .map(b -> backend(standing.pool().name(), b, published))
            .toList());
  }

  private static Status.BackendStatus backend(String pool, Backend backend, Published published) {
    HealthTable table = published.bound().table();
    ForcedState order = table.forced(backend.number());
    Forced forced = order == null ? null : order.forced();
    return new Status.BackendStatus(
        backend.name(),
        order == null || order.weight() == 0 ? backend.weight() : order.weight(),
        backend.standby(),
        port(pool, backend, published),
        forced == null ? null : forced.name(),
        backend.endpoints().stream()
            .map(e -> endpoint(pool, backend.name(), e, published))
            .toList());
  }

  /** Null for what has none of its own, also for a host elsewhere that an alias follows. */
  private static @Nullable Integer port(String pool, Backend backend, Published published) {
    PoolConfig in = published.plan().source().config().pools().get(pool);
    BackendConfig its = in == null ? null : in.backends().get(backend.name());
    return its == null || its.port().isEmpty() ? null : its.port().getAsInt();
  }

  private static Status.EndpointStatus endpoint(
      String pool, String backend, Endpoint endpoint, Published published) {
    String address = Addresses.text(endpoint.address());
    if (endpoint.verdict() < 0) {
      return new Status.EndpointStatus(address, "NONE", 0, null, null, "", 0, null, List.of());
    }
    Plan plan = published.plan();
    if (plan.verdicts().get(endpoint.verdict()) instanceof Formula.One(int target)) {
      TargetHealth known = published.live(plan.targets().get(target));
      ProbeResult last = known.last();
      return new Status.EndpointStatus(
          address,
          known.state().name(),
          known.streak(),
          SteadyClock.instant(known.since()),
          last == null ? null : last.code().name(),
          last == null ? "" : last.detail(),
          last == null ? 0 : last.tookMicros(),
          asks(endpoint, published),
          List.of());
    }
    Verdict verdict = published.judge(endpoint.verdict());
    return new Status.EndpointStatus(
        address,
        verdict.state().name(),
        0,
        SteadyClock.instant(verdict.since()),
        null,
        "",
        0,
        asks(endpoint, published),
        CheckParts.of(plan.source().config(), pool, backend, endpoint).stream()
            .map(part -> part(part, published))
            .toList());
  }

  /** As the table has it that answers stand on. */
  private static @Nullable Integer asks(Endpoint endpoint, Published published) {
    int weight = published.bound().table().verdict(endpoint.verdict()).weight();
    return weight == Past.WHOLE ? null : weight;
  }

  private static Status.CheckStatus part(CheckParts.Part part, Published published) {
    TargetHealth known = published.live(part.target());
    ProbeResult last = known.last();
    return new Status.CheckStatus(
        part.check(),
        part.watched(),
        known.state().name(),
        known.streak(),
        SteadyClock.instant(known.since()),
        last == null ? null : last.code().name(),
        last == null ? "" : last.detail(),
        last == null ? 0 : last.tookMicros());
  }
}

package dev.azimuth.app.node;

import dev.azimuth.app.config.Config;
import dev.azimuth.app.orders.Roster;
import dev.azimuth.health.Forced;
import dev.azimuth.health.ForcedState;
import dev.azimuth.health.ProbeResult;
import dev.azimuth.health.Target;
import dev.azimuth.health.TargetHealth;
import dev.azimuth.health.Trail;
import dev.azimuth.health.Verdict;
import dev.azimuth.steering.Addresses;
import dev.azimuth.steering.Backend;
import dev.azimuth.steering.Endpoint;
import dev.azimuth.steering.Pool;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Turns what is known of one backend into what operators read. Pure. */
final class BackendView {
  private final Published published;
  private final Config config;

  private BackendView(Published published) {
    this.published = published;
    this.config = published.plan().source().config();
  }

  /**
   * @param said {@code pool/backend}, or the backend's name alone where that is unambiguous
   * @param now in milliseconds of the steady clock
   */
  static BackendDetail of(Published published, String said, long now) throws Node.Refused {
    Roster roster = published.plan().roster();
    int[] matching;
    try {
      matching = roster.matching(roster.resolve(said));
    } catch (IllegalArgumentException e) {
      throw new Node.Refused(String.valueOf(e.getMessage()));
    }
    if (matching.length != 1) {
      throw new Node.Refused(
          "\"%s\" means %d backends: name one as POOL/BACKEND".formatted(said, matching.length));
    }
    return new BackendView(published).detail(matching[0], now);
  }

  private BackendDetail detail(int number, long now) {
    for (Pool pool : published.plan().steering().pools()) {
      for (Backend backend : pool.backends()) {
        if (backend.number() == number) {
          return detail(pool.name(), backend, now);
        }
      }
    }
    throw new IllegalArgumentException("no backend " + number);
  }

  private BackendDetail detail(String pool, Backend backend, long now) {
    ForcedState order = published.bound().table().forced(backend.number());
    Forced forced = order == null ? null : order.forced();
    Roster roster = published.plan().roster();
    Config.PoolConfig in = Objects.requireNonNull(config.pools().get(pool));
    String check = in.check(Objects.requireNonNull(in.backends().get(backend.name())));
    return new BackendDetail(
        pool,
        backend.name(),
        order == null || order.weight() == 0 ? backend.weight() : order.weight(),
        backend.standby(),
        forced == null ? null : forced.name(),
        published.orders().list().stream()
            .filter(
                each ->
                    IntStream.of(roster.matching(each.selector()))
                        .anyMatch(match -> match == backend.number()))
            .map(each -> StatusView.override(each, published))
            .toList(),
        backend.endpoints().stream()
            .map(endpoint -> address(pool, backend, check, endpoint, now))
            .toList());
  }

  private BackendDetail.Address address(
      String pool, Backend backend, @Nullable String check, Endpoint endpoint, long now) {
    String address = Addresses.text(endpoint.address());
    if (endpoint.verdict() < 0) {
      return new BackendDetail.Address(address, null, "NONE", null, null, 100, List.of());
    }
    Verdict live = published.judge(endpoint.verdict());
    Verdict believed = published.bound().table().verdict(endpoint.verdict());
    return new BackendDetail.Address(
        address,
        check,
        live.state().name(),
        believed.state() == live.state() ? null : believed.state().name(),
        SteadyClock.instant(live.since()),
        live.weight(),
        CheckParts.of(config, pool, backend.name(), endpoint).stream()
            .map(part -> check(part, now))
            .toList());
  }

  private BackendDetail.Check check(CheckParts.Part part, long now) {
    Target target = part.target();
    TargetHealth health = published.live(target);
    long heldUntil = health.heldUntil(target.check().timing());
    Trail trail = published.trail(target);
    ProbeResult change = health.past().change();
    return new BackendDetail.Check(
        part.check(),
        part.watched(),
        Addresses.text(target),
        health.state().name(),
        SteadyClock.instant(health.since()),
        health.streak(),
        health.past().row(),
        heldUntil > now ? SteadyClock.instant(heldUntil) : null,
        change == null ? null : evidence(change),
        IntStream.range(0, trail.size()).mapToObj(age -> result(trail.get(age))).toList());
  }

  private static BackendDetail.Evidence evidence(ProbeResult result) {
    return new BackendDetail.Evidence(
        instant(result.started()), result.code().name(), result.detail(), result.tookMicros());
  }

  private static BackendDetail.Result result(Trail.Entry entry) {
    return new BackendDetail.Result(
        instant(entry.started()), entry.code().name(), entry.tookMicros());
  }

  private static Instant instant(long millis) {
    return SteadyClock.instant(millis);
  }
}

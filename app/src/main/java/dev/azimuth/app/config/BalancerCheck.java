package dev.azimuth.app.config;

import dev.azimuth.app.config.Config.BackendConfig;
import dev.azimuth.app.config.Config.PoolConfig;
import dev.azimuth.balancer.Listen;
import dev.azimuth.balancer.Listen.Protocol;
import dev.azimuth.balancer.Settings.By;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Finds what is wrong between balancers, their pools, and what else listens. */
final class BalancerCheck {
  private final Draft draft;
  private final Map<String, PoolConfig> pools;

  BalancerCheck(Draft draft, Map<String, PoolConfig> pools) {
    this.draft = draft;
    this.pools = pools;
  }

  void run() {
    List<Taken> taken = others();
    draft.balancers().forEach((name, balancer) -> listensAlone(name, balancer, taken));
    for (Draft.Balancer balancer : draft.balancers().values()) {
      List<List<String>> to = balancer.config().to();
      for (int i = 0; i < to.size(); i++) {
        for (String name : to.get(i)) {
          PoolConfig pool = pools.get(name);
          if (pool != null) {
            forwards(balancer, balancer.toSites().get(i), pool);
          }
        }
      }
    }
  }

  /** Warns of what says nothing. */
  void warn() {
    Set<String> pooled =
        draft.pools().values().stream()
            .map(Draft.Pool::balancer)
            .filter(name -> name != null)
            .collect(Collectors.toSet());
    draft
        .balancers()
        .forEach(
            (name, balancer) -> {
              if (!balancer.config().advertise().isEmpty() && !pooled.contains(name)) {
                balancer
                    .advertiseSite()
                    .warning(
                        Code.UNUSED,
                        "no pool is this balancer: nobody is told of its address",
                        "make one: pools: { edge: { balancer: " + name + " } }");
              }
              weightsHaveEffect(balancer);
            });
  }

  private void weightsHaveEffect(Draft.Balancer balancer) {
    if (balancer.config().settings().pick().by() != By.RANDOM) {
      return;
    }
    balancer
        .config()
        .pools()
        .map(pools::get)
        .filter(
            pool ->
                pool != null
                    && pool.backends().values().stream()
                            .mapToInt(BackendConfig::weight)
                            .distinct()
                            .count()
                        > 1)
        .forEach(
            pool ->
                balancer
                    .pickSite()
                    .warning(
                        Code.WEIGHTS_IGNORED,
                        "\"random\" ignores the weights of the pool \"" + pool.name() + "\"",
                        "use pick: weighted, or make them equal"));
  }

  /**
   * Where somebody listens.
   *
   * @param who as a problem names it
   */
  private record Taken(Listen listen, String who) {
    boolean by(Listen other) {
      return listen.protocol() == other.protocol() && Overlap.of(listen.at(), other.at());
    }
  }

  /** What other parts of the process listen on. */
  private List<Taken> others() {
    List<Taken> taken = new ArrayList<>();
    for (ServerConfig.Listen each : draft.server().listen()) {
      if (each instanceof ServerConfig.Listen.Address(InetSocketAddress at)) {
        taken.add(new Taken(new Listen(Protocol.TCP, at), "\"server.listen\""));
        taken.add(new Taken(new Listen(Protocol.UDP, at), "\"server.listen\""));
      }
    }
    ServerConfig.Admin admin = draft.server().admin();
    if (admin != null) {
      taken.add(new Taken(new Listen(Protocol.TCP, admin.listen()), "\"server.admin\""));
    }
    HealthConfig.HeartbeatListener beats = draft.health().heartbeats();
    if (beats != null) {
      taken.add(new Taken(new Listen(Protocol.TCP, beats.listen()), "\"health.heartbeats\""));
    }
    return taken;
  }

  private static void listensAlone(String name, Draft.Balancer balancer, List<Taken> taken) {
    for (Listen listen : balancer.config().settings().listen()) {
      Optional<Taken> other = taken.stream().filter(each -> each.by(listen)).findFirst();
      other.ifPresent(
          its ->
              balancer
                  .listenSite()
                  .error(
                      Code.DUPLICATE_VALUE,
                      "%s listens on %s already"
                          .formatted(its.who(), ExpandedBalancers.listen(its.listen())),
                      "give it another address or port"));
      if (other.isEmpty()) {
        taken.add(new Taken(listen, "the balancer \"" + name + "\""));
      }
    }
  }

  private static void forwards(Draft.Balancer balancer, Site site, PoolConfig pool) {
    if (pool.balancer() != null) {
      site.error(
          Code.BALANCER_CIRCLE,
          "the pool \"%s\" is the balancer \"%s\" itself".formatted(pool.name(), pool.balancer()),
          "list the pools that have the backends");
      return;
    }
    if (balancer.config().port().isPresent()) {
      return;
    }
    pool.backends().values().stream()
        .filter(backend -> backend.port().isEmpty())
        .findFirst()
        .ifPresent(
            backend ->
                site.error(
                    Code.PORT_NEEDED,
                    "nobody says to which port of \"%s/%s\" to connect: the listener takes any"
                        .formatted(pool.name(), backend.name()),
                    "give the balancer or the backend a port"));
  }
}

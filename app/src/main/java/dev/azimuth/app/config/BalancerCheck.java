package dev.azimuth.app.config;

import dev.azimuth.app.config.Config.BackendConfig;
import dev.azimuth.app.config.Config.PoolConfig;
import dev.azimuth.balancer.Listen;
import dev.azimuth.balancer.Listen.Protocol;
import dev.azimuth.balancer.Settings.By;
import dev.azimuth.balancer.Settings.Match;
import dev.azimuth.steering.Addresses;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Finds what is wrong between balancers, their pools, and what else listens. */
final class BalancerCheck {
  private static final Pattern ADDRESS = Pattern.compile(Notation.IPV4);

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
    new BalancerCircles(draft.balancers(), pools, BalancerCircles::isLocal).refuse();
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
              sourcesHaveEffect(balancer);
              routesAreReached(balancer);
            });
  }

  /** A local address serves for backends of its own family alone. */
  private void sourcesHaveEffect(Draft.Balancer balancer) {
    List<BackendConfig> backends =
        balancer
            .config()
            .pools()
            .map(pools::get)
            .filter(Objects::nonNull)
            .flatMap(pool -> pool.backends().values().stream())
            .toList();
    if (backends.stream().anyMatch(backend -> backend.host() != null)) {
      return; // it may have either family
    }
    for (InetAddress source : balancer.config().settings().source()) {
      if (backends.stream()
          .flatMap(backend -> backend.addresses().stream())
          .noneMatch(address -> address.getClass() == source.getClass())) {
        balancer
            .sourceSite()
            .warning(
                Code.UNUSED,
                "no backend has an address of the family of %s".formatted(Addresses.text(source)),
                "name a source of the family that the backends have");
      }
    }
  }

  private static void routesAreReached(Draft.Balancer balancer) {
    List<Match> matches = balancer.config().settings().matches();
    for (int i = 0; i < matches.size(); i++) {
      Site site = balancer.toSites().get(i + 1);
      List<Match> before = matches.subList(0, i);
      Match match = matches.get(i);
      match.names().stream()
          .filter(name -> ADDRESS.matcher(name).matches())
          .forEach(
              name ->
                  site.warning(
                      Code.UNREACHABLE,
                      "\"%s\" is an address, which clients do not name (RFC 6066 section 3)"
                          .formatted(name),
                      "name the server, or leave the route out: who names none goes to \"to\""));
      if (taken(match, before)) {
        site.warning(
            Code.UNREACHABLE,
            "no client comes to this route: those before it take all that it matches",
            "remove it, or put it first");
      }
    }
  }

  /** Whether a client with one of its names, or of its protocols, has matched before. */
  private static boolean taken(Match match, List<Match> before) {
    List<Match> wider =
        before.stream()
            .filter(
                each ->
                    each.protocols().isEmpty()
                        || (!match.protocols().isEmpty()
                            && each.protocols().containsAll(match.protocols())))
            .toList();
    return match.names().isEmpty()
        ? wider.stream().anyMatch(each -> each.names().isEmpty())
        : match.names().stream()
            .allMatch(name -> wider.stream().anyMatch(each -> has(each.names(), name)));
  }

  private static boolean has(List<String> names, String name) {
    return names.isEmpty()
        || names.contains(name)
        || names.contains("*" + name.substring(Math.max(0, name.indexOf('.'))));
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

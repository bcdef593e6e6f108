package dev.azimuth.app.config;

import dev.azimuth.app.config.Config.BackendConfig;
import dev.azimuth.app.config.Config.PoolConfig;
import dev.azimuth.balancer.Listen;
import dev.azimuth.balancer.Listen.Protocol;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Finds backends at which a balancer of this node listens that forwards to where they came from:
 * what is forwarded there would go round for ever. Of host names nothing is known.
 */
final class BalancerCircles {
  private final Map<String, Draft.Balancer> balancers;
  private final Map<String, PoolConfig> pools;
  private final Predicate<InetAddress> here;
  private final Map<Port, List<Door>> doors = new HashMap<>();
  private final Map<String, List<Way>> ways = new HashMap<>();

  private record Port(Protocol protocol, int port) {}

  /** A listener of a balancer. */
  private record Door(String balancer, BalancerConfig config, Listen listen) {}

  /**
   * A way from one balancer to another, or to itself.
   *
   * @param site where its pool is listed
   * @param backend the first that leads there, as {@code pool/backend}
   */
  private record Way(Site site, String backend, Door to) {}

  /**
   * @param here whether an address is one of this machine
   */
  BalancerCircles(
      Map<String, Draft.Balancer> balancers,
      Map<String, PoolConfig> pools,
      Predicate<InetAddress> here) {
    this.balancers = balancers;
    this.pools = pools;
    this.here = here;
  }

  /** Whether an interface of this machine has an address, as far as the system tells. */
  static boolean isLocal(InetAddress address) {
    try {
      return address.isLoopbackAddress() || NetworkInterface.getByInetAddress(address) != null;
    } catch (SocketException e) {
      return false; // nothing can be said of it
    }
  }

  void refuse() {
    balancers.forEach(
        (name, balancer) -> {
          for (Listen listen : balancer.config().settings().listen()) {
            doors
                .computeIfAbsent(
                    new Port(listen.protocol(), listen.at().getPort()), port -> new ArrayList<>(1))
                .add(new Door(name, balancer.config(), listen));
          }
        });
    balancers.forEach((name, balancer) -> ways.put(name, ways(balancer)));
    ways.forEach(
        (name, its) ->
            its.stream().filter(way -> leads(way.to.balancer, name)).forEach(this::refuse));
  }

  private void refuse(Way way) {
    way.site.error(
        Code.BALANCER_CIRCLE,
        "\"%s\" is where the balancer \"%s\" listens (%s): what is forwarded there comes back"
            .formatted(way.backend, way.to.balancer, ExpandedBalancers.listen(way.to.listen)),
        "give the backend the address and port where the service itself listens");
  }

  /** One for each pool that is listed and each balancer that it leads to. */
  private List<Way> ways(Draft.Balancer from) {
    List<Way> found = new ArrayList<>();
    List<List<String>> to = from.config().to();
    Protocol protocol = from.config().settings().listen().getFirst().protocol();
    for (int i = 0; i < to.size(); i++) {
      for (String name : to.get(i)) {
        PoolConfig pool = pools.get(name);
        Set<String> seen = new HashSet<>();
        // A pool that is a balancer is refused whatever its addresses are.
        for (BackendConfig backend :
            pool == null || pool.balancer() != null
                ? List.<BackendConfig>of()
                : pool.backends().values()) {
          int port = backend.port().orElse(from.config().port().orElse(0));
          for (Door door : doors.getOrDefault(new Port(protocol, port), List.of())) {
            if (port != 0
                && backend.addresses().stream().anyMatch(address -> reaches(address, door))
                && seen.add(door.balancer)) {
              found.add(new Way(from.toSites().get(i), name + "/" + backend.name(), door));
            }
          }
        }
      }
    }
    return found;
  }

  private boolean reaches(InetAddress address, Door door) {
    InetAddress at = door.listen.at().getAddress();
    return at.getClass() == address.getClass()
        && (at.equals(address)
            || door.config.advertise().contains(address)
            || (at.isAnyLocalAddress() && here.test(address)));
  }

  /** Whether what comes to one balancer may come to another, or it is the same. */
  private boolean leads(String from, String to) {
    Set<String> seen = new HashSet<>(Set.of(from));
    Deque<String> open = new ArrayDeque<>(seen);
    while (!open.isEmpty()) {
      String next = open.remove();
      if (next.equals(to)) {
        return true;
      }
      for (Way way : ways.getOrDefault(next, List.of())) {
        if (seen.add(way.to.balancer)) {
          open.add(way.to.balancer);
        }
      }
    }
    return false;
  }
}

package dev.azimuth.app.node;

import dev.azimuth.app.config.ServerConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What a configuration listens on, as addresses that this machine has at this moment. */
public final class ListenAddresses {
  private ListenAddresses() {}

  /**
   * Each address once, in the order of the configuration.
   *
   * @throws IOException when there is no such interface, or it has no address that can be used; the
   *     message says which
   */
  public static List<InetSocketAddress> of(List<ServerConfig.Listen> listen) throws IOException {
    Set<InetSocketAddress> addresses = new LinkedHashSet<>();
    for (ServerConfig.Listen each : listen) {
      switch (each) {
        case ServerConfig.Listen.Address(InetSocketAddress at) -> addresses.add(at);
        case ServerConfig.Listen.Interface(String name, int port) ->
            of(name).forEach(address -> addresses.add(new InetSocketAddress(address, port)));
      }
    }
    return List.copyOf(addresses);
  }

  /** Whether what is listened on depends on the addresses of interfaces. */
  static boolean changing(List<ServerConfig.Listen> listen) {
    return listen.stream().anyMatch(ServerConfig.Listen.Interface.class::isInstance);
  }

  private static List<InetAddress> of(String name) throws IOException {
    NetworkInterface found = NetworkInterface.getByName(name);
    if (found == null) {
      throw new SocketException("this machine has no interface " + name);
    }
    // Nobody is delegated to a link-local address, and it means nothing without its interface.
    List<InetAddress> addresses =
        found.inetAddresses().filter(address -> !address.isLinkLocalAddress()).toList();
    if (addresses.isEmpty()) {
      throw new SocketException("interface " + name + " has no address that can be listened on");
    }
    return addresses;
  }
}

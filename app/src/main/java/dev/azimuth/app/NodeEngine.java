package dev.azimuth.app;

import dev.azimuth.app.cli.Engine;
import dev.azimuth.app.config.Config;
import dev.azimuth.app.config.ConfigLoader;
import dev.azimuth.app.config.ConfigSchema;
import dev.azimuth.app.config.ExpandedForm;
import dev.azimuth.app.config.Loaded;
import dev.azimuth.app.host.PortHolder;
import dev.azimuth.app.host.StateLock;
import dev.azimuth.app.node.CookieFile;
import dev.azimuth.app.node.Loading;
import dev.azimuth.app.node.Node;
import dev.azimuth.app.node.NodeRuntime;
import dev.azimuth.app.node.Offline;
import dev.azimuth.app.node.ZoneSerials;
import dev.azimuth.steering.Addresses;
import dev.azimuth.steering.Explanation;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.SocketException;
import java.net.URI;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The commands' way into the node. */
final class NodeEngine implements Engine {
  private static final Logger LOG = LoggerFactory.getLogger("azimuth");

  @Override
  public String version() {
    String version = NodeEngine.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  @Override
  public Running start(Path file) throws InvalidConfiguration, NotStarted {
    var serials = new ZoneSerials(System::currentTimeMillis, LOG::warn);
    Loading.Result loading = Loading.load(file, serials);
    Loading.Whole whole = whole(loading, false);
    Config.Server server = whole.config().server();
    try {
      Files.createDirectories(server.stateDir());
      StateLock lock =
          StateLock.take(server.stateDir(), ProcessHandle.current().pid(), Instant.now());
      try {
        for (InetSocketAddress address : server.listen()) {
          tryPort(PortHolder.Transport.UDP, address);
          tryPort(PortHolder.Transport.TCP, address);
        }
        if (server.admin() != null) {
          tryPort(PortHolder.Transport.TCP, server.admin().listen());
        }
        NodeRuntime node = NodeRuntime.start(file, version(), loading, whole, serials, lock);
        return new Started(node);
      } catch (IOException | NotStarted | RuntimeException e) {
        lock.close();
        throw e;
      }
    } catch (StateLock.Held | CookieFile.Unusable e) {
      throw new NotStarted(String.valueOf(e.getMessage()), e);
    } catch (FileSystemException e) {
      throw new NotStarted(
          "server.state_dir %s cannot be used (%s %s): it has to be a directory that this user can write"
              .formatted(server.stateDir(), e.getClass().getSimpleName(), e.getFile()),
          e);
    } catch (IOException e) {
      throw new NotStarted(e.toString(), e);
    }
  }

  /** Finds out at once, and not after the first checks, that an address cannot be had. */
  private static void tryPort(PortHolder.Transport transport, InetSocketAddress address)
      throws NotStarted {
    // Java would take [::] for both families, the node does not.
    boolean bothFamilies =
        address.getAddress() instanceof Inet6Address && address.getAddress().isAnyLocalAddress();
    if (address.getPort() == 0 || bothFamilies) {
      return;
    }
    try {
      bind(transport, address);
    } catch (IOException e) {
      throw inUse(transport, address, e);
    }
  }

  private static void bind(PortHolder.Transport transport, InetSocketAddress address)
      throws IOException {
    switch (transport) {
      case UDP -> new DatagramSocket(address).close();
      case TCP -> {
        try (ServerSocket tcp = new ServerSocket()) {
          tcp.bind(address);
        }
      }
    }
  }

  private static NotStarted inUse(
      PortHolder.Transport transport, InetSocketAddress address, IOException cause) {
    PortHolder holders = new PortHolder(Path.of("/proc"));
    return new NotStarted(
        holders.find(transport, address).isPresent()
            ? holders.explain(transport, address)
            : "%s port %d on %s: %s%s"
                .formatted(
                    transport,
                    address.getPort(),
                    Addresses.text(address.getAddress()),
                    cause.getMessage(),
                    hint(address)),
        cause);
  }

  /** What most likely is in the way. */
  private static String hint(InetSocketAddress address) {
    try {
      InetAddress local = address.getAddress();
      if (!local.isAnyLocalAddress()
          && !local.isLoopbackAddress()
          && NetworkInterface.getByInetAddress(local) == null) {
        return "; this machine does not have that address";
      }
    } catch (SocketException e) {
      // Then the interfaces cannot be asked.
    }
    return address.getPort() < 1024
        ? "; a port below 1024 needs root or CAP_NET_BIND_SERVICE, as deploy/azimuth.service gives it"
        : "";
  }

  @Override
  public String validate(Path file, boolean colour) throws InvalidConfiguration {
    Loading.Result loading = Loading.load(file);
    Config config = whole(loading, colour).config();
    long names = config.zones().values().stream().mapToLong(zone -> zone.names().size()).sum();
    long backends =
        config.pools().values().stream().mapToLong(pool -> pool.backends().size()).sum();
    return loading.print(colour)
        + "%s is valid: %d zones, %d names, %d pools, %d backends, %d checks%n"
            .formatted(
                file,
                config.zones().size(),
                names,
                config.pools().size(),
                backends,
                config.checks().size());
  }

  @Override
  public String expand(Path file) throws InvalidConfiguration {
    return ExpandedForm.print(whole(Loading.load(file), false).config());
  }

  @Override
  public String schema() {
    return ConfigSchema.json();
  }

  @Override
  public Explanation explain(Path file, List<String> down, Question question)
      throws InvalidConfiguration, Node.Refused {
    return Offline.explain(
        whole(Loading.load(file), false),
        down,
        question.name(),
        question.v4(),
        question.client(),
        question.subnet());
  }

  @Override
  public @Nullable AdminPlace admin(Path file) throws InvalidConfiguration {
    Loaded loaded = ConfigLoader.load(file);
    Config config = loaded.config();
    if (config == null) {
      throw new InvalidConfiguration(loaded.print(false));
    }
    Config.Server server = config.server();
    Config.Admin admin = server.admin();
    if (admin == null) {
      return null;
    }
    InetAddress address = admin.listen().getAddress();
    String host = address.isAnyLocalAddress() ? "127.0.0.1" : Addresses.text(address);
    Path token = admin.tokenFile();
    return new AdminPlace(
        URI.create(
            "http://%s:%d"
                .formatted(host.contains(":") ? "[" + host + "]" : host, admin.listen().getPort())),
        token != null ? token : server.stateDir().resolve("token"));
  }

  private static Loading.Whole whole(Loading.Result loading, boolean colour)
      throws InvalidConfiguration {
    Loading.Whole whole = loading.whole();
    if (whole == null) {
      throw new InvalidConfiguration(loading.print(colour));
    }
    return whole;
  }

  /** A node of this process. */
  private record Started(NodeRuntime runtime) implements Running {
    @Override
    public Node node() {
      return runtime.node();
    }

    @Override
    public void close() {
      runtime.close();
    }
  }
}

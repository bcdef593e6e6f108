package dev.azimuth.app;

import dev.azimuth.app.admin.HeartbeatToken;
import dev.azimuth.app.cli.Engine;
import dev.azimuth.app.config.Config;
import dev.azimuth.app.config.ConfigLoader;
import dev.azimuth.app.config.ConfigSchema;
import dev.azimuth.app.config.ExpandedForm;
import dev.azimuth.app.config.HealthConfig;
import dev.azimuth.app.config.Loaded;
import dev.azimuth.app.config.ServerConfig;
import dev.azimuth.app.host.Counted;
import dev.azimuth.app.host.IoWords;
import dev.azimuth.app.host.PortTrouble;
import dev.azimuth.app.host.StateFolder;
import dev.azimuth.app.host.StateLock;
import dev.azimuth.app.node.ListenAddresses;
import dev.azimuth.app.node.Loading;
import dev.azimuth.app.node.Node;
import dev.azimuth.app.node.NodeRuntime;
import dev.azimuth.app.node.Offline;
import dev.azimuth.app.node.SharedSecrets;
import dev.azimuth.app.node.Successor;
import dev.azimuth.app.node.ZoneSerials;
import dev.azimuth.app.whatif.Assumptions;
import dev.azimuth.app.whatif.Forecast;
import dev.azimuth.net.BindFailure;
import dev.azimuth.net.DatagramPorts;
import dev.azimuth.net.Protocol;
import dev.azimuth.steering.Addresses;
import dev.azimuth.steering.Explanation;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.function.DoubleConsumer;
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
  public Running start(Path file, boolean takeOver) throws InvalidConfiguration, NotStarted {
    var serials = new ZoneSerials(System::currentTimeMillis, LOG::warn);
    Loading.Result loading = Loading.load(file, serials);
    Loading.Whole whole = whole(loading, false);
    Path stateDir = whole.config().server().stateDir();
    try {
      StateFolder.prepare(stateDir);
      NodeRuntime taken = takeOver ? takeOver(file, loading, whole, serials) : null;
      return new Started(taken != null ? taken : start(file, loading, whole, serials));
    } catch (StateLock.Held e) {
      throw new NotStarted(
          e.getMessage() + (takeOver ? "; that one cannot be taken over from" : ""), e);
    } catch (SharedSecrets.Unusable e) {
      throw new NotStarted(String.valueOf(e.getMessage()), e);
    } catch (FileSystemException e) {
      throw new NotStarted(
          "server.state_dir %s cannot be used (%s: %s): it has to be a directory that this user can write"
              .formatted(stateDir, e.getFile(), IoWords.of(e)),
          e);
    } catch (BindFailure e) {
      throw new NotStarted(PortTrouble.explain(e), e);
    } catch (IOException e) {
      throw new NotStarted(IoWords.of(e), e);
    }
  }

  private NodeRuntime start(
      Path file, Loading.Result loading, Loading.Whole whole, ZoneSerials serials)
      throws IOException, StateLock.Held, NotStarted {
    ServerConfig server = whole.config().server();
    StateLock lock =
        StateLock.take(server.stateDir(), ProcessHandle.current().pid(), Instant.now());
    try {
      for (InetSocketAddress address : ListenAddresses.of(server.listen())) {
        tryPort(Protocol.UDP, address);
        tryPort(Protocol.TCP, address);
      }
      if (server.admin() != null) {
        tryPort(Protocol.TCP, server.admin().listen());
      }
      HealthConfig.HeartbeatListener heartbeats = whole.config().health().heartbeats();
      if (heartbeats != null) {
        tryPort(Protocol.TCP, heartbeats.listen());
      }
      return NodeRuntime.start(file, version(), loading, whole, serials, lock);
    } catch (IOException | NotStarted | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  /** Null when no node runs that could be taken over from. */
  private @Nullable NodeRuntime takeOver(
      Path file, Loading.Result loading, Loading.Whole whole, ZoneSerials serials)
      throws InvalidConfiguration, NotStarted, StateLock.Held {
    if (!DatagramPorts.nativeAvailable()) {
      throw new NotStarted(
          "a take-over needs Linux on x86-64 or aarch64 and a JVM started with"
              + " --enable-native-access; without --takeover a node starts here as well");
    }
    try (Successor successor = Successor.connect(whole.config().server().stateDir())) {
      if (successor != null && !whole.usable()) {
        // The node that runs may have data for a zone whose file is broken by now.
        throw new InvalidConfiguration(loading.errorsFirst());
      }
      return successor == null
          ? null
          : NodeRuntime.takeOver(file, version(), loading, whole, serials, successor);
    } catch (IOException e) {
      String why = e instanceof BindFailure bind ? PortTrouble.explain(bind) : e.getMessage();
      throw new NotStarted("the node that runs was not taken over from and serves on: " + why, e);
    }
  }

  /** Finds out at once, and not after the first checks, that an address cannot be had. */
  private static void tryPort(Protocol protocol, InetSocketAddress address) throws NotStarted {
    // Java would take [::] for both families, the node does not.
    boolean bothFamilies =
        address.getAddress() instanceof Inet6Address && address.getAddress().isAnyLocalAddress();
    if (address.getPort() == 0 || bothFamilies) {
      return;
    }
    try {
      bind(protocol, address);
    } catch (IOException e) {
      BindFailure failure = new BindFailure(protocol, address, e);
      throw new NotStarted(PortTrouble.explain(failure), failure);
    }
  }

  private static void bind(Protocol protocol, InetSocketAddress address) throws IOException {
    switch (protocol) {
      case UDP -> new DatagramSocket(address).close();
      case TCP -> {
        try (ServerSocket tcp = new ServerSocket()) {
          tcp.bind(address);
        }
      }
    }
  }

  @Override
  public String validate(Path file, boolean colour) throws InvalidConfiguration {
    Loading.Result loading = Loading.load(file);
    Config config = whole(loading, colour).config();
    long names = config.zones().values().stream().mapToLong(zone -> zone.names().size()).sum();
    long backends =
        config.pools().values().stream().mapToLong(pool -> pool.backends().size()).sum();
    return loading.print(colour)
        + "%s is valid: %s, %s, %s, %s, %s%s%n"
            .formatted(
                file,
                Counted.of(config.zones().size(), "zone"),
                Counted.of(names, "name"),
                Counted.of(config.pools().size(), "pool"),
                Counted.of(backends, "backend"),
                Counted.of(config.checks().size() + config.combinations().size(), "check"),
                config.balancers().isEmpty()
                    ? ""
                    : ", " + Counted.of(config.balancers().size(), "balancer"))
        + (config.health().doubts() || !couldDoubt(config)
            ? ""
            : "self-doubt is off: it needs at least 2 health.anchors%n".formatted());
  }

  /** Whether there are as many checked pools and backends as self-doubt looks at. */
  private static boolean couldDoubt(Config config) {
    List<Config.PoolConfig> checked =
        config.pools().values().stream().filter(pool -> pool.check() != null).toList();
    return checked.size() >= 2
        && checked.stream().mapToInt(pool -> pool.backends().size()).sum() >= 5;
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
  public Forecast plan(Path before, Path after, Assumptions assumptions, DoubleConsumer progress)
      throws InvalidConfiguration, Node.Refused {
    return Forecast.of(
        whole(Loading.load(before), false),
        whole(Loading.load(after), false),
        List.of(),
        assumptions,
        progress);
  }

  @Override
  public Forecast simulate(
      Path config, List<String> down, Assumptions assumptions, DoubleConsumer progress)
      throws InvalidConfiguration, Node.Refused {
    Loading.Whole whole = whole(Loading.load(config), false);
    return Forecast.of(whole, whole, down, assumptions, progress);
  }

  @Override
  public @Nullable AdminPlace admin(Path file) throws InvalidConfiguration {
    Loaded loaded = ConfigLoader.load(file);
    Config config = loaded.config();
    if (config == null) {
      throw new InvalidConfiguration(loaded.print(false));
    }
    ServerConfig server = config.server();
    ServerConfig.Admin admin = server.admin();
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

  @Override
  public String heartbeatToken(Path file, String backend)
      throws InvalidConfiguration, Node.Refused {
    Loaded loaded = ConfigLoader.load(file);
    Config config = loaded.config();
    if (config == null) {
      throw new InvalidConfiguration(loaded.print(false));
    }
    HealthConfig.HeartbeatListener listener = config.health().heartbeats();
    if (listener == null) {
      throw new Node.Refused(
          "the configuration has no health.heartbeats, where backends would send them; docs/checks.md"
              + " says how");
    }
    boolean known =
        config.pools().values().stream()
            .anyMatch(
                pool ->
                    pool.backends().keySet().stream()
                        .anyMatch(name -> backend.equals(pool.name() + "/" + name)));
    if (!known) {
      throw new Node.Refused("there is no backend " + backend + "; write POOL/BACKEND");
    }
    try {
      return new HeartbeatToken(listener.secret()).of(backend);
    } catch (IOException e) {
      throw new Node.Refused("the secret cannot be read: " + e.getMessage());
    }
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
    public void awaitEnd() throws InterruptedException {
      runtime.awaitEnd();
    }

    @Override
    public void close() {
      runtime.close();
    }

    @Override
    public void hurry() {
      runtime.hurry();
    }
  }
}

package dev.azimuth.app.node;

import dev.azimuth.app.admin.Token;
import dev.azimuth.app.config.HealthConfig;
import dev.azimuth.app.config.ServerConfig;
import dev.azimuth.app.follow.Follower;
import dev.azimuth.app.follow.SystemResolver;
import dev.azimuth.app.host.EchoSockets;
import dev.azimuth.app.host.StateLock;
import dev.azimuth.app.metrics.Metrics;
import dev.azimuth.app.querylog.QueryLogWriter;
import dev.azimuth.health.Heartbeats;
import dev.azimuth.health.ProbeResult;
import dev.azimuth.health.Prober;
import dev.azimuth.health.Target;
import dev.azimuth.net.DatagramPorts;
import dev.azimuth.net.ReadyNotice;
import dev.azimuth.net.Transport;
import dev.azimuth.resolver.DnsServer;
import dev.azimuth.resolver.Gallery;
import dev.azimuth.resolver.HandedListener;
import dev.azimuth.resolver.ServerOptions;
import dev.azimuth.resolver.Warmup;
import dev.azimuth.steering.Binder;
import dev.azimuth.steering.Slots;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running node: the one place where its parts are made, started and stopped, in an order that can
 * be read.
 */
public final class NodeRuntime implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("azimuth");

  private static final Duration WARM_UP = Duration.ofMillis(150);

  /** How long TCP clients may go on with a node that another process has taken over from. */
  private static final Duration FAREWELL = Duration.ofSeconds(30);

  private final String version;
  private final SteadyClock clock = new SteadyClock();
  private final Path stateDir;
  private final Metrics metrics;
  private final QueryLogWriter queryLog;

  /** Why the newest look at a host name failed, by name; without those that resolve. */
  private final Map<String, String> unresolved = new ConcurrentHashMap<>();

  private final EchoSockets echo = new EchoSockets();
  private final Heartbeats heartbeats = new Heartbeats();
  private final Prober prober;
  private final Follower follower;
  private final Keeper keeper;
  private final Webhooks webhooks;
  private final Balancing balancing;
  private final Pictures pictures;
  private final Publisher publisher;
  private final Reloading reloading;
  private final Operations operations;
  private final HeartbeatDoor door;
  private final Tenure tenure;
  private final Ending ending = new Ending();

  /** Whether the service manager knows this process: one that failed before has nothing to say. */
  private volatile boolean announced;

  private volatile @Nullable DnsServer server;
  private volatile @Nullable Predecessor predecessor;

  private NodeRuntime(
      Path file,
      Persona persona,
      Loading.Result loading,
      Loading.Whole whole,
      ZoneSerials serials,
      List<BalancerPorts.Handed> handed) {
    version = persona.version();
    ServerConfig options = whole.config().server();
    this.stateDir = options.stateDir();
    Series series = new Series(this::published, () -> server, unresolved);
    metrics =
        new Metrics(
            version,
            new Gauges(this, clock),
            series,
            series,
            new BalancerSeries(this::balancing, this::published));
    StateStore store = new StateStore(options.stateDir());
    keeper = new Keeper(store, clock, true, Keeper.RETRY, new Journal.OfKeeping());
    HealthConfig limits = whole.config().health();
    prober =
        new Prober(
            clock,
            System::currentTimeMillis,
            new SplittableRandom(),
            this::probed,
            new Prober.Settings(version, limits.total(), limits.perTarget(), null),
            echo,
            heartbeats);
    follower =
        new Follower(
            clock,
            SystemResolver.create(),
            new Follower.Listener() {
              @Override
              public void resolved(String host, List<InetAddress> addresses, long expires) {
                unresolved.remove(host);
                NodeRuntime.this.resolved(host, addresses, expires);
              }

              @Override
              public void failed(String host, String why, boolean none) {
                unresolved.put(host, why);
                if (none) {
                  publisher.tell(new Event.Addressless(host));
                }
                LOG.warn("{} does not resolve, what is known of it stays: {}", host, why);
              }
            });
    webhooks = new Webhooks(persona.hostname(), InstantSource.system());
    balancing =
        new Balancing(
            options.workersOn(Runtime.getRuntime().availableProcessors()), this::failing, handed);
    pictures =
        new Pictures(
            prober,
            follower,
            keeper,
            metrics,
            webhooks,
            new TcpAnchors(),
            balancing,
            this::anchored);
    Slots backends = new Slots();
    queryLog = new QueryLogWriter(version, backends::thing);
    Saved saved = store.read(clock.getAsLong(), LOG::error);
    Desk desk = new Desk(pictures, new Binder(Questions::octets), backends, saved);
    publisher = new Publisher(desk, clock, this::fault);
    door = new HeartbeatDoor(heartbeats, clock, limits.heartbeats());
    reloading =
        new Reloading(
            file,
            loading,
            whole,
            persona,
            publisher,
            this::server,
            balancing,
            door,
            metrics,
            serials,
            this::adopted);
    serials.keep(whole.data().values());
    operations =
        new Operations(
            this, version, clock, pictures, keeper, publisher, reloading, saved.ordersLost());
    tenure = new Tenure(options, keeper, operations, metrics::scrape, door);
  }

  /**
   * Starts a node. Returns when its sockets answer.
   *
   * @param file the configuration, as {@code loading} was read from
   * @param serials that {@code loading} was read with
   * @param lock of the state directory; the node gives it back when it is closed, or not started
   * @throws SharedSecrets.Unusable when it has no secrets to answer with
   * @throws IOException when the machine does not let it: an address in use, a socket refused
   */
  public static NodeRuntime start(
      Path file,
      String version,
      Loading.Result loading,
      Loading.Whole whole,
      ZoneSerials serials,
      StateLock lock)
      throws IOException {
    Persona persona = Persona.of(version, whole.config());
    Loading.Whole applied = persona.apply(whole);
    NodeRuntime node = new NodeRuntime(file, persona, loading, applied, serials, List.of());
    try {
      node.tenure.begin(lock, false);
      node.hints().forEach(LOG::warn);
      DnsServer dns = node.prepare(applied, List.of());
      node.logQueries(applied);
      dns.start();
      node.balancing.start();
      node.serving(dns, "READY=1");
      return node;
    } catch (IOException | RuntimeException e) {
      node.close();
      throw e;
    }
  }

  /**
   * Starts a node that takes over from the process that runs, which answers until this one does.
   *
   * @param successor connected to that process; the caller closes it
   * @throws IOException when it cannot be done, and the other serves on
   * @throws StateLock.Held when a third process was quicker
   */
  public static NodeRuntime takeOver(
      Path file,
      String version,
      Loading.Result loading,
      Loading.Whole whole,
      ZoneSerials serials,
      Successor successor)
      throws IOException, StateLock.Held {
    Persona persona = Persona.of(version, whole.config());
    Loading.Whole applied = persona.apply(whole);
    NodeRuntime node =
        new NodeRuntime(file, persona, loading, applied, serials, successor.balancerPorts());
    try {
      DnsServer dns = node.prepare(applied, successor.listeners());
      node.tenure.begin(successor.takeLock(), true);
      node.hints().forEach(LOG::warn);
      node.logQueries(applied);
      dns.start();
      node.balancing.start();
      // Before the other ends: a service manager must know whom to look at by then.
      node.serving(dns, "MAINPID=" + ProcessHandle.current().pid() + "\nREADY=1");
      successor.serving();
      return node;
    } catch (IOException | RuntimeException | StateLock.Held e) {
      node.close();
      throw e;
    }
  }

  /** Comes to where only {@link DnsServer#start} is missing: sockets open, everything warm. */
  private DnsServer prepare(Loading.Whole whole, List<HandedListener> handed) throws IOException {
    ServerConfig options = whole.config().server();
    balancing.prepare(whole.config());
    publisher.start();
    publisher.tell(new Event.Adopt(whole, new CompletableFuture<>()));
    // While the probes are under way.
    DatagramPorts.prepare();
    Gallery gallery = firstPicture();
    DnsServer dns =
        DnsServer.open(
            ListenAddresses.of(options.listen()),
            new ServerOptions(
                options.workersOn(Runtime.getRuntime().availableProcessors()),
                options.receiveBuffer(),
                Transport.AUTO,
                options.tcp(),
                clock,
                this::fault),
            gallery,
            handed);
    server = dns;
    Warmup.run(gallery.current(), names(), System::nanoTime, WARM_UP);
    return dns;
  }

  /** Another configuration is in force. */
  private void adopted(Loading.Whole whole) {
    logQueries(whole);
    HealthConfig health = whole.config().health();
    prober.limit(health.total(), health.perTarget());
    door.adopt(health.heartbeats());
  }

  private void logQueries(Loading.Whole whole) {
    Gallery gallery = pictures.gallery();
    if (gallery != null) {
      queryLog.adopt(gallery.queryLog(), whole.config().server().queryLog(), whole.identity());
    }
  }

  private void serving(DnsServer dns, String notice) {
    reloading.start();
    offerTakeOver(dns);
    Announcement.log(dns, balancing.reports(), reloading, names(), version);
    announced = true;
    ReadyNotice.send(notice);
  }

  private void offerTakeOver(DnsServer dns) {
    if (!DatagramPorts.nativeAvailable()) {
      return;
    }
    try {
      predecessor =
          Predecessor.open(
              stateDir,
              new Inheritance(
                  dns, balancing, operations, reloading, keeper, tenure, queryLog, this::retire));
    } catch (IOException e) {
      LOG.warn("no other process can take over from this one: {}", e.getMessage());
    }
  }

  /** What operators ask of it. */
  public Node node() {
    return operations;
  }

  /** Who answers; null before the first picture. */
  @Nullable DnsServer server() {
    return server;
  }

  /** Why nobody can give orders; null when whoever has the token can, or where there is none. */
  @Nullable String tokenTrouble() {
    Token token = tenure.token();
    return token == null ? null : token.trouble();
  }

  /** What an operator should mend though everything works; looked up anew each time. */
  List<String> hints() {
    return Hints.now(tenure.token(), reloading.config(), unresolved);
  }

  Reloading reloading() {
    return reloading;
  }

  Balancing balancing() {
    return balancing;
  }

  Webhooks webhooks() {
    return webhooks;
  }

  Keeper keeper() {
    return keeper;
  }

  boolean stopping() {
    return ending.begun();
  }

  /** Waits for the verdicts, saying so when it takes long. */
  private Gallery firstPicture() throws IOException {
    try {
      if (!pictures.first().await(1, TimeUnit.SECONDS)) {
        LOG.info(
            "waiting for the first results of the checks, at most {} s more",
            Desk.VERDICT_MILLIS / 1000 - 1);
        pictures.first().await(Waiting.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Gallery gallery = pictures.gallery();
    if (gallery == null) {
      throw new IOException("no picture could be made; the log says why");
    }
    return gallery;
  }

  private int names() {
    Published now = published();
    return now == null ? 0 : now.plan().steering().names().size();
  }

  /** Waits for the end of the node. */
  public void awaitEnd() throws InterruptedException {
    ending.await();
  }

  /**
   * Answers what has come, closes every socket, keeps what must be kept. Waits for the end of a
   * node that ends already, but after {@link #hurry} not for long.
   */
  @Override
  public void close() {
    if (!ending.by(this::leave) && !ending.over()) {
      LOG.info("this process ends with its last clients; another signal ends it at once");
      if (!ending.awaitOrHaste()) {
        LOG.warn("not everything has ended");
      }
    }
  }

  private void leave() {
    if (announced) {
      ReadyNotice.send("STOPPING=1");
    }
    reloading.close();
    Predecessor waiting = predecessor;
    if (waiting != null) {
      waiting.close();
    }
    Published now = published();
    Duration lead = now == null ? Duration.ZERO : now.lead(); // before nothing leads here
    sendElsewhere();
    balancing.serveOn(lead);
    balancing.leave(false);
    balancing.awaitEnd();
    DnsServer open = server;
    if (open != null) {
      open.close(Duration.ofSeconds(1));
    }
    end();
  }

  /** Waits for no client of a balancer any more while it ends. */
  public void hurry() {
    balancing.hurry();
    ending.hurry();
  }

  /** Has answers lead clients elsewhere, as long as there still are any. */
  private void sendElsewhere() {
    try {
      keeper.part();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    CompletableFuture<Void> done = new CompletableFuture<>();
    publisher.tell(new Event.Leave(done));
    done.completeOnTimeout(null, 1, TimeUnit.SECONDS).exceptionally(fault -> null).join();
  }

  /** Ends the node for another process that answers already: the service goes on. */
  private void retire() {
    ending.by(this::leaveToSuccessor);
  }

  private void leaveToSuccessor() {
    reloading.close();
    balancing.leave(true);
    DnsServer open = server;
    if (open != null) {
      open.retire(FAREWELL);
    }
    balancing.awaitEnd();
    end();
  }

  private void end() {
    balancing.close();
    queryLog.close(); // every answer has been recorded
    prober.close();
    echo.close();
    follower.close();
    publisher.close();
    webhooks.close();
    keeper.close();
    tenure.close();
    metrics.close();
    LOG.info("stopped");
  }

  private void probed(Target target, ProbeResult result, boolean news) {
    pictures.probed(target, result);
    Event event = new Event.Probed(target, result);
    if (news) {
      publisher.tell(event);
    } else {
      publisher.note(event);
    }
  }

  private void failing(String balancer, String backend) {
    publisher.tell(new Event.Failing(balancer, backend));
  }

  private void anchored(int answering, int anchors) {
    publisher.tell(new Event.Anchored(answering, anchors));
  }

  private void resolved(String host, List<InetAddress> addresses, long expires) {
    int ttl = (int) Math.max(1, (expires - clock.getAsLong() + 999) / 1000);
    publisher.tell(new Event.Addressed(host, new Resolved(addresses, ttl)));
  }

  private void fault(Throwable fault) {
    LOG.error("a fault, the last good picture serves on", fault);
  }

  Prober prober() {
    return prober;
  }

  HeartbeatDoor door() {
    return door;
  }

  /** Who writes the query log. */
  QueryLogWriter queryLog() {
    return queryLog;
  }

  @Nullable Published published() {
    return pictures.published();
  }
}

package dev.azimuth.app.node;

import dev.azimuth.app.admin.AdminServer;
import dev.azimuth.app.admin.Token;
import dev.azimuth.app.config.Config;
import dev.azimuth.app.follow.Follower;
import dev.azimuth.app.follow.SystemResolver;
import dev.azimuth.app.host.StateLock;
import dev.azimuth.app.metrics.Metrics;
import dev.azimuth.health.Forced;
import dev.azimuth.health.ProbeResult;
import dev.azimuth.health.Prober;
import dev.azimuth.health.State;
import dev.azimuth.health.Target;
import dev.azimuth.net.DatagramPorts;
import dev.azimuth.net.ReadyNotice;
import dev.azimuth.net.Transport;
import dev.azimuth.resolver.DnsServer;
import dev.azimuth.resolver.Gallery;
import dev.azimuth.resolver.Listener;
import dev.azimuth.resolver.ServerOptions;
import dev.azimuth.resolver.TcpLimits;
import dev.azimuth.resolver.Warmup;
import dev.azimuth.steering.Binder;
import dev.azimuth.steering.Explanation;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running node: the one place where its parts are made, started and stopped, in an order that can
 * be read. Everything it does for an operator goes through the publisher.
 */
public final class NodeRuntime implements Node, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("azimuth");

  /** Longer than the deadline for verdicts, so that only a stuck publisher is ever told of. */
  private static final Duration PATIENCE = Duration.ofMillis(2 * Desk.VERDICT_MILLIS);

  private static final Duration WARM_UP = Duration.ofMillis(300);

  private final Path file;
  private final String version;
  private final SteadyClock clock = new SteadyClock();
  private final StateLock lock;
  private final Metrics metrics;
  private final Prober prober;
  private final Follower follower;
  private final Keeper keeper;
  private final Pictures pictures;
  private final Publisher publisher;
  private final ReentrantLock reloading = new ReentrantLock();
  private final Instant started = Instant.now();
  private volatile Loading.Result current;
  private volatile Config config;
  private volatile Instant loaded = Instant.now();
  private volatile Status.@Nullable Rejected rejected;
  private volatile @Nullable DnsServer server;
  private volatile @Nullable AdminServer admin;
  private volatile boolean stopping;

  private NodeRuntime(
      Path file, String version, Loading.Result loading, Loading.Whole whole, StateLock lock) {
    this.file = file;
    this.version = version;
    this.lock = lock;
    current = loading;
    config = whole.config();
    Series series = new Series(this::published, () -> server);
    metrics =
        new Metrics(
            version,
            () -> {
              Published now = published();
              return now == null ? 0 : now.generation();
            },
            () -> {
              DnsServer open = server;
              return open == null ? 0 : open.allocatedBytes();
            },
            series,
            series);
    StateStore store = new StateStore(config.server().stateDir());
    keeper =
        new Keeper(store, clock, e -> LOG.error("what is known cannot be kept: {}", e.toString()));
    prober = new Prober(clock, new SplittableRandom(), this::probed, Prober.Settings.of(version));
    follower =
        new Follower(
            clock,
            SystemResolver.create(),
            new Follower.Listener() {
              @Override
              public void resolved(String host, List<InetAddress> addresses, long expires) {
                NodeRuntime.this.resolved(host, addresses, expires);
              }

              @Override
              public void failed(String host, String why) {
                LOG.warn("{} does not resolve, its last addresses stay: {}", host, why);
              }
            });
    pictures = new Pictures(prober, follower, store, keeper, metrics);
    Desk desk =
        new Desk(pictures, new Binder(Questions::octets), store.read(clock.getAsLong(), LOG::warn));
    publisher = new Publisher(desk, clock, this::fault);
  }

  /**
   * Starts a node. Returns when its sockets answer.
   *
   * @param file the configuration, as {@code loading} was read from
   * @param lock of the state directory; the node gives it back when it is closed
   * @throws IOException when the machine does not let it: an address in use, a socket refused
   */
  public static NodeRuntime start(
      Path file, String version, Loading.Result loading, Loading.Whole whole, StateLock lock)
      throws IOException {
    NodeRuntime node = new NodeRuntime(file, version, loading, whole, lock);
    try {
      node.start(whole);
      return node;
    } catch (IOException | RuntimeException e) {
      node.close();
      throw e;
    }
  }

  private void start(Loading.Whole whole) throws IOException {
    Config.Server options = whole.config().server();
    openAdmin(options);
    publisher.start();
    publisher.tell(new Event.Adopt(whole, new CompletableFuture<>()));
    DatagramPorts.prepare(); // while the probes are under way
    Gallery gallery = firstPicture();
    DnsServer dns =
        DnsServer.open(
            options.listen(),
            new ServerOptions(
                options.workers(),
                options.receiveBuffer(),
                Transport.AUTO,
                TcpLimits.DEFAULT,
                this::fault),
            gallery);
    server = dns;
    Warmup.run(gallery.current(), names(), System::nanoTime, WARM_UP);
    dns.start();
    Thread.ofVirtual().name("azimuth-watch").start(this::watch);
    announce(dns);
    ReadyNotice.send("READY=1");
  }

  private void openAdmin(Config.Server options) throws IOException {
    Config.Admin wanted = options.admin();
    if (wanted == null) {
      return;
    }
    Path tokenFile = wanted.tokenFile();
    Token token =
        tokenFile != null
            ? new Token(tokenFile)
            : Token.inStateDir(options.stateDir(), new SecureRandom());
    AdminServer opened = AdminServer.open(wanted.listen(), token, this, metrics::scrape);
    admin = opened;
    LOG.info("admin http://{}", StatusView.text(opened.address()));
  }

  /** Waits for the verdicts, saying so when it takes long. */
  private Gallery firstPicture() throws IOException {
    try {
      if (!pictures.first().await(1, TimeUnit.SECONDS)) {
        LOG.info(
            "waiting for the first results of the checks, at most {} s more",
            Desk.VERDICT_MILLIS / 1000 - 1);
        pictures.first().await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
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

  private void announce(DnsServer dns) {
    for (Listener listener : dns.listeners()) {
      String address = StatusView.text(listener.effective());
      LOG.info(
          "listening udp {} ({}, receive buffer {} KiB)",
          address,
          listener.transport(),
          listener.receiveBuffer() / 1024);
      LOG.info("listening tcp {}", address);
      if (listener.receiveBuffer() < config.server().receiveBuffer()) {
        LOG.warn(
            "the kernel gives {} a receive buffer of {} KiB instead of {}: raise net.core.rmem_max",
            address,
            listener.receiveBuffer() / 1024,
            config.server().receiveBuffer() / 1024);
      }
    }
    LOG.info("ready: {} zones, {} names, version {}", config.zones().size(), names(), version);
  }

  /** Takes up a changed file by itself. */
  private void watch() {
    ConfigWatch watch = new ConfigWatch(current.loaded().files());
    while (!stopping) {
      try {
        Thread.sleep(ConfigWatch.INTERVAL);
      } catch (InterruptedException e) {
        return;
      }
      if (config.server().autoReload() && watch.changed(current.loaded().files())) {
        try {
          reload(false);
        } catch (Refused e) {
          // It is logged, shows in the status, and the old configuration serves on.
        }
      }
    }
  }

  @Override
  public List<String> missing() {
    List<String> missing = new ArrayList<>();
    DnsServer open = server;
    if (published() == null) {
      missing.add("the first results of the checks");
    }
    if (open == null) {
      missing.add("open sockets");
    } else if (!open.healthy()) {
      missing.add("a worker that answers: one is stuck");
    }
    if (stopping) {
      missing.add("the node is stopping");
    }
    return missing;
  }

  @Override
  public Status status() {
    DnsServer open = server;
    return StatusView.of(
        inForce(),
        new StatusView.Surroundings(
            version,
            started,
            loaded,
            file.toString(),
            rejected,
            open == null ? List.of() : open.listeners()));
  }

  @Override
  public Explanation explain(
      String name, boolean v4, @Nullable String client, @Nullable String subnet) throws Refused {
    Published now = inForce();
    return Questions.explain(now.plan().source().zones(), now.bound(), name, v4, client, subnet);
  }

  @Override
  public String force(
      String backend, Forced forced, String reason, String author, @Nullable Duration lasts)
      throws Refused {
    String key = BackendName.resolve(backend, inForce().plan().backends());
    long now = clock.getAsLong();
    ForcedBy by = new ForcedBy(forced, reason, author, now, end(now, lasts));
    order(orders -> orders.with(key, by));
    LOG.info("{} forced {} by {}: {}", key, forced, author, reason);
    return kept(key + " is forced " + forced + lasting(lasts));
  }

  @Override
  public String clear(String backend) throws Refused {
    Published now = inForce();
    // An order may outlive the backend it was given for.
    List<String> known = new ArrayList<>(now.plan().backends());
    now.orders().forced().keySet().stream().filter(k -> !known.contains(k)).forEach(known::add);
    String key = BackendName.resolve(backend, known);
    if (!now.orders().forced().containsKey(key)) {
      throw new Refused(key + " is not forced");
    }
    order(orders -> orders.without(key));
    LOG.info("{} is no longer forced", key);
    return kept(key + " follows its checks again");
  }

  @Override
  public String freeze(String reason, String author, @Nullable Duration lasts) throws Refused {
    Published now = inForce();
    Map<String, State> states = new HashMap<>();
    for (int i = 0; i < now.live().size(); i++) {
      states.put(SavedState.key(now.plan().targets().get(i)), now.live().get(i).state());
    }
    long since = clock.getAsLong();
    order(orders -> orders.frozen(new Freeze(states, reason, author, since, end(since, lasts))));
    LOG.warn("frozen by {}: {}", author, reason);
    return kept("the table is frozen" + lasting(lasts) + "; probes go on");
  }

  @Override
  public String unfreeze() throws Refused {
    if (inForce().orders().freeze() == null) {
      throw new Refused("the table is not frozen");
    }
    order(orders -> orders.frozen(null));
    LOG.info("no longer frozen");
    return kept("the checks decide again");
  }

  @Override
  public String failback(String pool) throws Refused {
    if (!config.pools().containsKey(pool)) {
      throw new Refused("no pool is called \"" + pool + "\"");
    }
    CompletableFuture<Void> done = new CompletableFuture<>();
    publisher.tell(new Event.Failback(pool, done));
    await(done);
    LOG.info("pool {} may serve again", pool);
    return "pool " + pool + " is not on hold";
  }

  @Override
  public List<String> reload(boolean acceptRemovals) throws Refused {
    reloading.lock();
    try {
      Loading.Result next = Loading.load(file);
      Loading.Whole whole = next.whole();
      if (whole == null) {
        throw reject(next.print(false));
      }
      String removals = ConfigDiff.removals(config, whole.config());
      if (removals != null && !acceptRemovals) {
        throw reject(
            "the new configuration is not taken up, since "
                + removals
                + "; if that is meant: azimuth reload --accept-removals");
      }
      List<String> changes = ConfigDiff.lines(config, whole.config());
      if (!changes.isEmpty()) {
        adopt(whole);
      }
      taken(next, whole.config(), changes);
      return changes;
    } finally {
      reloading.unlock();
    }
  }

  private void adopt(Loading.Whole whole) throws Refused {
    DnsServer open = server;
    try {
      if (open != null) {
        open.reconfigure(whole.config().server().listen());
      }
    } catch (IOException e) {
      throw reject("server.listen: " + e.getMessage());
    }
    CompletableFuture<Void> done = new CompletableFuture<>();
    publisher.tell(new Event.Adopt(whole, done));
    await(done);
  }

  private void taken(Loading.Result next, Config taken, List<String> changes) {
    current = next;
    config = taken;
    rejected = null;
    if (changes.isEmpty()) {
      metrics.reloaded(Metrics.Reload.UNCHANGED);
      return;
    }
    loaded = Instant.now();
    metrics.reloaded(Metrics.Reload.TAKEN_UP);
    LOG.info("configuration taken up: {}", String.join("; ", changes));
  }

  private Refused reject(String problems) {
    metrics.reloaded(Metrics.Reload.REFUSED);
    rejected = new Status.Rejected(Instant.now(), problems);
    LOG.error("configuration refused, the old one serves on:\n{}", problems);
    return new Refused(problems);
  }

  /** Answers what has come, closes every socket, keeps what must be kept. */
  @Override
  public void close() {
    if (stopping) {
      return;
    }
    stopping = true;
    ReadyNotice.send("STOPPING=1");
    DnsServer open = server;
    if (open != null) {
      open.close(Duration.ofSeconds(1));
    }
    AdminServer listening = admin;
    if (listening != null) {
      listening.close();
    }
    prober.close();
    follower.close();
    publisher.tell(new Event.Stop(new CompletableFuture<>()));
    keeper.close();
    metrics.close();
    try {
      lock.close();
    } catch (IOException e) {
      LOG.warn("the lock of the state directory could not be given back: {}", e.toString());
    }
    LOG.info("stopped");
  }

  private void probed(Target target, ProbeResult result) {
    pictures.probed(result);
    publisher.tell(new Event.Probed(target, result));
  }

  private void resolved(String host, List<InetAddress> addresses, long expires) {
    int ttl = (int) Math.max(1, (expires - clock.getAsLong() + 999) / 1000);
    publisher.tell(new Event.Addressed(host, new Resolved(addresses, ttl)));
  }

  private void fault(Throwable fault) {
    LOG.error("a fault, the last good picture serves on", fault);
  }

  private void order(Function<Orders, Orders> change) throws Refused {
    CompletableFuture<Void> done = new CompletableFuture<>();
    publisher.tell(new Event.Ordered(change, done));
    await(done);
  }

  private void await(CompletableFuture<Void> done) throws Refused {
    try {
      done.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw new Refused("it failed, the log says how: " + e.getCause());
    } catch (TimeoutException e) {
      throw new Refused("it was not carried out within " + PATIENCE.toSeconds() + " s");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Refused("interrupted");
    }
  }

  private @Nullable Published published() {
    return pictures.published();
  }

  private Published inForce() {
    Published now = published();
    if (now == null) {
      throw new IllegalStateException("the node is not ready yet");
    }
    return now;
  }

  private String kept(String done) {
    String notKept = pictures.notKept();
    return notKept == null ? done : done + ", but would not survive a restart: " + notKept;
  }

  private static long end(long now, @Nullable Duration lasts) {
    return lasts == null ? Long.MAX_VALUE : now + lasts.toMillis();
  }

  private static String lasting(@Nullable Duration lasts) {
    return lasts == null ? " until it is cleared" : " for " + lasts.toSeconds() + " s";
  }
}

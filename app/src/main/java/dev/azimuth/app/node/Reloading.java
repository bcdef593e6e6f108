package dev.azimuth.app.node;

import dev.azimuth.app.config.Config;
import dev.azimuth.app.config.HealthConfig.HeartbeatListener;
import dev.azimuth.app.config.ServerConfig;
import dev.azimuth.app.config.ServerConfig.Cookies;
import dev.azimuth.app.geo.GeoData;
import dev.azimuth.app.host.PortTrouble;
import dev.azimuth.app.metrics.Metrics;
import dev.azimuth.app.node.Node.Refused;
import dev.azimuth.net.BindFailure;
import dev.azimuth.resolver.DnsServer;
import dev.azimuth.resolver.Listener;
import dev.azimuth.steering.Addresses;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the configuration in force in step with its files: reads it anew when they change or an
 * operator asks, takes it up whole or refuses it whole.
 */
final class Reloading implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("azimuth");

  private final Path file;
  private final Persona persona;
  private final Publisher publisher;
  private final Supplier<@Nullable DnsServer> server;
  private final Balancing balancing;
  private final HeartbeatDoor door;
  private final Metrics metrics;
  private final ZoneSerials serials;
  private final Consumer<Loading.Whole> followers;
  private final ReentrantLock lock = new ReentrantLock();
  private final ConfigWatch watch;
  private final ServerConfig running;
  private volatile Loading.Result current;
  private volatile List<Path> watched;
  private volatile Loading.Whole whole;
  private volatile Instant loaded = Instant.now();
  private volatile Status.@Nullable Rejected rejected;
  private volatile boolean closed;
  private boolean suspended; // guarded by lock
  private @Nullable String notFollowed; // guarded by lock

  /**
   * @param first what {@code file} was read as
   * @param serials that {@code first} was read with
   * @param persona by which {@code whole} answers, and what comes after it
   * @param server whose listeners follow the configuration; null while there is none
   * @param balancing likewise
   * @param door likewise
   * @param followers what else follows it: called with each that was taken up
   */
  Reloading(
      Path file,
      Loading.Result first,
      Loading.Whole whole,
      Persona persona,
      Publisher publisher,
      Supplier<@Nullable DnsServer> server,
      Balancing balancing,
      HeartbeatDoor door,
      Metrics metrics,
      ZoneSerials serials,
      Consumer<Loading.Whole> followers) {
    this.file = file;
    this.persona = persona;
    this.publisher = publisher;
    this.server = server;
    this.balancing = balancing;
    this.door = door;
    this.metrics = metrics;
    current = first;
    watched = List.copyOf(files(first));
    watch = new ConfigWatch(watched);
    watch.took(first.stamps());
    this.serials = serials;
    this.followers = followers;
    this.whole = whole;
    running = whole.config().server();
  }

  Path file() {
    return file;
  }

  /** The configuration in force. */
  Config config() {
    return whole.config();
  }

  /** The zones in force and what they were read from, by origin. */
  Map<String, ZoneData> zones() {
    return whole.data();
  }

  /** The databases in force. */
  GeoData geo() {
    return whole.geo();
  }

  /** What the configuration says and only counts from the next start on, a line each. */
  List<String> pending() {
    return ConfigDiff.pending(running, config().server());
  }

  /** Why the serials in force would not survive a restart; null when they would. */
  @Nullable String serialsNotKept() {
    return serials.notKept();
  }

  /** When it was taken up. */
  Instant loaded() {
    return loaded;
  }

  /** The newest configuration when it was not taken up; null when the files' serves. */
  Status.@Nullable Rejected rejected() {
    return rejected;
  }

  /** Begins to take up changed files. */
  void start() {
    Thread.ofVirtual().name("azimuth-watch").start(this::watch);
  }

  @Override
  public void close() {
    closed = true;
  }

  private void watch() {
    while (!closed) {
      try {
        Thread.sleep(ConfigWatch.INTERVAL);
        follow();
        keepSerials();
        if (config().server().autoReload() && watch.changed(watched)) {
          reload(false);
        }
      } catch (Refused e) {
        // It is logged, shows in the status, and the old configuration serves on.
      } catch (RuntimeException | Error fault) {
        LOG.error("the configuration could not be looked at; the next look is soon", fault);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  /** Takes up nothing until {@link #resume}; a reload under way ends before it returns. */
  void suspend() {
    suspended(true);
  }

  void resume() {
    suspended(false);
  }

  private void suspended(boolean now) {
    lock.lock();
    try {
      suspended = now;
    } finally {
      lock.unlock();
    }
  }

  /** Listens on the addresses that interfaces have now; says once why it cannot. */
  private void follow() {
    List<ServerConfig.Listen> listen = config().server().listen();
    DnsServer open = server.get();
    if (open == null || !ListenAddresses.changing(listen)) {
      return;
    }
    lock.lock();
    try {
      List<InetSocketAddress> now = ListenAddresses.of(listen);
      List<InetSocketAddress> before = open.listeners().stream().map(Listener::configured).toList();
      if (!suspended && !now.equals(before)) {
        listen(open, now);
        LOG.info(
            "addresses of interfaces changed, listening on {}",
            now.stream().map(Addresses::text).toList());
      }
      notFollowed = null;
    } catch (IOException e) {
      if (!String.valueOf(e.getMessage()).equals(notFollowed)) {
        notFollowed = e.getMessage();
        LOG.warn("addresses of interfaces changed and are not followed: {}", notFollowed);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Tries again to write what the disk has not taken. */
  private void keepSerials() {
    lock.lock();
    try {
      if (!suspended) {
        serials.keep(whole.data().values());
      }
    } finally {
      lock.unlock();
    }
  }

  /** See {@link Node#reload}. */
  List<String> reload(boolean acceptRemovals) throws Refused {
    lock.lock();
    try {
      if (server.get() == null) {
        throw new Refused("the node is starting: try again in a moment");
      }
      if (suspended) {
        throw new Refused(TakeOver.UNDER_WAY);
      }
      Loading.Result next =
          Loading.load(file, Loading.Before.of(whole, acceptRemovals, serials::in));
      watch.took(next.stamps());
      // Also the files of one that is refused: mending any of them is a change.
      Set<Path> files = files(current);
      files.addAll(files(next));
      watched = List.copyOf(files);
      if (next.whole() == null) {
        throw reject(next.errorsFirst(), Refused.Kind.CONFIGURATION);
      }
      Loading.Whole changed = applied(next.whole());
      String removals = ConfigDiff.removals(config(), changed.config());
      if (removals != null && !acceptRemovals) {
        throw reject(
            "the new configuration is not taken up, since "
                + removals
                + "; if that is meant: azimuth reload --accept-removals");
      }
      List<String> changes = WholeDiff.lines(running, whole, changed);
      if (!changes.isEmpty()) {
        adopt(changed);
      }
      List<String> known = WholeDiff.refused(whole);
      List<String> mended = WholeDiff.mended(whole, changed);
      taken(next, changed, changes);
      mended.forEach(LOG::info);
      List<String> refused = WholeDiff.refused(changed);
      refused.stream().filter(each -> !known.contains(each)).forEach(LOG::error);
      if (refused.isEmpty()) {
        return changes;
      }
      changes.addAll(refused);
      throw new Refused(String.join("\n", changes));
    } finally {
      lock.unlock();
    }
  }

  private Loading.Whole applied(Loading.Whole whole) throws Refused {
    try {
      return persona.apply(whole);
    } catch (SharedSecrets.Unusable e) {
      throw reject(String.valueOf(e.getMessage()));
    }
  }

  /** Every file by which a configuration answers. */
  private static Set<Path> files(Loading.Result result) {
    Set<Path> files = new LinkedHashSet<>(result.loaded().files());
    if (result.whole() != null) {
      ServerConfig server = result.whole().config().server();
      if (server.cookies() instanceof Cookies.Shared(Path secrets)) {
        files.add(secrets);
      }
      if (server.stickySalt() != null) {
        files.add(server.stickySalt());
      }
    }
    return files;
  }

  private void adopt(Loading.Whole changed) throws Refused {
    DnsServer open = server.get();
    prepare(changed.config());
    try {
      if (open != null) {
        listen(open, ListenAddresses.of(changed.config().server().listen()));
      }
    } catch (BindFailure e) {
      discard();
      throw reject("server.listen: " + PortTrouble.explain(e));
    } catch (IOException e) {
      discard();
      throw reject("server.listen: " + e.getMessage());
    }
    // Before they are served, so that no serial is ever used for two contents.
    serials.keep(changed.data().values());
    CompletableFuture<Void> done = new CompletableFuture<>();
    publisher.tell(new Event.Adopt(changed, done));
    try {
      Waiting.until(done);
    } catch (Refused e) {
      discard();
      listenAsBefore(open);
      throw reject(String.valueOf(e.getMessage()));
    }
  }

  private void listen(DnsServer open, List<InetSocketAddress> addresses) throws IOException {
    List<Listener> before = open.listeners();
    open.reconfigure(addresses);
    List<Listener> opened = new ArrayList<>(open.listeners());
    opened.removeAll(before);
    Announcement.listening(opened, running.receiveBuffer());
  }

  /** Opens what balancers are to listen on, and where heartbeats are to come. */
  private void prepare(Config next) throws Refused {
    try {
      balancing.prepare(next);
    } catch (BindFailure e) {
      throw reject("balancers: " + PortTrouble.explain(e));
    } catch (IOException e) {
      throw reject("balancers: " + e.getMessage());
    }
    HeartbeatListener heartbeats = next.health().heartbeats();
    if (heartbeats != null) {
      try {
        door.prepare(heartbeats);
      } catch (BindFailure e) {
        discard();
        throw reject("health.heartbeats.listen: " + PortTrouble.explain(e));
      } catch (IOException e) {
        discard();
        throw reject("health.heartbeats.listen: " + e.getMessage());
      }
    }
  }

  /** What was opened for a configuration is not wanted after all. */
  private void discard() {
    balancing.discard();
    door.discard();
  }

  private void listenAsBefore(@Nullable DnsServer open) {
    try {
      if (open != null) {
        open.reconfigure(ListenAddresses.of(config().server().listen()));
      }
    } catch (IOException e) {
      LOG.error("the listeners of the old configuration cannot be had again: {}", e.getMessage());
    }
  }

  private void taken(Loading.Result next, Loading.Whole taken, List<String> changes) {
    current = next;
    watched = List.copyOf(files(next));
    whole = taken;
    if (rejected != null) {
      rejected = null;
      LOG.info("the configuration is in order again");
    }
    if (changes.isEmpty()) {
      metrics.reloaded(Metrics.Reload.UNCHANGED);
      return;
    }
    loaded = Instant.now();
    followers.accept(taken);
    metrics.reloaded(Metrics.Reload.TAKEN_UP);
    LOG.info("configuration taken up: {}", String.join("; ", changes));
    Hints.certificates(taken.config(), Instant.now()).forEach(LOG::warn);
  }

  private Refused reject(String problems) {
    return reject(problems, Refused.Kind.STATE);
  }

  private Refused reject(String problems, Refused.Kind kind) {
    metrics.reloaded(Metrics.Reload.REFUSED);
    rejected = new Status.Rejected(Instant.now(), problems);
    LOG.error("configuration refused, the old one serves on:\n{}", problems);
    return new Refused(problems, kind);
  }
}

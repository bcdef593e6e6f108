package dev.azimuth.balancer;

import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.IoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All balancers of a process. Made once; settings, backends and listeners change while connections
 * go on. Methods that change something are for any thread, one at a time; a lock sees to that.
 */
public final class Balancers implements AutoCloseable {
  private static final SecureRandom KEYS = new SecureRandom();
  private static final long STUCK_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final MultiThreadIoEventLoopGroup group;
  private final List<Loop> loops;
  private final Budget budget;
  private final @Nullable Sockets sockets;
  private final Observer observer;
  private volatile Map<String, Balancer> balancers = Map.of();
  private final Map<Place, Inlet> listening = new LinkedHashMap<>(); // guarded by this
  private final Map<Place, Inlet> prepared = new LinkedHashMap<>(); // guarded by this

  /** The loop that has got the last listener of UDP. */
  private int turn; // guarded by this

  private Credentials credentials = Credentials.NONE; // guarded by this
  private Credentials preparedCredentials = Credentials.NONE; // guarded by this
  private boolean started; // guarded by this
  private boolean closed; // guarded by this

  /** Listeners that are left behind, until their connections have ended. */
  private final List<Inlet> leaving = new ArrayList<>(); // guarded by this

  /**
   * Something to listen on.
   *
   * @param balancer whose it is, where any free port would be another each time; else empty, so
   *     that an address can pass from one balancer to another
   */
  private record Place(String balancer, Listen listen) {
    static Place of(String balancer, Listen listen) {
      return new Place(listen.at().getPort() == 0 ? balancer : "", listen);
    }
  }

  private Balancers(
      MultiThreadIoEventLoopGroup group,
      Transport transport,
      @Nullable Sockets sockets,
      Observer observer,
      SplittableRandom random,
      Budget budget) {
    this.group = group;
    this.sockets = sockets;
    this.observer = observer;
    this.budget = budget;
    List<Loop> all = new ArrayList<>();
    for (EventExecutor executor : group) {
      all.add(
          new Loop(
              (IoEventLoop) executor,
              transport,
              random.split(),
              budget,
              new Splice(sockets == null ? null : sockets::pipe),
              sockets == null ? NioDatagrams::new : sockets::datagrams,
              observer::fault));
    }
    loops = List.copyOf(all);
    loops.forEach(Loop::start);
  }

  /** Whether sockets of others can be adopted here. */
  public static boolean adopts() {
    return Epoll.isAvailable();
  }

  /**
   * Starts the loops; there is no balancer yet.
   *
   * @param threads how many loops, at least 1
   * @param sockets where listening sockets come from; null has the JDK open them and connect
   * @throws IllegalStateException when there are sockets but Netty cannot adopt them here: see
   *     {@link #adopts}
   * @param random seeds all that is drawn
   */
  public static Balancers open(
      int threads, @Nullable Sockets sockets, Observer observer, SplittableRandom random) {
    return open(threads, sockets, observer, random, new Budget(new PooledByteBufAllocator(true)));
  }

  /** The same with this much memory. */
  static Balancers open(
      int threads,
      @Nullable Sockets sockets,
      Observer observer,
      SplittableRandom random,
      Budget budget) {
    if (sockets != null && !adopts()) {
      throw new IllegalStateException("no socket can be adopted here", Epoll.unavailabilityCause());
    }
    Transport transport = sockets == null ? Transport.NIO : Transport.EPOLL;
    var names = new DefaultThreadFactory("azimuth-balancer", true);
    var group = new MultiThreadIoEventLoopGroup(threads, names, transport.handler());
    return new Balancers(group, transport, sockets, observer, random, budget);
  }

  /**
   * Makes certificates ready, and opens what is to be listened on and is not yet, so that nothing
   * can fail when it is {@link #put}. Nobody is accepted there before.
   *
   * @param all of distinct names and addresses
   * @throws IOException when an address cannot be had, or a certificate is of no use: then nothing
   *     has changed
   */
  public void prepare(List<Settings> all) throws IOException {
    // Many certificates take seconds, and others must not wait for that.
    prepare(all, credentials().of(all));
  }

  private synchronized Credentials credentials() {
    return credentials;
  }

  private synchronized void prepare(List<Settings> all, Credentials read) throws IOException {
    if (closed) {
      throw new IOException("the balancers are closed");
    }
    Map<Place, Inlet> opened = new LinkedHashMap<>();
    try {
      for (Settings settings : all) {
        for (Listen listen : settings.listen()) {
          Place place = Place.of(settings.name(), listen);
          if (!listening.containsKey(place) && !prepared.containsKey(place)) {
            opened.put(place, open(listen));
          }
        }
      }
    } catch (IOException | RuntimeException e) {
      opened.values().forEach(this::part);
      throw e;
    }
    prepared.putAll(opened);
    preparedCredentials = read;
  }

  private Inlet open(Listen listen) throws IOException {
    for (Inlet each : leaving) {
      if (each.listen().equals(listen) && listen.at().getPort() != 0 && each.reopen()) {
        leaving.remove(each);
        return each;
      }
    }
    return switch (listen.protocol()) {
      case TCP ->
          sockets == null
              ? Listener.open(listen, loops)
              : Listener.open(listen, sockets.open(listen), loops);
      case UDP -> {
        turn = turn + 1 == loops.size() ? 0 : turn + 1;
        yield new UdpListener(
            listen,
            sockets == null ? NioDatagrams.bind(listen.at()) : List.of(sockets.bind(listen)),
            loops.get(turn),
            KEYS.nextLong());
      }
    };
  }

  /** Closes what was prepared and is not wanted after all. */
  public synchronized void discard() {
    prepared.values().forEach(this::part);
    prepared.clear();
    preparedCredentials = Credentials.NONE;
  }

  /**
   * Puts settings and backends in force. What is listened on nowhere any more is closed;
   * connections of such a listener have the time that draining gives.
   *
   * @param all whatever they listen on is prepared
   */
  public synchronized void put(List<Setup> all) {
    credentials =
        preparedCredentials.over(credentials).only(all.stream().map(Setup::settings).toList());
    Map<String, Balancer> next = new LinkedHashMap<>();
    Map<Place, Inlet> wanted = new LinkedHashMap<>();
    for (Setup setup : all) {
      Settings settings = setup.settings();
      Balancer there = balancers.get(settings.name());
      Balancer balancer =
          there != null ? there : new Balancer(settings, credentials, loops, observer);
      List<Inlet> its = new ArrayList<>();
      for (Listen listen : settings.listen()) {
        Place place = Place.of(settings.name(), listen);
        Inlet listener = taken(place);
        wanted.put(place, listener);
        its.add(listener);
      }
      balancer.put(setup, credentials, its);
      its.forEach(listener -> listener.serve(balancer));
      next.put(settings.name(), balancer);
    }
    List<Inlet> gone = new ArrayList<>(listening.values());
    gone.removeAll(wanted.values());
    List<Balancer> out = new ArrayList<>(balancers.values());
    out.removeAll(next.values());
    balancers = Map.copyOf(next);
    listening.clear();
    listening.putAll(wanted);
    if (started) {
      wanted.values().forEach(Inlet::start);
    }
    gone.forEach(this::leave);
    // Nobody will tell the connections of one that is gone anything later, such as after a rename.
    // Only now: whoever comes in by a listener that is not closed yet would see RST.
    out.forEach(each -> each.drain(true));
  }

  private Inlet taken(Place place) {
    Inlet listener = listening.get(place);
    if (listener == null) {
      listener = prepared.remove(place);
    }
    if (listener == null) {
      throw new IllegalStateException(place.listen() + " is not prepared");
    }
    return listener;
  }

  /** Closes a listener, but does not forget it before its connections have ended. */
  private void part(Inlet listener) {
    listener.close();
    leaving.removeIf(each -> each.counts().open.sum() == 0);
    leaving.add(listener);
  }

  private void leave(Inlet listener) {
    part(listener);
    Balancer balancer = listener.balancer();
    if (balancer != null) {
      balancer.depart(
          Farewell.Of.PLACE,
          connection -> connection.isOf(listener),
          balancer.settings().times().drain().toNanos(),
          End.DRAINED);
    }
  }

  /** Accepts connections from now on. */
  public synchronized void start() {
    started = true;
    listening.values().forEach(Inlet::start);
  }

  /** Lets nobody new into a balancer, or does so again. */
  public synchronized void drain(String balancer, boolean drained) {
    Balancer known = balancers.get(balancer);
    if (known != null) {
      known.drain(drained);
    }
  }

  /** Every balancer as it stands. */
  public List<BalancerReport> reports() {
    return balancers.values().stream().map(Balancer::report).toList();
  }

  /** Connections that are open now, those of listeners that are gone included. */
  public synchronized long open() {
    return Stream.concat(listening.values().stream(), leaving.stream())
        .mapToLong(listener -> listener.counts().open.sum())
        .sum();
  }

  /** Octets of memory that connections hold now, on the way from one side to the other. */
  long held() {
    return budget.held();
  }

  /** Whether every loop was at work within the last two seconds. */
  public boolean healthy() {
    return loops.stream().allMatch(loop -> loop.healthy(STUCK_NANOS));
  }

  /**
   * Lets nobody new in, and gives connections and sessions the time to end that draining gives.
   *
   * @param successor whether another process has the sockets too, and goes on with whoever waits
   *     there: datagrams are all its own then
   */
  public synchronized void retire(boolean successor) {
    listening.values().forEach(successor ? Inlet::pass : Inlet::close);
    balancers.values().forEach(balancer -> balancer.drain(true));
  }

  /** Ends everything now. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    discard();
    listening.values().forEach(Inlet::close);
    for (Loop loop : loops) {
      loop.events
          .submit(() -> loop.forwarded().forEach(each -> each.end(End.STOPPED)))
          .awaitUninterruptibly(1_000);
    }
    var _ = group.terminationFuture().addListener(ended -> loops.forEach(Loop::release));
    var _ = group.shutdownGracefully(0, 300, TimeUnit.MILLISECONDS).awaitUninterruptibly(500);
  }
}

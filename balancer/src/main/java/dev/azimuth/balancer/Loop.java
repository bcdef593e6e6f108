package dev.azimuth.balancer;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandle;
import io.netty.channel.IoRegistration;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the connections of one event loop share. Everything but {@link #healthy} is used by the
 * loop's thread only.
 */
final class Loop {
  /** How often deadlines are looked at while anything has one, in milliseconds. */
  private static final int TICK_MILLIS = 100;

  /** How often a loop that has nothing to do looks all the same, in milliseconds. */
  private static final int IDLE_MILLIS = 1_000;

  final EventLoop events;
  final Transport transport;
  final Ask ask;
  final SplittableRandom random;
  final Wheel wheel;
  final Budget budget;
  final Arrival arrival = new Arrival();
  final Reads reads = new Reads(this);
  final Splice splice;

  /** What bare sockets read into, one after the other. */
  final ByteBuf buffer = Unpooled.directBuffer(Incoming.MOST);

  /** Room for one record of TLS, however long the JDK makes them. */
  static final int RECORD = 40 * 1024;

  /** What TLS seals a record into. */
  final ByteBuffer record = ByteBuffer.allocate(RECORD);

  /** Room for all that is in one read and in what was left of the one before. */
  private static final int ROOM = Incoming.MOST + 64 * 1024;

  private @Nullable ByteBuf plain;
  private @Nullable ByteBuf sealed;

  private final IoEventLoop sockets;
  private final Supplier<Datagrams> makesDatagrams;

  /** Null before anybody needs it. */
  private @Nullable Datagrams datagrams;

  private final Consumer<Throwable> faults;

  /** Those that wait for a place at a backend, in the order in which they came. */
  private final ArrayDeque<Connection> waiting = new ArrayDeque<>();

  private final AtomicBoolean serving = new AtomicBoolean();
  private final Runnable serveWaiting = this::serveWaiting;

  private final Set<Forwarded> forwarded = new LinkedHashSet<>();
  private final List<Runnable> ticked = new ArrayList<>();
  private final List<Runnable> closing = new ArrayList<>();
  private final Runnable closeAll = this::closeAll;

  /** Whether the next tick is arranged. */
  private boolean ticking;

  /** Whether memory is short. */
  private boolean tight;

  private volatile long beat = System.nanoTime();

  Loop(
      IoEventLoop sockets,
      Transport transport,
      SplittableRandom random,
      Budget budget,
      Splice splice,
      Supplier<Datagrams> datagrams,
      Consumer<Throwable> faults) {
    this.events = sockets;
    this.sockets = sockets;
    this.transport = transport;
    this.random = random;
    this.budget = budget;
    this.splice = splice;
    makesDatagrams = datagrams;
    this.faults = faults;
    ask = new Ask(random);
    wheel = new Wheel(System.nanoTime(), faults);
  }

  void start() {
    var _ = events.scheduleWithFixedDelay(this::look, 0, IDLE_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** Sees to it that deadlines are looked at for as long as anything has one. */
  private void tickSoon() {
    if (!ticking) {
      ticking = true;
      var _ = events.schedule(this::tick, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  private void tick() {
    ticking = false;
    look();
    if (!forwarded.isEmpty() || !waiting.isEmpty() || !ticked.isEmpty()) {
      tickSoon();
    }
  }

  private void look() {
    try {
      beat = System.nanoTime();
      boolean scarce = budget.level() != Budget.Level.AMPLE;
      if (scarce != tight) {
        tight = scarce;
        forwarded.forEach(Forwarded::tighten);
      }
      splice.mend();
      wheel.turn(beat);
      serveWaiting();
      List.copyOf(ticked).forEach(Runnable::run); // each may take itself out
    } catch (RuntimeException | OutOfMemoryError fault) {
      faults.accept(fault); // a task that throws would never run again
    }
  }

  boolean tight() {
    return tight;
  }

  /** Has something done at each tick. */
  void eachTick(Runnable what) {
    ticked.add(what);
    tickSoon();
  }

  void notEachTick(Runnable what) {
    ticked.remove(what);
  }

  /** A fault of ours: whoever it hit pays for it alone. */
  void fault(Throwable fault) {
    faults.accept(fault);
  }

  void add(Forwarded each) {
    forwarded.add(each);
    tickSoon();
  }

  void remove(Forwarded each) {
    forwarded.remove(each);
  }

  /** All connections and sessions, in the order in which they came. */
  List<Forwarded> forwarded() {
    return List.copyOf(forwarded);
  }

  /** It does not wait for a place any more. */
  void leaveQueue(Connection connection) {
    waiting.remove(connection);
  }

  /** Whether somebody waits for a place at a backend out of this supply. */
  boolean othersWait(Balancer balancer, Slate slate, int supply) {
    for (Connection each : waiting) {
      if (each.wants(balancer, slate, supply)) {
        return true;
      }
    }
    return false;
  }

  /** Lets those that wait look again, soon; for any thread. */
  void serveSoon() {
    if (serving.compareAndSet(false, true)) {
      events.execute(serveWaiting);
    }
  }

  void await(Connection connection) {
    waiting.add(connection);
    tickSoon();
  }

  /** Lets those that wait look again, until one finds nothing. */
  void serveWaiting() {
    serving.set(false);
    for (int left = waiting.size(); left > 0; left--) {
      Connection first = waiting.poll();
      if (first != null) {
        first.lookAgain(); // comes back to the end of the queue if there is still no place
      }
    }
  }

  /** Registers a channel with this loop, at once. */
  void register(Channel channel) {
    var _ = events.register(channel);
  }

  /** Registers a bare socket with this loop, at once; for the loop's thread. */
  IoRegistration register(IoHandle handle) throws IOException {
    Future<IoRegistration> registered = sockets.register(handle);
    IoRegistration its = registered.getNow();
    if (its == null) {
      throw new IOException("the loop takes no socket", registered.cause());
    }
    return its;
  }

  /** What moves datagrams. */
  Datagrams datagrams() {
    Datagrams made = datagrams;
    if (made == null) {
      made = makesDatagrams.get();
      datagrams = made;
    }
    return made;
  }

  /** Lets a leg go on after all others that are ready. */
  void later(Runnable goOn) {
    // Not as a task for now: those are run until there is none, for up to a second, before anybody
    // else's socket is looked at again.
    var _ = events.schedule(goOn, 1, TimeUnit.NANOSECONDS);
  }

  /**
   * Closes a socket once everything that epoll has told of this round is handled: the next one may
   * get the same number, and would be taken for it.
   */
  void closeLater(Runnable close) {
    if (events.isShuttingDown()) {
      runClose(close); // nothing is opened any more
      return;
    }
    closing.add(close);
    if (closing.size() == 1) {
      events.execute(closeAll);
    }
  }

  private void closeAll() {
    List<Runnable> all = List.copyOf(closing);
    closing.clear(); // one that throws must not keep the next ones from being asked for
    all.forEach(this::runClose);
  }

  private void runClose(Runnable close) {
    try {
      close.run();
    } catch (RuntimeException | OutOfMemoryError fault) {
      faults.accept(fault);
    }
  }

  /** What TLS opens records into. */
  ByteBuf plain() {
    ByteBuf made = plain;
    if (made == null) {
      made = Unpooled.directBuffer(ROOM, ROOM);
      plain = made;
    }
    return made;
  }

  /** What TLS seals records into. */
  ByteBuf sealed() {
    ByteBuf made = sealed;
    if (made == null) {
      made = Unpooled.directBuffer(ROOM, ROOM);
      sealed = made;
    }
    return made;
  }

  /** Gives its memory back; for whoever has seen that the thread has ended. */
  void release() {
    splice.close();
    buffer.release();
    if (plain != null) {
      plain.release();
    }
    if (sealed != null) {
      sealed.release();
    }
  }

  boolean healthy(long nanos) {
    return System.nanoTime() - beat < nanos;
  }
}

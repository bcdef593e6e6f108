package dev.azimuth.resolver;

import dev.azimuth.net.DatagramPorts;
import dev.azimuth.steering.Turns;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** The event loops that all TCP listeners of a server share, and who is connected to them. */
final class TcpLoops {
  /** How many connections more than another a loop may have before it gives a newcomer away. */
  private static final int UNEVEN = 16;

  private final EventLoopGroup group;
  private final boolean epoll;
  private final TcpLimits limits;
  private final List<TcpLoop> loops = new ArrayList<>();
  private final ConcurrentMap<ClientAddress, Integer> connections = new ConcurrentHashMap<>();

  private TcpLoops(
      EventLoopGroup group,
      boolean epoll,
      ServerOptions options,
      Gallery gallery,
      Supplier<Turns> turns) {
    this.group = group;
    this.epoll = epoll;
    this.limits = options.tcp();
    int each = Math.max(1, limits.connections() / options.workers());
    for (EventExecutor executor : group) {
      var loop = new TcpLoop((IoEventLoop) executor, gallery, turns.get(), each, options);
      loops.add(loop);
      loop.start();
    }
  }

  /**
   * Starts the loops.
   *
   * @param turns gives each loop its own
   * @throws IOException when the native transport is required and cannot be had
   */
  static TcpLoops open(ServerOptions options, Gallery gallery, Supplier<Turns> turns)
      throws IOException {
    boolean epoll =
        switch (options.transport()) {
          case AUTO -> DatagramPorts.nativeAvailable() && Epoll.isAvailable();
          case NIO -> false;
          case NATIVE -> {
            if (!Epoll.isAvailable()) {
              throw new IOException(
                  "the native transport for TCP needs Netty's epoll library",
                  Epoll.unavailabilityCause());
            }
            yield true;
          }
        };
    var threads = new DefaultThreadFactory("azimuth-tcp", true);
    var handler = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    var group = new MultiThreadIoEventLoopGroup(options.workers(), threads, handler);
    return new TcpLoops(group, epoll, options, gallery, turns);
  }

  EventLoopGroup group() {
    return group;
  }

  /** Whether listeners are opened through {@code net} and adopted, rather than by the JDK. */
  boolean epoll() {
    return epoll;
  }

  TcpLimits limits() {
    return limits;
  }

  List<TcpLoop> all() {
    return loops;
  }

  /** The state of an event loop of the group. */
  TcpLoop of(EventLoop loop) {
    for (TcpLoop candidate : loops) {
      if (candidate.eventLoop().equals(loop)) {
        return candidate;
      }
    }
    throw new IllegalArgumentException("not a loop of this group");
  }

  /**
   * Which loop serves a newcomer: the one that has accepted it, unless it has far more than another
   * or no room. Which loop accepts says little of who has to serve more later.
   */
  TcpLoop forNewcomer(TcpLoop here) {
    TcpLoop least = here;
    for (TcpLoop loop : loops) {
      if (loop.connections() < least.connections()) {
        least = loop;
      }
    }
    boolean stays = !here.isFull() && here.connections() - least.connections() <= UNEVEN;
    return stays ? here : least;
  }

  /** Counts a connection in; false, and not counted, when its address has too many. */
  boolean admit(ClientAddress address) {
    ClientAddress site = address.site();
    if (connections.merge(site, 1, Integer::sum) <= limits.perClient()) {
      return true;
    }
    leave(address);
    return false;
  }

  /** Counts a connection out. */
  void leave(ClientAddress address) {
    connections.computeIfPresent(address.site(), (site, count) -> count == 1 ? null : count - 1);
  }

  boolean healthy(long nanos) {
    return loops.stream().allMatch(loop -> loop.healthy(nanos));
  }

  /** Ends the loops, whatever is still open. */
  void close() {
    if (group.shutdownGracefully(0, 300, TimeUnit.MILLISECONDS).awaitUninterruptibly(500)) {
      loops.forEach(TcpLoop::release);
    }
  }
}

package dev.azimuth.resolver;

import dev.azimuth.net.BindFailure;
import dev.azimuth.net.DatagramPort;
import dev.azimuth.net.DatagramPorts;
import dev.azimuth.net.Descriptor;
import dev.azimuth.net.Transport;
import dev.azimuth.steering.Turns;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** One listener with its UDP workers and its TCP server. Used by one thread at a time. */
final class Listening {
  /** How often a free UDP port may turn out to be taken for TCP. */
  private static final int ATTEMPTS = 16;

  /** A worker looks up from its socket every 200 ms; one that does not is left behind. */
  private static final Duration LONGEST_STOP = Duration.ofSeconds(1);

  private static final SecureRandom RANDOM = new SecureRandom();

  private final Listener listener;
  private final List<UdpWorker> workers;
  private final List<Thread> threads = new ArrayList<>();
  private final TcpServer tcp;

  private Listening(
      InetSocketAddress configured,
      List<DatagramPort> ports,
      TcpServer tcp,
      ServerOptions options,
      Gallery gallery,
      Supplier<Turns> turns) {
    DatagramPort first = ports.getFirst();
    int port = first.localAddress().getPort();
    var effective = new InetSocketAddress(configured.getAddress(), port);
    this.listener = new Listener(configured, effective, first.transport(), first.receiveBuffer());
    this.workers =
        ports.stream()
            .map(
                each ->
                    new UdpWorker(
                        each,
                        gallery,
                        turns.get(),
                        new RateLimiter(ports.size(), RANDOM),
                        options.faults(),
                        options.clock(),
                        System::nanoTime,
                        LockSupport::parkNanos))
            .toList();
    this.tcp = tcp;
  }

  /**
   * Binds UDP and TCP on the same address and port; answers nobody before {@link #start}.
   *
   * @param shared whether other sockets of this node have the port until this one reads
   * @param turns gives each worker its own
   * @throws BindFailure when the address cannot be had
   */
  static Listening open(
      InetSocketAddress address,
      boolean shared,
      ServerOptions options,
      TcpLoops loops,
      Gallery gallery,
      Supplier<Turns> turns)
      throws IOException {
    for (int attempt = 1; ; attempt++) {
      List<DatagramPort> ports = datagramPorts(address, shared, options);
      var effective =
          new InetSocketAddress(address.getAddress(), ports.getFirst().localAddress().getPort());
      try {
        TcpServer tcp = TcpServer.open(loops, effective, shared);
        return new Listening(address, ports, tcp, options, gallery, turns);
      } catch (IOException e) {
        ports.forEach(DatagramPort::close);
        if (address.getPort() != 0 || attempt == ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  /**
   * Goes on with the sockets of another process, and opens more where more workers are wanted.
   * Where fewer are, there are as many workers as sockets all the same: closing one of a group that
   * shares an address would lose what is queued in it, and not reading it too.
   *
   * @param address as it is asked for now
   * @param handed closed with the listener, or when this fails
   */
  static Listening adopt(
      InetSocketAddress address,
      HandedListener handed,
      ServerOptions options,
      TcpLoops loops,
      Gallery gallery,
      Supplier<Turns> turns)
      throws IOException {
    var ports = new ArrayList<DatagramPort>();
    try {
      int workers = Math.max(options.workers(), handed.datagrams().size());
      for (Descriptor datagrams : handed.datagrams()) {
        ports.add(DatagramPorts.adopt(datagrams, workers > 1, options.receiveBuffer()));
      }
      share(ports, workers, options);
      TcpServer tcp = TcpServer.adopt(loops, handed.stream());
      return new Listening(address, ports, tcp, options, gallery, turns);
    } catch (IOException e) {
      ports.forEach(DatagramPort::close);
      handed.close();
      throw e;
    }
  }

  private static List<DatagramPort> datagramPorts(
      InetSocketAddress address, boolean shared, ServerOptions options) throws IOException {
    boolean several = shared || options.workers() > 1;
    var ports = new ArrayList<DatagramPort>();
    ports.add(DatagramPorts.open(address, several, options.receiveBuffer(), options.transport()));
    // NIO has a socket for each local address already; the kernel would not spread clients evenly.
    int workers = usesNio(options.transport()) ? 1 : options.workers();
    try {
      share(ports, workers, options);
    } catch (IOException e) {
      ports.forEach(DatagramPort::close);
      throw e;
    }
    return ports;
  }

  /** Opens ports on the address of the first until there are so many. */
  private static void share(List<DatagramPort> ports, int workers, ServerOptions options)
      throws IOException {
    InetSocketAddress same = ports.getFirst().localAddress();
    while (ports.size() < workers) {
      ports.add(DatagramPorts.open(same, true, options.receiveBuffer(), options.transport()));
    }
  }

  private static boolean usesNio(Transport transport) {
    return switch (transport) {
      case AUTO -> !DatagramPorts.nativeAvailable();
      case NATIVE -> false;
      case NIO -> true;
    };
  }

  Listener listener() {
    return listener;
  }

  void start() {
    for (UdpWorker worker : workers) {
      InetSocketAddress at = listener.effective();
      String name = "azimuth-udp-" + at.getPort() + "-" + threads.size();
      threads.add(Thread.ofPlatform().name(name).daemon().start(worker));
    }
    tcp.start();
  }

  /** Second descriptors of every socket. */
  HandedListener handOver() throws IOException {
    var datagrams = new ArrayList<Descriptor>();
    try {
      for (UdpWorker worker : workers) {
        datagrams.add(worker.port().duplicate());
      }
      return new HandedListener(listener.configured(), datagrams, tcp.duplicate());
    } catch (IOException e) {
      datagrams.forEach(Descriptor::close);
      throw e;
    }
  }

  /** Leaves the sockets to another process: what is queued in them from now on is its own. */
  void leave() {
    tcp.leave();
    workers.forEach(worker -> worker.stop(System.nanoTime()));
  }

  /** Waits for TCP clients to end their connections, at most so many milliseconds. */
  void awaitClients(long millis) {
    tcp.awaitClients(millis);
  }

  /** Other listeners of this node may have its port: nothing that comes is to be lost with it. */
  void giveWay() {
    workers.forEach(UdpWorker::giveWay);
  }

  /** Takes no more clients and says so to the workers; {@link #close} waits for them. */
  void drain(long nanos) {
    tcp.drain();
    workers.forEach(worker -> worker.stop(System.nanoTime() + nanos));
    if (threads.isEmpty()) {
      workers.forEach(UdpWorker::discard);
    }
  }

  /**
   * Waits until the workers have ended, a second at most, and at most so many milliseconds for TCP
   * clients.
   *
   * @param retired takes the turns of each worker, which nobody uses any more
   */
  void close(long millis, Consumer<Turns> retired) {
    if (threads.stream().allMatch(Listening::joined)) {
      workers.forEach(worker -> retired.accept(worker.turns()));
    }
    tcp.close(millis);
  }

  private static boolean joined(Thread thread) {
    try {
      return thread.join(LONGEST_STOP);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  boolean healthy(long nanos) {
    return workers.stream().allMatch(worker -> worker.healthy(nanos));
  }

  List<Thread> threads() {
    return threads;
  }

  void traffic(TrafficVisitor visitor) {
    var udp = new Tally();
    long unsent = 0;
    long joined = 0;
    for (UdpWorker worker : workers) {
      udp.add(worker.tally());
      unsent += worker.port().unsent();
      joined += worker.port().joined();
    }
    udp.visit(listener, TrafficVisitor.Channel.UDP, visitor);
    if (unsent > 0) {
      visitor.dropped(listener, TrafficVisitor.Channel.UDP, TrafficVisitor.Drop.UNSENT, unsent);
    }
    visitor.joined(listener, joined);
    tcp.traffic(listener, visitor);
  }
}

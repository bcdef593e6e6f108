package dev.azimuth.resolver;

import dev.azimuth.net.DatagramPort;
import dev.azimuth.net.DatagramPorts;
import dev.azimuth.net.Transport;
import dev.azimuth.steering.Turns;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
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

  private final Listener listener;
  private final List<UdpWorker> workers;
  private final List<Thread> threads = new ArrayList<>();
  private final TcpServer tcp;

  private Listening(Listener listener, List<UdpWorker> workers, TcpServer tcp) {
    this.listener = listener;
    this.workers = workers;
    this.tcp = tcp;
  }

  /**
   * Binds UDP and TCP on the same address and port; answers nobody before {@link #start}.
   *
   * @param turns gives each worker its own
   * @throws BindException when the address cannot be had
   */
  static Listening open(
      InetSocketAddress address,
      ServerOptions options,
      TcpLoops loops,
      Gallery gallery,
      Supplier<Turns> turns)
      throws IOException {
    for (int attempt = 1; ; attempt++) {
      List<DatagramPort> ports = datagramPorts(address, options);
      DatagramPort first = ports.getFirst();
      var effective = new InetSocketAddress(address.getAddress(), first.localAddress().getPort());
      try {
        TcpServer tcp = TcpServer.open(loops, effective);
        var listener = new Listener(address, effective, first.transport(), first.receiveBuffer());
        List<UdpWorker> workers =
            ports.stream()
                .map(
                    port ->
                        new UdpWorker(
                            port,
                            gallery,
                            turns.get(),
                            options.faults(),
                            options.clock(),
                            System::nanoTime,
                            LockSupport::parkNanos))
                .toList();
        return new Listening(listener, workers, tcp);
      } catch (IOException e) {
        ports.forEach(DatagramPort::close);
        if (address.getPort() != 0 || attempt == ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  private static List<DatagramPort> datagramPorts(InetSocketAddress address, ServerOptions options)
      throws IOException {
    int buffer = options.receiveBuffer();
    boolean several = options.workers() > 1;
    var ports = new ArrayList<DatagramPort>();
    DatagramPort first = DatagramPorts.open(address, several, buffer, options.transport());
    ports.add(first);
    // NIO has a socket for each local address already; the kernel would not spread clients evenly.
    int workers = usesNio(options.transport()) ? 1 : options.workers();
    try {
      var same = new InetSocketAddress(address.getAddress(), first.localAddress().getPort());
      while (ports.size() < workers) {
        ports.add(DatagramPorts.open(same, true, buffer, options.transport()));
      }
    } catch (IOException e) {
      ports.forEach(DatagramPort::close);
      throw e;
    }
    return ports;
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

  /** Takes no more clients and says so to the workers; {@link #close} waits for them. */
  void drain(long nanos) {
    tcp.drain();
    workers.forEach(worker -> worker.stop(System.nanoTime() + nanos));
    if (threads.isEmpty()) {
      workers.forEach(worker -> worker.port().close());
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
    for (UdpWorker worker : workers) {
      udp.add(worker.tally());
      unsent += worker.port().unsent();
    }
    udp.visit(listener, TrafficVisitor.Channel.UDP, visitor);
    if (unsent > 0) {
      visitor.dropped(listener, TrafficVisitor.Channel.UDP, TrafficVisitor.Drop.UNSENT, unsent);
    }
    var stream = new Tally();
    tcp.tallies(stream::add);
    stream.visit(listener, TrafficVisitor.Channel.TCP, visitor);
  }
}

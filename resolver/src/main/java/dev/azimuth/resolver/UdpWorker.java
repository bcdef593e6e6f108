package dev.azimuth.resolver;

import dev.azimuth.net.DatagramPort;
import dev.azimuth.steering.Turns;
import java.io.IOException;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * Answers the datagrams of one socket on a thread of its own: no queue, no lock, no allocation.
 * What a packet makes our code throw costs that packet only, and what is thrown between packets
 * costs one batch; only a socket that can no longer be used ends the worker. One whose receives
 * fail without waiting, for want of memory say, is asked again after a pause that grows.
 */
final class UdpWorker implements Runnable {
  /** A receive that finds nothing waits for 200 ms: what comes back sooner has failed. */
  private static final long AT_ONCE_NANOS = 1_000_000;

  private static final long FIRST_PAUSE_NANOS = 1_000_000;

  /** The longest pause is 64 times the first. */
  private static final int MOST_DOUBLINGS = 6;

  private final DatagramPort port;
  private final Gallery gallery;
  private final Turns turns;
  private final Consumer<Throwable> faults;
  private final LongSupplier clock;
  private final LongSupplier nanoTime;
  private final LongConsumer pause;
  private final Responder responder;
  private final Tally tally = new Tally();
  private final Client client = new Client();
  private final QueryTap tap;
  private final ProxyHeader proxy = new ProxyHeader();
  private final byte[] in = new byte[DatagramPort.PAYLOAD];
  private final byte[] out = new byte[ResponseWriter.DATAGRAM];

  /** When the last batch ended, and how many receives in a row have failed since one did not. */
  private long last;

  private int failures;

  private volatile long beat;
  private volatile boolean ended;
  private volatile boolean stopping;
  private volatile long stopBy;
  private volatile boolean givingWay;

  /**
   * @param port closed by the worker when it ends
   * @param turns owned by the worker until it has ended
   * @param limiter owned by the worker
   * @param clock the steady clock
   * @param pause lets the thread rest for about so many nanoseconds
   */
  UdpWorker(
      DatagramPort port,
      Gallery gallery,
      Turns turns,
      RateLimiter limiter,
      Consumer<Throwable> faults,
      LongSupplier clock,
      LongSupplier nanoTime,
      LongConsumer pause) {
    this.port = port;
    this.gallery = gallery;
    this.turns = turns;
    this.faults = faults;
    this.clock = clock;
    this.nanoTime = nanoTime;
    this.pause = pause;
    this.responder = new Responder(turns, limiter);
    this.tap = gallery.queryLog().tap();
    client.server = ClientAddress.of(port.localAddress().getAddress());
    client.serverPort = port.localAddress().getPort();
    this.last = nanoTime.getAsLong();
    this.beat = last;
  }

  @Override
  public void run() {
    last = nanoTime.getAsLong();
    try {
      while (!stopping) {
        batch();
      }
      if (givingWay) {
        port.giveWay();
      }
      while (nanoTime.getAsLong() - stopBy < 0 && batch() > 0) {
        // what the kernel has queued is still answered
      }
    } catch (IOException e) {
      tell(e);
    } finally {
      ended = true;
      tap.close();
      port.close();
    }
  }

  /** Ends the worker when its socket is empty, at the latest at an instant of its clock. */
  void stop(long by) {
    stopBy = by;
    stopping = true;
  }

  /** Other sockets of this node are to have what comes once the worker {@linkplain #stop ends}. */
  void giveWay() {
    givingWay = true;
  }

  /** Whether the worker runs and has finished a batch at most {@code nanos} ago. */
  boolean healthy(long nanos) {
    return !ended && nanoTime.getAsLong() - beat <= nanos;
  }

  Tally tally() {
    return tally;
  }

  Turns turns() {
    return turns;
  }

  /** Ends a worker that was never run. */
  void discard() {
    tap.close();
    port.close();
  }

  DatagramPort port() {
    return port;
  }

  /** Answers what one receive gives; returns how many datagrams that was. */
  private int batch() throws IOException {
    int received = 0;
    boolean whole = false;
    try {
      received = port.receive();
      if (received > 0) {
        Picture picture = gallery.current();
        client.now = clock.getAsLong();
        tap.begin();
        for (int i = 0; i < received; i++) {
          serve(i, picture);
        }
        port.flush();
      }
      whole = true;
    } catch (RuntimeException | Error e) {
      fault(e);
    }
    long now = nanoTime.getAsLong();
    if (received == 0 && now - last < AT_ONCE_NANOS) {
      tally.receiveFailed();
      pause.accept(FIRST_PAUSE_NANOS << Math.min(failures, MOST_DOUBLINGS));
      failures++;
      last = nanoTime.getAsLong();
      return 0;
    }
    failures = 0;
    last = now;
    if (whole) {
      beat = now; // a worker that always throws, or never receives, is not healthy
    }
    return received;
  }

  private void serve(int index, Picture picture) {
    try {
      // One that was cut off has the length -1 and, as a packet without a header, gets silence.
      client.port = port.sourcePort(index);
      int length = client.port == 0 ? -1 : port.copy(index, in);
      client.v4 = port.sourceIsV4(index);
      client.high = port.sourceHigh(index);
      client.low = port.sourceLow(index);
      if (picture.admission().isFrontEnd(client)) {
        length = unwrap(length);
        if (length < 0) {
          tally.withoutProxyHeader();
          return;
        }
      }
      int answer = responder.respond(in, length, client, picture, out);
      if (answer > 0) {
        port.reply(index, out, answer);
      }
      tally.count(answer, responder);
      tap.answered(in, length, client, responder, out, answer);
    } catch (RuntimeException | Error e) {
      fault(e);
    }
  }

  /**
   * Takes the PROXY header off the packet of a front end, and lets the client be whom it names.
   *
   * @return the length of what is left; -1 when there is no header
   */
  private int unwrap(int length) {
    int header = proxy.readDatagram(in, length);
    if (header < 0) {
      return -1;
    }
    System.arraycopy(in, header, in, 0, length - header);
    proxy.fill(client);
    return length - header;
  }

  private void fault(Throwable fault) {
    if (Long.bitCount(tally.fault()) == 1) {
      tell(fault);
    }
  }

  private void tell(Throwable fault) {
    try {
      faults.accept(fault);
    } catch (RuntimeException | Error e) {
      // There is nobody left to tell.
    }
  }
}

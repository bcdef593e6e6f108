package dev.azimuth.resolver;

import dev.azimuth.net.Transport;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * How a server answers, the same for all of its listeners.
 *
 * @param workers UDP workers for each listener, and event loops for TCP in all, at least 1; NIO has
 *     one UDP worker a listener
 * @param receiveBuffer wanted for each UDP socket, in octets, at least 1
 * @param clock the steady clock, in milliseconds; called by several threads
 * @param faults takes what our own code threw while it handled a packet: of each worker the first,
 *     second, fourth, eighth and so on, so that a packet that finds a fault cannot flood a log; and
 *     what ends a worker. Called by workers: it must be safe for several threads and not block
 */
public record ServerOptions(
    int workers,
    int receiveBuffer,
    Transport transport,
    TcpLimits tcp,
    LongSupplier clock,
    Consumer<Throwable> faults) {
  public ServerOptions {
    if (workers < 1 || receiveBuffer < 1) {
      throw new IllegalArgumentException(
          workers + " workers, receive buffer of " + receiveBuffer + " octets");
    }
  }
}

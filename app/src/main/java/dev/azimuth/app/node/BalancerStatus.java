package dev.azimuth.app.node;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a balancer stands and what it has counted since the process has it, as {@code /status} gives
 * it in JSON. Octets are those of the payload.
 *
 * @param standing USABLE, NO_BACKEND or DRAINED
 * @param waiting connections that wait for a place at a backend
 * @param acceptFailures how often no descriptor or memory was left to accept with
 * @param acceptPauses how often a loop accepted nobody for a while: there were as many connections
 *     or as much was held for them as may be, or nothing was left to accept or to connect with
 * @param ejections how often a backend was left out since connections to it failed
 * @param routes what it forwards to now: its own pools first, then those of each of its routes
 * @param backends those that it knows, by name
 * @param ejected those that it leaves out since connections to them failed, by name
 */
public record BalancerStatus(
    String name,
    String standing,
    int waiting,
    long acceptFailures,
    long acceptPauses,
    long ejections,
    List<Listener> listeners,
    List<Route> routes,
    List<Backend> backends,
    List<Ejected> ejected) {

  /**
   * @param address as it is bound, such as {@code tcp://192.0.2.1:443}
   * @param open connections, or sessions, now
   * @param retries attempts beyond the first of each connection
   * @param rescued that went to another pool, since the first cannot serve
   * @param queued that had to wait for a place at a backend
   * @param ends how connections ended, without what never happened
   * @param rates null while nothing is known of them
   */
  public record Listener(
      String address,
      long open,
      long accepted,
      long fromClients,
      long toClients,
      long retries,
      long rescued,
      long queued,
      Map<String, Long> ends,
      @Nullable Rates rates) {}

  /** What came to a listener each second, in the time since an earlier look at it. */
  public record Rates(double accepted, double fromClients, double toClients) {}

  /**
   * @param match what a TLS client must say first to come here; empty for everybody else
   * @param reason why it is these, as with names
   * @param candidates none when there is nothing to forward to
   * @param next the pools, in order, that connections go to which reach none of these
   */
  public record Route(String match, String reason, List<Candidate> candidates, List<String> next) {}

  /**
   * @param backend {@code pool/backend}
   * @param weight in proportion to the others
   */
  public record Candidate(String backend, int weight, List<String> addresses) {}

  /**
   * @param backend {@code pool/backend}
   * @param open connections and attempts to connect, now
   * @param perSecond how many were had each second, in the time since an earlier look; null while
   *     nothing is known of that
   * @param failures without what never happened
   * @param connect how long connecting took
   * @param firstOctet how long it took from then to the first octet of the backend
   * @param lastFailure null while nothing failed
   */
  public record Backend(
      String backend,
      int open,
      long connections,
      @Nullable Double perSecond,
      long toBackend,
      long fromBackend,
      Map<String, Long> failures,
      Times connect,
      Times firstOctet,
      @Nullable LastFailure lastFailure) {}

  /**
   * What went wrong last.
   *
   * @param cause in a few words, safe to print
   */
  public record LastFailure(Instant at, String cause) {}

  /**
   * @param backend {@code pool/backend}
   * @param times how often it was, less what is forgotten by now
   */
  public record Ejected(String backend, Instant until, int times) {}

  /**
   * How long something took, in microseconds, rounded up to a power of two times 64.
   *
   * @param count how often; nothing else is known where it is 0
   * @param median half of all took at most so long
   * @param p99 99 of 100 took at most so long; {@link Long#MAX_VALUE} for longer than is counted
   */
  public record Times(long count, long median, long p99) {}
}

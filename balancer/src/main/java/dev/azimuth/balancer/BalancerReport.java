package dev.azimuth.balancer;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a balancer has counted, and how it stands. Counts are since the process has it.
 *
 * @param drained whether nobody new is let in
 * @param supplies that it forwards to now
 * @param waiting connections that wait for a place at a backend
 * @param acceptFailures how often no descriptor or memory was left to accept with
 */
public record BalancerReport(
    String name,
    boolean drained,
    List<Supply> supplies,
    int waiting,
    long acceptFailures,
    List<ListenerReport> listeners,
    List<BackendReport> backends) {

  /**
   * One listener.
   *
   * @param at as it is bound
   * @param open connections now, or sessions
   * @param spliced octets of both ways that were passed on without being copied
   * @param retries attempts beyond the first of each connection
   * @param rescued that went to another pool since the first has nothing
   * @param queued that had to wait for a place at a backend
   * @param datagrams of UDP; all 0 for TCP
   * @param ends how connections ended, or were refused
   */
  public record ListenerReport(
      Listen configured,
      InetSocketAddress at,
      long open,
      long accepted,
      long fromClients,
      long toClients,
      long spliced,
      long retries,
      long rescued,
      long queued,
      DatagramCounts datagrams,
      Map<End, Long> ends) {}

  /**
   * Datagrams of a listener.
   *
   * @param fromClients that came, of sessions or not
   * @param toClients that were sent
   * @param unsentToBackends that the kernel did not take, or whose backend was found to be gone
   * @param unsentToClients that the kernel did not take
   */
  public record DatagramCounts(
      long fromClients, long toClients, long unsentToBackends, long unsentToClients) {}

  /**
   * One backend.
   *
   * @param key {@code pool/backend}
   * @param open connections and attempts to connect now
   * @param connect how long connecting took
   * @param firstOctet how long it took from then to the first octet of the backend
   * @param lastFailure null while nothing failed
   */
  public record BackendReport(
      String key,
      int open,
      long connections,
      long toBackend,
      long fromBackend,
      Map<Failure, Long> failures,
      Histogram connect,
      Histogram firstOctet,
      @Nullable LastFailure lastFailure) {}

  /**
   * What went wrong last with a backend.
   *
   * @param cause in a few words, of which some may be the backend's own
   * @param ago how long ago
   */
  public record LastFailure(String cause, Duration ago) {}

  static ListenerReport of(Inlet listener) {
    Counts counts = listener.counts();
    return new ListenerReport(
        listener.listen(),
        listener.at(),
        counts.open.sum(),
        counts.accepted.sum(),
        counts.fromClients.sum(),
        counts.toClients.sum(),
        counts.spliced.sum(),
        counts.retries.sum(),
        counts.rescued.sum(),
        counts.queued.sum(),
        new DatagramCounts(
            counts.datagramsFromClients.sum(),
            counts.datagramsToClients.sum(),
            counts.unsentToBackends.sum(),
            counts.unsentToClients.sum()),
        counts.ends());
  }

  static BackendReport of(Backend backend) {
    Backend.LastFailure last = backend.lastFailure();
    return new BackendReport(
        backend.key,
        backend.open(),
        backend.connections.sum(),
        backend.toBackend.sum(),
        backend.fromBackend.sum(),
        backend.failures(),
        backend.connect.histogram(),
        backend.firstOctet.histogram(),
        last == null
            ? null
            : new LastFailure(last.cause(), Duration.ofNanos(System.nanoTime() - last.nanos())));
  }
}

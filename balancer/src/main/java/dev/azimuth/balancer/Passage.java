package dev.azimuth.balancer;

import org.jspecify.annotations.Nullable;

/** What passes through one connection, and when: counted for it, its listener and its backend. */
final class Passage {
  private final Counts counts;
  private final long began;

  /** When the last octet came or went. */
  private long last;

  private long connected;
  private long connectNanos;
  private long firstOfClient;
  private long firstOctetNanos;
  private long fromClient;
  private long fromBackend;

  /**
   * @param counts of the listener
   * @param now as of {@link System#nanoTime}, like all instants here
   */
  Passage(Counts counts, long now) {
    this.counts = counts;
    began = now;
    last = now;
  }

  long began() {
    return began;
  }

  long last() {
    return last;
  }

  /** How many octets the backend has sent. */
  long fromBackend() {
    return fromBackend;
  }

  /**
   * The backend can be sent to.
   *
   * @param since when reaching it began
   */
  void connected(Backend backend, long since, long now) {
    connected = now;
    last = now;
    connectNanos = now - since;
    backend.connected(connectNanos / 1000, now / 1_000_000);
  }

  /** Octets came from the client; {@code backend} is null before there is one. */
  void fromClient(int octets, @Nullable Backend backend, long now) {
    last = now;
    if (fromClient == 0) {
      firstOfClient = now;
    }
    fromClient += octets;
    counts.fromClients.add(octets);
    if (backend != null) {
      backend.toBackend.add(octets);
    }
  }

  /** Octets came from the backend. */
  void fromBackend(int octets, @Nullable Backend backend, long now) {
    last = now;
    if (fromBackend == 0 && backend != null) {
      firstOctetNanos = now - Math.max(connected, firstOfClient);
      backend.answered(firstOctetNanos / 1000, now / 1_000_000);
      backend.succeeded();
    }
    fromBackend += octets;
    counts.toClients.add(octets);
    if (backend != null) {
      backend.fromBackend.add(octets);
    }
  }

  /** Octets went on that were kept. */
  void sent(long now) {
    last = now;
  }

  /**
   * What a log says of it.
   *
   * @param backend that it went to; null for none
   */
  ConnectionRecord record(
      Settings settings,
      Caller caller,
      Listener listener,
      @Nullable Backend backend,
      End how,
      int retries,
      long now) {
    return new ConnectionRecord(
        settings.name(),
        caller.client(),
        listener.at(),
        backend == null ? null : backend.key,
        how,
        retries,
        connectNanos / 1000,
        firstOctetNanos / 1000,
        (now - began) / 1000,
        fromClient,
        fromBackend);
  }
}

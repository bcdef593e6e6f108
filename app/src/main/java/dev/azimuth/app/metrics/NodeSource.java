package dev.azimuth.app.metrics;

/** The node as a whole. Called at every scrape, on any thread. */
public interface NodeSource {

  /** Of the picture in force; 0 before the first. */
  long generation();

  /** Octets that the UDP workers have allocated since they began; level once the node is warm. */
  long workerAllocated();

  /** Whether an operator froze the table. */
  boolean frozen();

  /** Whether the node doubts its own checks and holds what was known before. */
  boolean doubting();

  /** What webhooks were told. */
  WebhookCounts webhooks();

  /** Whether the newest configuration was refused and an older one serves on. */
  boolean rejected();

  /** How many zones are served. */
  int zones();

  /** How many of them serve older data, since what their files hold now was refused. */
  int zonesRejected();

  /** How many names some client finds no usable backend for. */
  int namesAllDown();

  /** How many backends have a forced state. */
  int forced();

  /** Visits every kind of order: how many there are, those of none with 0. */
  void orders(OrderVisitor visitor);

  /** How long ago the oldest order was given, in seconds; 0 when there is none. */
  long oldestOrder();

  /** Whether the orders in force would survive a restart. */
  boolean kept();

  /** Log lines that were dropped since who reads them had stopped. */
  long logLinesDropped();

  /** The databases of places. */
  GeoSource geo();

  /** The log of queries. */
  QueryLogCounts queryLog();

  /** What became of connections for heartbeats. */
  HeartbeatCounts heartbeats();

  /**
   * Visits every certificate that a check has seen or a balancer shows, once for each place and
   * name.
   */
  void certificates(CertificateVisitor visitor);

  /** Takes how long a certificate lasts. */
  @FunctionalInterface
  interface CertificateVisitor {
    /**
     * @param address with the port
     * @param name that was asked for; empty for none
     * @param left seconds until it ends; negative when it has
     */
    void certificate(String address, String name, long left);
  }

  /** Takes how many orders of a kind there are. */
  @FunctionalInterface
  interface OrderVisitor {
    /**
     * @param what {@code drain}, {@code down}, {@code up} or {@code weight}
     * @param planned how many of them are yet to begin
     */
    void orders(String what, int inForce, int planned);
  }
}

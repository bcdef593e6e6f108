package dev.azimuth.app.metrics;

/** The node as a whole. Called at every scrape, on any thread. */
public interface NodeSource {

  /** Of the picture in force; 0 before the first. */
  long generation();

  /** Octets that the UDP workers have allocated since they began; level once the node is warm. */
  long workerAllocated();

  /** Whether an operator froze the table. */
  boolean frozen();

  /** Whether the newest configuration was refused and an older one serves on. */
  boolean rejected();

  /** How many zones are served. */
  int zones();

  /** How many of them serve older data, since what their files hold now was refused. */
  int zonesRejected();

  /** How many backends are forced. */
  int forced();

  /** Whether the orders in force would survive a restart. */
  boolean kept();

  /** Log lines that were dropped since who reads them had stopped. */
  long logLinesDropped();

  /** The databases of places. */
  GeoSource geo();

  /** The log of queries. */
  QueryLogCounts queryLog();
}

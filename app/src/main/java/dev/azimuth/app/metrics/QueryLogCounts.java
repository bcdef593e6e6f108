package dev.azimuth.app.metrics;

/**
 * The query log as its metrics show it.
 *
 * @param on whether there is one
 * @param connected whether its file or connection is open
 * @param written records
 * @param overflowed records that found no room, since nothing took those before them
 * @param lost records that were lost with a file or connection that broke
 */
public record QueryLogCounts(
    boolean on, boolean connected, long written, long overflowed, long lost) {
  /** There is none, and never was. */
  public static final QueryLogCounts NONE = new QueryLogCounts(false, false, 0, 0, 0);
}

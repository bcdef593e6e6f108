package dev.azimuth.resolver;

import java.util.List;

/** How a record of the query log is written. For one thread. */
@FunctionalInterface
public interface QueryFormat {
  /**
   * Writes a record.
   *
   * @return whole lines, each with its line feed, or whole frames
   */
  List<byte[]> write(QueryRecord record);
}

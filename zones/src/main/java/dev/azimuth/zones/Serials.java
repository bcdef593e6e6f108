package dev.azimuth.zones;

/** Gives serials to zones whose SOA has 0 for one. */
@FunctionalInterface
public interface Serials {
  /** Leaves 0 as it is. */
  Serials NONE = (origin, content) -> 0;

  /**
   * The serial to serve a content with.
   *
   * @param origin of the zone, with the final dot
   * @param content its digest: the same for the same content
   * @return 1 to 4294967295; 0 leaves it at 0
   */
  long serial(String origin, String content);
}

package dev.azimuth.steering;

import java.net.Inet4Address;
import java.net.Inet6Address;
import org.jspecify.annotations.Nullable;

/** What is answered when no backend in any listed pool is usable. */
public sealed interface AllDown {
  /** Who may say what is answered, whoever counts first in front. */
  enum Level {
    RULE,
    NAME,
    /** The first listed pool. */
    POOL,
    ZONE,
    DEFAULTS
  }

  /** What counts, and who says it. */
  record Said(AllDown form, Level level) {}

  /** What a zone says for all its names. */
  static Said ofZone(AllDown form) {
    return new Said(form, Level.ZONE);
  }

  /** The first listed pool that has a backend left that is not forced down or drained, as if up. */
  record ServeAll() implements AllDown {}

  /** The last set of usable backends that was not empty, else as {@link ServeAll}. */
  record LastGood() implements AllDown {}

  /**
   * Fixed addresses; a missing family is NODATA.
   *
   * @param v4 null for none
   * @param v6 null for none
   */
  record Address(@Nullable Inet4Address v4, @Nullable Inet6Address v6) implements AllDown {}

  /**
   * An alias.
   *
   * @param target an absolute name in presentation form with the final dot
   */
  record Cname(String target) implements AllDown {}

  /** NOERROR without records, with the lower bound of the TTL. */
  record NoData() implements AllDown {}

  record ServFail() implements AllDown {}
}

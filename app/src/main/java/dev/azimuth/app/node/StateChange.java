package dev.azimuth.app.node;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Something that answers stand on came to be otherwise.
 *
 * @param kind {@code backend} or {@code pool}
 * @param name {@code pool/backend}, or the pool's
 * @param before of a backend UP, DOWN or UNKNOWN as its checks say; of a pool SERVING or
 *     NOT_SERVING, by its own measure
 * @param after likewise
 * @param forced what operators order of the backend now, such as DRAIN; null for nothing
 * @param checks of a backend: what the newest result of each of its checks was; empty for a pool
 */
record StateChange(
    String kind,
    String name,
    String before,
    String after,
    @Nullable String forced,
    List<Said> checks) {

  /**
   * What a check said last.
   *
   * @param check its name
   * @param target where its probes go, such as {@code 192.0.2.1:80}
   */
  record Said(String check, String target, String state, @Nullable String code, String detail) {}
}

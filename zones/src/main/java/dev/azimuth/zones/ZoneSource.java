package dev.azimuth.zones;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/**
 * What a zone is built from.
 *
 * @param origin the zone's name in presentation form, with or without the final dot
 * @param label how problems name the text: a path or a place in the configuration
 * @param text where the records are
 * @param folder where {@code $INCLUDE} may read; nothing outside it
 * @param defaultTtl for records without one while no {@code $TTL} is in force, in seconds
 * @param negativeTtl the upper bound for the TTL of negative answers, in seconds
 * @param steered the references of the steered names, by absolute name in presentation form with
 *     the final dot, lower case; a wildcard's first label is {@code *}
 * @param hinted which of these references decide the address hints of SVCB and HTTPS records
 */
public record ZoneSource(
    String origin,
    String label,
    Text text,
    Path folder,
    int defaultTtl,
    int negativeTtl,
    Map<String, Integer> steered,
    Set<Integer> hinted) {
  public ZoneSource {
    steered = Map.copyOf(steered);
    hinted = Set.copyOf(hinted);
  }

  /** A source whose records are at hand. */
  public ZoneSource(
      String origin,
      String label,
      String records,
      Path folder,
      int defaultTtl,
      int negativeTtl,
      Map<String, Integer> steered,
      Set<Integer> hinted) {
    this(origin, label, new Inline(records), folder, defaultTtl, negativeTtl, steered, hinted);
  }

  /** Records in master-file syntax (RFC 1035 section 5). */
  public sealed interface Text {}

  /** Records at hand. */
  public record Inline(String records) implements Text {}

  /** Records in a file of at most 512 MiB, which is read piece by piece. */
  public record MasterFile(Path path) implements Text {}
}

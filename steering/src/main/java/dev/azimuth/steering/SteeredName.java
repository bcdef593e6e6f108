package dev.azimuth.steering;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A name whose answer is steered.
 *
 * @param name absolute, in presentation form with the final dot
 * @param rules in order; the last one matches every client
 * @param allDown of the name itself; null takes the first listed pool's
 * @param inherited what is said for all names of the zone
 */
public record SteeredName(
    String name,
    List<Rule> rules,
    Pick pick,
    TtlRange ttl,
    @Nullable AllDown allDown,
    AllDown.Said inherited) {
  public SteeredName {
    rules = List.copyOf(rules);
  }
}

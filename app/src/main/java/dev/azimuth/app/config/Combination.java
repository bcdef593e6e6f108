package dev.azimuth.app.config;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A check that is made of others, each by its name.
 *
 * @param atLeast by how many of them must be up
 * @param watch those that are only reported
 */
public record Combination(
    List<String> all,
    List<String> any,
    Map<Integer, List<String>> atLeast,
    List<String> veto,
    List<String> watch) {

  /** Those that have a say. */
  public List<String> deciding() {
    return Stream.of(all, any, atLeast.values().stream().flatMap(List::stream).toList(), veto)
        .flatMap(List::stream)
        .toList();
  }

  /** All of them. */
  public List<String> parts() {
    return Stream.concat(deciding().stream(), watch.stream()).toList();
  }

  /**
   * The checks that are probed for a check: itself, or those that a combination comes to.
   *
   * @param combinations by name
   * @param to takes their names
   */
  static void probed(String name, Map<String, Combination> combinations, Set<String> to) {
    Combination combination = combinations.get(name);
    if (combination == null) {
      to.add(name);
    } else {
      combination.parts().forEach(part -> probed(part, combinations, to));
    }
  }
}

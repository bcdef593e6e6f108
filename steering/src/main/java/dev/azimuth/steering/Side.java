package dev.azimuth.steering;

import dev.azimuth.health.HealthTable;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * One pool seen in one address family, at one instant.
 *
 * @param present whether any backend has, or may come to have, an address of the family
 * @param usableShare usable ones among the ordinary backends
 * @param reachesMinUp whether that is enough to serve
 * @param ordinary usable ordinary backends; those of unknown state only while none is known up
 * @param standby usable standby backends, likewise
 * @param kept ordinary backends that are down by their checks but still given beside {@code
 *     ordinary}, since the pool's {@code max_eject} is reached by those that are down longer
 * @param ordinaryRest ordinary backends that are not forced down or drained, whatever their checks
 *     say
 * @param standbyRest standby backends, likewise
 * @param guessed whether {@code ordinary}, or {@code standby} while that is empty, counts as up
 *     only because nothing is known
 * @param upStable how long the usable backends stay so at least, in milliseconds; 0 while one fails
 * @param downStable how long the ones that are down stay so at least, in milliseconds
 * @param hostTtl the least TTL of host names consulted, in seconds
 * @param forcedUntil when the first forced state or weight ends, in milliseconds of the steady
 *     clock
 * @param planned when the first order begins, likewise
 * @param rampUntil when the first weight that rises is whole, likewise
 * @param scale what the weights of {@code ordinary}, {@code standby} and {@code kept} are
 *     multiplied by, so that parts of 1 are numbers
 */
record Side(
    boolean present,
    Usable usableShare,
    boolean reachesMinUp,
    List<Member> ordinary,
    List<Member> standby,
    List<Member> kept,
    List<Member> ordinaryRest,
    List<Member> standbyRest,
    boolean guessed,
    long upStable,
    long downStable,
    int hostTtl,
    long forcedUntil,
    long planned,
    long rampUntil,
    int scale) {

  /** Of families that no backend has, of which very many pools have one. */
  private static final Side ABSENT = absent(/* byWeight= */ false);

  private static final Side ABSENT_BY_WEIGHT = absent(/* byWeight= */ true);

  /** What all scales divide. */
  static final int GREATEST_SCALE = 2_000;

  /** Usable ones among the ordinary backends, by the pool's own measure, 0 to 1. */
  double share() {
    return usableShare.share();
  }

  /** Whether the pool serves by its own measure: enough is up, or a standby stands in. */
  boolean serves() {
    return ordinary.isEmpty() ? !standby.isEmpty() : reachesMinUp;
  }

  /** Whether anything at all is usable. */
  boolean usable() {
    return !ordinary.isEmpty() || !standby.isEmpty();
  }

  /** The usable backends: ordinary ones, else standby. */
  List<Member> best() {
    return ordinary.isEmpty() ? standby : ordinary;
  }

  /** What is given: the usable backends, and those that {@code max_eject} keeps beside them. */
  List<Member> serving() {
    return kept.isEmpty() || ordinary.isEmpty()
        ? best()
        : Stream.concat(ordinary.stream(), kept.stream()).toList();
  }

  /** What is left to give when checks do not count: ordinary backends, else standby. */
  List<Member> rest() {
    return ordinaryRest.isEmpty() ? standbyRest : ordinaryRest;
  }

  /**
   * @param ramps since when weights rise, as {@link SlowStart#after} gives it
   * @param now in milliseconds of the steady clock
   */
  static Side of(Pool pool, Family family, HealthTable table, Map<String, Long> ramps, long now) {
    return Survey.isAbsent(pool, family)
        ? absent(pool)
        : new Survey(pool, family, table, true, ramps, now).result();
  }

  /** As the checks alone say, without orders. */
  static Side checked(Pool pool, Family family, HealthTable table) {
    return Survey.isAbsent(pool, family)
        ? absent(pool)
        : new Survey(pool, family, table, false, Map.of(), 0).result();
  }

  private static Side absent(Pool pool) {
    return pool.minUp() instanceof MinUp.Weight ? ABSENT_BY_WEIGHT : ABSENT;
  }

  private static Side absent(boolean byWeight) {
    return new Side(
        false,
        new Usable(0, 0, 0, 0, byWeight),
        false,
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        false,
        Long.MAX_VALUE,
        Long.MAX_VALUE,
        Integer.MAX_VALUE,
        Long.MAX_VALUE,
        Long.MAX_VALUE,
        Long.MAX_VALUE,
        1);
  }
}

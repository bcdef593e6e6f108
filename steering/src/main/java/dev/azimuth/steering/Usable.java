package dev.azimuth.steering;

import dev.azimuth.health.HealthTable;
import java.util.Map;

/**
 * How much of a pool can be given to clients, in one address family: of its ordinary backends those
 * that are usable.
 *
 * @param backends how many are usable
 * @param members of how many
 * @param weight of the usable ones
 * @param wholeWeight of all
 * @param byWeight whether the pool measures itself by weight
 */
public record Usable(int backends, int members, long weight, long wholeWeight, boolean byWeight) {

  /** In the family by which the pool itself is judged: IPv4 if it has it. */
  public static Usable of(Pool pool, HealthTable table) {
    return own(pool, table).usableShare();
  }

  private static Side own(Pool pool, HealthTable table) {
    Side v4 = Side.of(pool, Family.V4, table, Map.of(), 0);
    Side v6 = Side.of(pool, Family.V6, table, Map.of(), 0);
    return v4.present() || !v6.present() ? v4 : v6;
  }

  /** By the pool's own measure, 0 to 1. */
  public double share() {
    return byWeight ? shareOfWeight() : shareOfBackends();
  }

  /** By weight, 0 to 1. */
  public double shareOfWeight() {
    return wholeWeight == 0 ? 0 : (double) weight / wholeWeight;
  }

  double shareOfBackends() {
    return members == 0 ? 0 : (double) backends / members;
  }

  /** Whether that is less than a share; a whole number of backends never is by a rounding error. */
  public boolean below(double least) {
    return share() < least - 1e-9;
  }

  boolean reaches(MinUp minUp) {
    return backends > 0
        && switch (minUp) {
          case MinUp.Share(double share) -> !below(share);
          case MinUp.Weight(double share) -> !below(share);
          case MinUp.Count(int needed) -> backends >= Math.min(needed, members);
        };
  }
}

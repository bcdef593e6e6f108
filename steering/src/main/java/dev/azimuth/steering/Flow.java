package dev.azimuth.steering;

import java.util.List;

/**
 * What clients are given before and after, and who moves. Shares are of all clients, 0 to 1.
 *
 * @param moved the share that comes to another backend; the sum of the moves
 * @param pools with a share before or after, in the order of the plans
 * @param moves the greatest first
 */
public record Flow(double moved, List<PoolShare> pools, List<Move> moves) {
  public Flow {
    pools = List.copyOf(pools);
    moves = List.copyOf(moves);
  }

  /**
   * @param pool its name; where no backend is given, what is answered instead in parentheses:
   *     {@code (nodata)}, {@code (servfail)}, {@code (address)}, {@code (cname TARGET)}
   * @param backends with a share before or after; none where no pool serves
   */
  public record PoolShare(String pool, double before, double after, List<BackendShare> backends) {
    public PoolShare {
      backends = List.copyOf(backends);
    }
  }

  /**
   * @param backend {@code pool/backend}
   */
  public record BackendShare(String backend, double before, double after) {}

  /**
   * @param from a pool, as {@link PoolShare#pool}
   * @param to another one, or the same where clients come to another of its backends
   */
  public record Move(String from, String to, double share) {}

  /**
   * The flow of names that have it in common.
   *
   * @param names in the order of the plan, at least one
   */
  public record OfNames(List<String> names, Flow flow) {
    public OfNames {
      names = List.copyOf(names);
    }
  }
}

package dev.azimuth.balancer;

import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Backends with their weights, to draw from: by Walker's alias method, in whole numbers and so
 * exactly. Immutable.
 */
final class Draw {
  /** Instead of a number: none. */
  static final int NONE = -1;

  /** So often a drawn one may be out of the question before all are looked at. */
  private static final int ATTEMPTS = 3;

  private final Backend[] backends;
  private final int[] weights;
  private final long sum;

  /**
   * Each number has a column of height {@code sum}: so much of it is its own, the rest another's.
   */
  private final long[] own;

  private final int[] other;

  /**
   * @param weights as many, each at least 1
   */
  Draw(List<Backend> backends, int[] weights) {
    this.backends = backends.toArray(Backend[]::new);
    this.weights = weights.clone();
    sum = Arrays.stream(weights).asLongStream().sum();
    own = Arrays.stream(weights).mapToLong(weight -> (long) weight * weights.length).toArray();
    other = new int[weights.length];
    fill();
  }

  /** Gives each column that is too low what one has that is too high, until all are even. */
  private void fill() {
    int[] stack = new int[own.length];
    int low = 0;
    int high = own.length;
    for (int i = 0; i < own.length; i++) {
      stack[own[i] < sum ? low++ : --high] = i;
    }
    while (low > 0 && high < own.length) {
      int poor = stack[--low];
      int rich = stack[high];
      other[poor] = rich;
      own[rich] -= sum - own[poor];
      if (own[rich] < sum) {
        high++;
        stack[low++] = rich;
      }
    }
  }

  int size() {
    return backends.length;
  }

  /** The one of a number, null for {@link #NONE}. */
  @Nullable Backend backend(int number) {
    return number == NONE ? null : backends[number];
  }

  int weight(int number) {
    return weights[number];
  }

  /** The sum of all weights. */
  long sum() {
    return sum;
  }

  /** Connections of one. */
  int open(int number) {
    return backends[number].open();
  }

  /** Connections of all. */
  long open() {
    long open = 0;
    for (Backend backend : backends) {
      open += backend.open();
    }
    return open;
  }

  boolean barred(int number, Ask ask) {
    return ask.barred(backends[number]);
  }

  /** The number of one, whether it is barred or not. There must be one. */
  int any(RandomGenerator random) {
    int column = random.nextInt(own.length);
    return random.nextLong(sum) < own[column] ? column : other[column];
  }

  /**
   * The number of one that is not barred, as if there were no others; {@link #NONE} if all are.
   *
   * @param except one that is not wanted either, or {@link #NONE}
   */
  int free(Ask ask, int except) {
    for (int i = 0; i < ATTEMPTS && backends.length > 0; i++) {
      int number = any(ask.random);
      if (number != except && !ask.barred(backends[number])) {
        return number;
      }
    }
    return among(ask, except);
  }

  /** Like {@link #free}, with a look at each. */
  private int among(Ask ask, int except) {
    long open = 0;
    for (int i = 0; i < backends.length; i++) {
      if (i != except && !ask.barred(backends[i])) {
        open += weights[i];
      }
    }
    if (open == 0) {
      return NONE;
    }
    long left = ask.random.nextLong(open);
    int last = NONE;
    // Another loop may fill one up in between: the last one that is free then does.
    for (int i = 0; i < backends.length && left >= 0; i++) {
      if (i != except && !ask.barred(backends[i])) {
        last = i;
        left -= weights[i];
      }
    }
    return last;
  }

  /** Whether one has fewer connections for its weight than another. */
  boolean lighter(int number, int than) {
    return (long) backends[number].open() * weights[than]
        < (long) backends[than].open() * weights[number];
  }
}

package dev.azimuth.balancer;

/**
 * Why and by when a connection or session has to end whatever it does: its age, its backend, or
 * where it came in. Each may be taken back but the first. Instants are as of {@link
 * System#nanoTime}; {@link Long#MAX_VALUE} is never.
 */
final class Farewell {
  /** What may have to go. */
  enum Of {
    /** The backend: it is down, or drained. */
    BACKEND,
    /** The listener, the balancer or the process. */
    PLACE
  }

  private final long age;
  private long backend = Long.MAX_VALUE;
  private End backendWhy = End.DRAINED;
  private long place = Long.MAX_VALUE;
  private End placeWhy = End.DRAINED;

  /**
   * @param age when it is too old
   */
  Farewell(long age) {
    this.age = age;
  }

  void set(Of of, long nanos, End why) {
    switch (of) {
      case BACKEND -> {
        backend = nanos;
        backendWhy = why;
      }
      case PLACE -> {
        place = nanos;
        placeWhy = why;
      }
    }
  }

  /** When the backend has to be left. */
  long backend() {
    return backend;
  }

  /** The first of all instants. */
  long first() {
    return Math.min(age, Math.min(backend, place));
  }

  /** Why that is the first. */
  End why() {
    long first = first();
    return first == place ? placeWhy : first == backend ? backendWhy : End.AGE;
  }
}

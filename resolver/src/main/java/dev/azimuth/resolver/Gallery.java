package dev.azimuth.resolver;

/**
 * What all workers share: the one volatile reference to the picture in force, which a worker reads
 * once for each batch and passes down, and the query log that they leave records for.
 */
public final class Gallery {
  private final QueryLog queryLog = new QueryLog();
  private volatile Picture current;

  public Gallery(Picture first) {
    current = first;
  }

  public Picture current() {
    return current;
  }

  /** What the workers record; off at first. */
  public QueryLog queryLog() {
    return queryLog;
  }

  /**
   * Publishes a picture. Only one thread may call this.
   *
   * @throws IllegalArgumentException when the generation does not rise
   */
  public void publish(Picture next) {
    if (next.generation() <= current.generation()) {
      throw new IllegalArgumentException(
          "generation " + next.generation() + " after " + current.generation());
    }
    current = next;
  }
}

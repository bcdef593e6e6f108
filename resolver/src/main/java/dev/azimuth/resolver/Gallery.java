package dev.azimuth.resolver;

/**
 * The one volatile reference to the picture in force. A worker reads it once for each batch and
 * passes the picture down.
 */
public final class Gallery {
  private volatile Picture current;

  public Gallery(Picture first) {
    current = first;
  }

  public Picture current() {
    return current;
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

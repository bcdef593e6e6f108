package dev.azimuth.steering;

/** Which health table the answers stand on. */
public sealed interface Basis {

  /** The newest one. */
  record Live() implements Basis {}

  /**
   * The one an operator froze.
   *
   * @param until when the freeze ends by itself, in milliseconds of the steady clock; {@link
   *     Long#MAX_VALUE} for not by itself
   */
  record Frozen(long until) implements Basis {}

  /** The one that the node holds while it doubts its own checks. */
  record Doubted() implements Basis {}
}

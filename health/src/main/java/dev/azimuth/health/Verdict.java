package dev.azimuth.health;

/**
 * What the checks of one endpoint come to.
 *
 * @param since when the state began, in milliseconds of the steady clock
 * @param stableMillis how long the state is at least stable, in milliseconds; 0 while a change is
 *     under way or nothing is known
 * @param latency the level of the probes' latency (see {@link Latency}), of several the mean; 0 for
 *     not measured
 */
public record Verdict(State state, long since, long stableMillis, int latency) {

  /** Of one target alone. */
  public static Verdict of(TargetHealth health, Timing timing) {
    return new Verdict(
        health.state(), health.since(), health.stableMillis(timing), health.latency().level());
  }

  /** The same with what was known before of when the state began. */
  public Verdict after(Verdict before) {
    return before.state == state && before.since != since
        ? new Verdict(state, before.since, stableMillis, latency)
        : this;
  }
}

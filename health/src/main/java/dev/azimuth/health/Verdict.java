package dev.azimuth.health;

/**
 * What the checks of one endpoint come to.
 *
 * @param since when the state began, in milliseconds of the steady clock
 * @param stableMillis how long the state is at least stable, in milliseconds; 0 while a change is
 *     under way or nothing is known
 * @param latency the level of the probes' latency (see {@link Latency}), of several the mean; 0 for
 *     not measured
 * @param weight what its targets ask for, in per cent of the configured weight and in steps of
 *     five, of several the least: 0 to 100
 */
public record Verdict(State state, long since, long stableMillis, int latency, int weight) {

  /** Of one target alone. */
  public static Verdict of(TargetHealth health, Timing timing) {
    return new Verdict(
        health.state(),
        health.since(),
        health.stableMillis(timing),
        health.latency().level(),
        health.state() == State.DOWN ? Past.WHOLE : health.past().weight());
  }

  /** The same with what was known before of when the state began. */
  public Verdict after(Verdict before) {
    return before.state == state && before.since != since
        ? new Verdict(state, before.since, stableMillis, latency, weight)
        : this;
  }
}

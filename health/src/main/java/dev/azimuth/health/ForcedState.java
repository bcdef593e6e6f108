package dev.azimuth.health;

/**
 * A forced state and how long it lasts.
 *
 * @param until when it ends by itself, in milliseconds of the steady clock; {@link Long#MAX_VALUE}
 *     for until it is cleared
 */
public record ForcedState(Forced forced, long until) {}

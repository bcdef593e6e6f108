package dev.azimuth.health;

import java.time.Duration;

/**
 * When a target is probed and how many results change its state.
 *
 * @param every from the start of one probe to the start of the next, 100 ms to 1 d
 * @param retry replaces {@code every} while a change of state is under way, 50 ms to {@code every}
 * @param timeout the longest a probe may take, 10 ms to 60 s
 * @param rise successes in a row that bring a target up, 1 to 100
 * @param fall failures in a row that bring a target down, 1 to 100
 */
public record Timing(Duration every, Duration retry, Duration timeout, int rise, int fall) {}

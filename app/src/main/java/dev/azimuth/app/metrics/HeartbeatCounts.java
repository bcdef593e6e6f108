package dev.azimuth.app.metrics;

/**
 * Connections for heartbeats that were refused since the process began.
 *
 * @param peerFull since their peer had too many
 * @param full since there were too many
 */
public record HeartbeatCounts(long peerFull, long full) {}

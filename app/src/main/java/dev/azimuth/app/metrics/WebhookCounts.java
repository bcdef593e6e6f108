package dev.azimuth.app.metrics;

/**
 * What became of changes that webhooks were to be told, as the metrics show it.
 *
 * @param sent changes that were taken
 * @param failed changes that nobody took in any try
 * @param dropped changes that were not even tried, since too many waited
 * @param retries messages that were tried once more
 */
public record WebhookCounts(long sent, long failed, long dropped, long retries) {
  /** There are none, and never were. */
  public static final WebhookCounts NONE = new WebhookCounts(0, 0, 0, 0);
}

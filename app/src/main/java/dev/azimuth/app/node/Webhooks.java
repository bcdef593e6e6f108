package dev.azimuth.app.node;

import dev.azimuth.app.config.HealthConfig.Webhook;
import dev.azimuth.app.metrics.WebhookCounts;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Tells the webhooks of the configuration in force what changes. Belongs to the publisher's thread,
 * but for {@link #counts} and {@link #close}.
 */
final class Webhooks implements AutoCloseable {
  private final String node;
  private final String userAgent;
  private final InstantSource wall;
  private final WebhookTally tally = new WebhookTally();
  private volatile Map<Webhook, WebhookSender> senders = Map.of();

  /**
   * @param node what this node is called
   * @param version of this software, for the User-Agent header
   * @param wall the time of day as the machine has it now
   */
  Webhooks(String node, String version, InstantSource wall) {
    this.node = node;
    this.userAgent = "azimuth/" + version;
    this.wall = wall;
  }

  /** Something else is in force. */
  void published(Published before, Published after) {
    if (!senders.isEmpty()) {
      List<StateChange> changes = StateChanges.between(before, after);
      senders.values().forEach(sender -> sender.tell(changes));
    }
  }

  /** Exactly these are told from now on; those that stay keep what waits for them. */
  void adopt(List<Webhook> hooks) {
    if (hooks.size() == senders.size() && senders.keySet().containsAll(hooks)) {
      return;
    }
    Map<Webhook, WebhookSender> old = senders;
    Map<Webhook, WebhookSender> next = new HashMap<>();
    for (Webhook hook : hooks) {
      WebhookSender kept = old.get(hook);
      next.put(
          hook,
          kept != null
              ? kept
              : new WebhookSender(hook, node, userAgent, wall, Thread::sleep, tally));
    }
    senders = next;
    old.forEach(
        (hook, sender) -> {
          if (!next.containsKey(hook)) {
            sender.close();
          }
        });
  }

  WebhookCounts counts() {
    return tally.counts();
  }

  @Override
  public void close() {
    senders.values().forEach(WebhookSender::close);
  }
}

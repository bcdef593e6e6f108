package dev.azimuth.app.node;

import dev.azimuth.app.metrics.WebhookCounts;
import java.util.concurrent.atomic.LongAdder;

/** What became of changes that webhooks were to be told. Safe for use by any number of threads. */
final class WebhookTally {
  private final LongAdder sent = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final LongAdder dropped = new LongAdder();
  private final LongAdder retries = new LongAdder();

  void sent(int changes) {
    sent.add(changes);
  }

  void failed(int changes) {
    failed.add(changes);
  }

  void dropped(int changes) {
    dropped.add(changes);
  }

  void retried() {
    retries.increment();
  }

  WebhookCounts counts() {
    return new WebhookCounts(sent.sum(), failed.sum(), dropped.sum(), retries.sum());
  }
}

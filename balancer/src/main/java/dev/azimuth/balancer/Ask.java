package dev.azimuth.balancer;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One search for a backend: for whom, and which ones are out of the question. Belongs to a loop.
 */
final class Ask {
  final RandomGenerator random;

  /** Of the client's address, or the part of it that counts: equal for equal ones. */
  long source;

  /** The steady clock, in milliseconds. */
  long now;

  /** Open connections that a backend may have. */
  int most = Settings.Limits.NONE;

  private @Nullable Backend[] tried = new Backend[4];
  private int tries;

  Ask(RandomGenerator random) {
    this.random = random;
  }

  /** Begins anew. */
  void begin(long client, int perBackend, long millis) {
    source = client;
    most = perBackend;
    now = millis;
    Arrays.fill(tried, 0, tries, null);
    tries = 0;
  }

  /** It was of no use to this client. */
  void tried(Backend backend) {
    if (tries == tried.length) {
      tried = Arrays.copyOf(tried, 2 * tries);
    }
    tried[tries++] = backend;
  }

  /** Whether the backend was tried, or is full. */
  boolean barred(Backend backend) {
    for (int i = 0; i < tries; i++) {
      if (tried[i] == backend) {
        return true;
      }
    }
    return backend.open() >= most;
  }
}

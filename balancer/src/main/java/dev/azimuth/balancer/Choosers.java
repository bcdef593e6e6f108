package dev.azimuth.balancer;

import java.util.List;

/** Makes choosers. */
final class Choosers {
  private Choosers() {}

  static Chooser of(Settings.Pick pick, List<Backend> backends, int[] weights) {
    return ask -> {
      int from = backends.isEmpty() ? 0 : ask.random.nextInt(backends.size());
      for (int i = 0; i < backends.size(); i++) {
        Backend backend = backends.get((from + i) % backends.size());
        if (!ask.barred(backend)) {
          return backend;
        }
      }
      return null;
    };
  }
}

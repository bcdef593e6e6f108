package dev.azimuth.bench;

import dev.azimuth.net.DatagramClient;
import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * From the deciding probe result to the first changed answer. The backend is in this process, so
 * that the instant at which it gave the answer that decides is known; checks decide at once.
 */
@Command(
    name = "failover",
    description = "Measures how long after the deciding probe an answer changes.",
    mixinStandardHelpOptions = true)
final class FailoverCommand implements Callable<Integer> {
  private static final int RECEIVE_BUFFER = 1 << 20;
  private static final String QUESTION = "www.bench.example A";

  @Mixin private Child child = new Child();

  @Option(names = "--changes", description = "how many to measure; ${DEFAULT-VALUE}")
  private int changes = 20;

  @Override
  public Integer call() throws IOException {
    try (Witness backend = Witness.start()) {
      return measure(backend);
    }
  }

  private int measure(Witness backend) throws IOException {
    try (DatagramClient client = DatagramClient.connect(Place.of(child.server()), RECEIVE_BUFFER);
        Server process =
            child.start(
                out -> out.write(pools(backend.port())),
                out -> out.write("      www: { to: [ first, second ] }\n"))) {
      long[] nanos = new long[changes];
      AnswerWatch watch = new AnswerWatch(client, process);
      watch.until(QUESTION, (first, last) -> last == 1);
      for (int i = 0; i < changes; i++) {
        backend.healthy(!backend.healthy());
        int wanted = backend.healthy() ? 1 : 2;
        long changed = watch.until(QUESTION, (first, last) -> last == wanted);
        nanos[i] = changed - backend.decided();
      }
      long first = nanos[0];
      Arrays.sort(nanos);
      System.out.printf(
          Locale.ROOT,
          "changes=%d first_ms=%.1f median_ms=%.1f max_ms=%.1f%n",
          changes,
          first / 1e6,
          nanos[changes / 2] / 1e6,
          nanos[changes - 1] / 1e6);
      return 0;
    }
  }

  private static String pools(int backendPort) {
    return """
      defaults: { failback_hold: 0s }
      checks: { web: { http: /, every: 1s, timeout: 1s, rise: 1, fall: 1 } }
      pools:
        first: { check: web, backends: { one: { address: 127.0.0.1, port: %d } } }
        second: { backends: { two: 127.0.0.2 } }
      """
        .formatted(backendPort);
  }
}

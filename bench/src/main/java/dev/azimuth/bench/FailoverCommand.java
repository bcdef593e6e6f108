package dev.azimuth.bench;

import dev.azimuth.net.DatagramClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
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

  @Option(names = "--server", required = true, description = "ADDRESS:PORT where it will answer")
  private String server = "";

  @Option(names = "--azimuth", required = true, description = "the program to run")
  private Path azimuth = Path.of("");

  @Option(names = "--folder", required = true, description = "for its configuration and state")
  private Path folder = Path.of("");

  @Option(names = "--changes", description = "how many to measure; ${DEFAULT-VALUE}")
  private int changes = 20;

  @Override
  public Integer call() throws IOException {
    try (Witness backend = Witness.start()) {
      return measure(backend);
    }
  }

  private int measure(Witness backend) throws IOException {
    Path config = folder.resolve("failover.yaml");
    Files.writeString(config, configuration(backend.port()));
    List<String> command = List.of(azimuth.toString(), "run", config.toString());
    try (DatagramClient client = DatagramClient.connect(Place.of(server), RECEIVE_BUFFER);
        Server process = Server.start(command, folder.resolve("failover.log"))) {
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

  private String configuration(int backendPort) {
    return """
      server: { listen: [ "%s" ], workers: 1, state_dir: %s }
      defaults: { failback_hold: 0s }
      checks: { web: { http: /, every: 1s, timeout: 1s, rise: 1, fall: 1 } }
      pools:
        first: { check: web, backends: { one: { address: 127.0.0.1, port: %d } } }
        second: { backends: { two: 127.0.0.2 } }
      zones:
        bench.example:
          records: |
            @ SOA ns1 hostmaster 1 3600 900 604800 60
            @ NS ns1
            ns1 A 203.0.113.53
          names:
            www: { to: [ first, second ] }
      """
        .formatted(server, folder.resolve("failover-state"), backendPort);
  }
}

package dev.azimuth.app.demo;

import dev.azimuth.app.cli.Ink;
import dev.azimuth.app.cli.Terminal;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The demo while it runs: asks the node like a client, and does what is typed. For one thread. */
final class Demo {
  private static final int ROUND = 4;
  private static final long PAUSE_MILLIS = 150;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss.SSS").withZone(ZoneOffset.UTC);

  private final List<DemoBackend> backends;
  private final Terminal terminal;
  private final InstantSource clock;
  private final AnswerWatch watch = new AnswerWatch();

  Demo(List<DemoBackend> backends, Terminal terminal, InstantSource clock) {
    this.backends = backends;
    this.terminal = terminal;
    this.clock = clock;
  }

  /** Says what there is to try. */
  void introduce(InetSocketAddress dns, InetSocketAddress admin, Path config, Path token) {
    Ink ink = terminal.ink();
    String dig = "dig @%s -p %d ".formatted(dns.getAddress().getHostAddress(), dns.getPort());
    String node =
        admin.getPort() == 8053 ? "" : " --admin http://127.0.0.1:%d".formatted(admin.getPort());
    var text = new StringBuilder();
    text.append(ink.strong("Azimuth answers for demo.example.") + " In another terminal:\n\n");
    text.append("  " + dig + DemoConfiguration.NAME + "\n");
    text.append("  " + dig + "+tcp demo.example SOA\n");
    text.append("  ./azimuth status" + node + "\n");
    text.append("  ./azimuth explain " + DemoConfiguration.NAME + node + "\n");
    text.append(
        "  ./azimuth drain eu/fra1 --reason 'trying it'%s --token-file %s\n"
            .formatted(node, token));
    text.append("\nThe configuration is " + config + ". The backends:\n\n");
    for (int i = 0; i < backends.size(); i++) {
      DemoBackend backend = backends.get(i);
      text.append(
          "  %s  %s/%s  http://%s:%d/  weight %d\n"
              .formatted(
                  ink.strong(String.valueOf(i + 1)),
                  backend.pool(),
                  backend.name(),
                  backend.address(),
                  backend.port(),
                  backend.weight()));
    }
    text.append(
        "\nA number and Enter makes that backend fail, or work again; q and Enter quits.\n\n");
    terminal.print(text.toString());
  }

  /**
   * Asks and obeys until told to stop.
   *
   * @param lines what is typed; an empty one when nothing more will be
   * @param until when to stop by itself; null for never
   */
  void run(DemoClient client, BlockingQueue<Optional<String>> lines, @Nullable Instant until)
      throws InterruptedException {
    while (until == null || clock.instant().isBefore(until)) {
      ask(client);
      Optional<String> line = lines.poll(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
      if (line == null) {
        continue;
      }
      if (line.isEmpty()) {
        terminal.print("Nothing can be typed here: Ctrl-C or SIGTERM stops the demo.\n\n");
      } else if (!obey(line.get().strip())) {
        return;
      }
    }
  }

  private void ask(DemoClient client) {
    Map<String, Integer> round = new TreeMap<>();
    try {
      for (int i = 0; i < ROUND; i++) {
        client.ask().forEach(address -> round.merge(address, 1, Integer::sum));
      }
    } catch (IOException e) {
      round.clear();
    }
    if (watch.news(round)) {
      terminal.print(
          "%s  %s  %s\n"
              .formatted(TIME.format(clock.instant()), DemoConfiguration.NAME, words(round)));
    }
  }

  private String words(Map<String, Integer> round) {
    if (round.isEmpty()) {
      return terminal.ink().bad("no answer");
    }
    int all = round.values().stream().mapToInt(Integer::intValue).sum();
    return round.entrySet().stream()
        .map(
            entry ->
                "%s %s %d %%"
                    .formatted(
                        terminal.ink().good(name(entry.getKey())),
                        entry.getKey(),
                        100 * entry.getValue() / all))
        .collect(Collectors.joining(", "));
  }

  private String name(String address) {
    return backends.stream()
        .filter(backend -> backend.address().equals(address))
        .map(backend -> backend.pool() + "/" + backend.name())
        .findFirst()
        .orElse("?");
  }

  /** Whether to go on. */
  private boolean obey(String line) {
    if (line.equals("q")) {
      return false;
    }
    if (line.matches("[0-9]") && Integer.parseInt(line) >= 1) {
      int number = Integer.parseInt(line);
      if (number <= backends.size()) {
        toggle(backends.get(number - 1));
        return true;
      }
    }
    if (!line.isEmpty()) {
      terminal.print("1 to %d, or q\n".formatted(backends.size()));
    }
    return true;
  }

  private void toggle(DemoBackend backend) {
    backend.toggle();
    terminal.print(
        "%s  %s/%s %s\n"
            .formatted(
                TIME.format(clock.instant()),
                backend.pool(),
                backend.name(),
                backend.healthy()
                    ? terminal.ink().good("works again")
                    : terminal.ink().bad("fails from now on")));
  }
}

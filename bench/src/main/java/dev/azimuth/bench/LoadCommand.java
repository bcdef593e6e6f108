package dev.azimuth.bench;

import dev.azimuth.bench.Load.Outcome;
import dev.azimuth.net.DatagramClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The load generator as a command: prints one line of {@code key=value} words. */
@Command(
    name = "load",
    description = "Asks a name server over UDP, as fast as it answers or at a steady rate.",
    mixinStandardHelpOptions = true)
final class LoadCommand implements Callable<Integer> {
  private static final int RECEIVE_BUFFER = 4 << 20;
  private static final int MOST = 1 << 15;

  @Option(names = "--server", required = true, description = "ADDRESS:PORT, such as 127.0.0.1:53")
  private String server = "";

  @Option(names = "--names", required = true, description = "a file of lines NAME TYPE")
  private Path names = Path.of("");

  @Option(names = "--seconds", description = "how long; ${DEFAULT-VALUE}")
  private double seconds = 10;

  @Option(names = "--outstanding", description = "queries under way at a time; ${DEFAULT-VALUE}")
  private int outstanding = 256;

  @Option(names = "--rate", description = "queries a second, instead of a closed loop")
  private int rate;

  private LoadCommand() {}

  /**
   * @param args see {@code --help}
   */
  public static void main(String[] args) {
    System.exit(new CommandLine(new LoadCommand()).execute(args));
  }

  @Override
  public Integer call() throws IOException {
    long nanos = (long) (seconds * 1e9);
    try (DatagramClient client = DatagramClient.connect(address(server), RECEIVE_BUFFER)) {
      var load = new Load(client, Queries.read(names), System::nanoTime);
      Outcome outcome =
          rate > 0
              ? load.paced(Math.min(rate, MOST), nanos)
              : load.closed(Math.clamp(outstanding, 1, MOST), nanos);
      System.out.println(line(outcome));
      return outcome.answered() > 0 ? 0 : 1;
    }
  }

  private static String line(Outcome outcome) {
    Latencies latencies = outcome.latencies();
    double seconds = outcome.nanos() / 1e9;
    return String.format(
        Locale.ROOT,
        "sent=%d answers=%d lost=%d unhelpful=%d seconds=%.3f rate=%.0f"
            + " p50_us=%d p99_us=%d p999_us=%d max_us=%d",
        outcome.sent(),
        outcome.answered(),
        outcome.lost(),
        outcome.unhelpful(),
        seconds,
        outcome.answered() / seconds,
        latencies.quantile(0.5) / 1000,
        latencies.quantile(0.99) / 1000,
        latencies.quantile(0.999) / 1000,
        latencies.max() / 1000);
  }

  private static InetSocketAddress address(String text) {
    int colon = text.lastIndexOf(':');
    String host = text.substring(0, Math.max(0, colon)).replaceAll("[\\[\\]]", "");
    return new InetSocketAddress(
        InetAddress.ofLiteral(host), Integer.parseInt(text.substring(colon + 1)));
  }
}

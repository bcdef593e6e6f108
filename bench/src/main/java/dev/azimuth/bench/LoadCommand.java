package dev.azimuth.bench;

import dev.azimuth.bench.Load.Outcome;
import dev.azimuth.net.DatagramClient;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The load generator as a command. */
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

  @Option(names = "--edns", description = "whether queries have an OPT record")
  private boolean edns;

  @Option(names = "--seconds", description = "how long; ${DEFAULT-VALUE}")
  private double seconds = 10;

  @Option(names = "--outstanding", description = "queries under way at a time; ${DEFAULT-VALUE}")
  private int outstanding = 256;

  @Option(names = "--rate", description = "queries a second, instead of a closed loop")
  private int rate;

  @Override
  public Integer call() throws IOException {
    long nanos = (long) (seconds * 1e9);
    try (DatagramClient client = DatagramClient.connect(Place.of(server), RECEIVE_BUFFER)) {
      var load = new Load(client, Queries.read(names, edns), System::nanoTime);
      Outcome outcome =
          rate > 0
              ? load.paced(Math.min(rate, MOST), nanos)
              : load.closed(Math.clamp(outstanding, 1, MOST), nanos);
      System.out.println(outcome.words());
      return outcome.answered() > 0 ? 0 : 1;
    }
  }
}

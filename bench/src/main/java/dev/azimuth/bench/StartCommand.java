package dev.azimuth.bench;

import dev.azimuth.net.DatagramClient;
import dev.azimuth.net.DatagramPort;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** How a name server starts: asked from before its process exists, then at a steady rate. */
@Command(
    name = "start",
    description = {
      "Starts a name server and measures the time and CPU time to its first answer, then at once loss and latency"
          + " at a steady rate, and its resident memory in the end."
    },
    mixinStandardHelpOptions = true)
final class StartCommand implements Callable<Integer> {
  private static final int RECEIVE_BUFFER = 4 << 20;
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);

  @Option(names = "--server", required = true, description = "ADDRESS:PORT where it will answer")
  private String server = "";

  @Option(names = "--name", required = true, description = "a name that it has an address of")
  private String name = "";

  @Option(names = "--rate", description = "queries a second once it answers; ${DEFAULT-VALUE}")
  private int rate = 5000;

  @Option(names = "--seconds", description = "how long at that rate; ${DEFAULT-VALUE}")
  private double seconds = 10;

  @Option(names = "--log", required = true, description = "where its output goes")
  private Path log = Path.of("");

  @Parameters(arity = "1..*", description = "the command that starts it")
  private List<String> command = List.of();

  private final byte[] buffer = new byte[DatagramPort.PAYLOAD];

  @Override
  public Integer call() throws IOException {
    InetSocketAddress place = Place.of(server);
    List<byte[]> queries = Queries.of(List.of(name + " A"), /* edns= */ false);
    try (DatagramClient client = DatagramClient.connect(place, RECEIVE_BUFFER)) {
      if (asked(client, queries.getFirst())) {
        throw new IOException("somebody else answers at " + server);
      }
      long start = System.nanoTime();
      try (Server process = Server.start(command, log)) {
        while (!asked(client, queries.getFirst())) {
          if (!process.alive() || System.nanoTime() - start > PATIENCE_NANOS) {
            throw new IOException("no answer; see " + log);
          }
          LockSupport.parkNanos(PAUSE_NANOS);
        }
        long first = System.nanoTime() - start;
        long cpu = process.cpuMillis();
        var load = new Load(client, queries, System::nanoTime);
        Load.Outcome outcome = load.paced(rate, (long) (seconds * 1e9));
        System.out.printf(
            Locale.ROOT,
            "first_ms=%d cpu_ms=%d rss_mib=%d %s%n",
            first / 1_000_000,
            cpu,
            process.residentKibibytes() / 1024,
            outcome.words());
        return 0;
      }
    }
  }

  /** Asks once more and tells whether any answer has come by now. */
  private boolean asked(DatagramClient client, byte[] query) throws IOException {
    client.put(query, query.length);
    client.flush();
    int count = client.receive(false);
    boolean answered = false;
    for (int i = 0; i < count; i++) {
      answered |= Load.helpful(buffer, client.copy(i, buffer));
    }
    return answered;
  }
}

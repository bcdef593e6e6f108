package dev.azimuth.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The load generator over TCP as a command. */
@Command(
    name = "tcp",
    description = "Asks a name server over TCP, as fast as it answers.",
    mixinStandardHelpOptions = true)
final class TcpCommand implements Callable<Integer> {
  @Option(names = "--server", required = true, description = "ADDRESS:PORT, such as 127.0.0.1:53")
  private String server = "";

  @Option(names = "--names", required = true, description = "a file of lines NAME TYPE")
  private Path names = Path.of("");

  @Option(names = "--seconds", description = "how long; ${DEFAULT-VALUE}")
  private double seconds = 10;

  @Option(
      names = "--pipelined",
      description = "queries at a time on one connection; 0 is a connection for each")
  private int pipelined;

  @Override
  public Integer call() throws IOException {
    long nanos = (long) (seconds * 1e9);
    var load =
        new TcpLoad(Place.of(server), Queries.read(names, /* edns= */ false), System::nanoTime);
    System.out.println(
        (pipelined > 0 ? load.pipelined(pipelined, nanos) : load.single(nanos)).words());
    return 0;
  }
}

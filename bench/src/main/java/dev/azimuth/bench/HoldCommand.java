package dev.azimuth.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Opens connections that have been used once, and holds them. */
@Command(
    name = "hold",
    description = "Opens HTTP connections, asks for /1k on each, and holds them until it is ended.",
    mixinStandardHelpOptions = true)
final class HoldCommand implements Callable<Integer> {
  @Option(names = "--server", required = true, description = "ADDRESS:PORT")
  private String server = "";

  @Option(names = "--connections", required = true, description = "how many")
  private int connections;

  @Override
  public Integer call() throws IOException, InterruptedException {
    InetSocketAddress at = Place.of(server);
    List<SocketChannel> held = new ArrayList<>();
    ByteBuffer answer = ByteBuffer.allocate(16 * 1024);
    byte[] request = "GET /1k HTTP/1.1\r\nHost: bench\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    for (int i = 0; i < connections; i++) {
      SocketChannel channel = SocketChannel.open(at);
      held.add(channel);
      channel.write(ByteBuffer.wrap(request));
      answer.clear();
      // A head and 1,024 octets: more than that have come when all have.
      while (answer.position() <= 1024 && channel.read(answer) >= 0) {
        Thread.onSpinWait();
      }
    }
    System.out.println("held=" + held.size());
    Thread.sleep(Long.MAX_VALUE);
    return 0;
  }
}

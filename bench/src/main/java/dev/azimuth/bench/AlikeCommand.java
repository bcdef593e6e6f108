package dev.azimuth.bench;

import dev.azimuth.net.DatagramClient;
import dev.azimuth.net.DatagramPort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.xbill.DNS.ClientSubnetOption;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Whether two servers say the same: the records of the answer and the scope of the subnet. */
@Command(
    name = "alike",
    description = "Asks two servers the same and counts where the answers differ.",
    mixinStandardHelpOptions = true)
final class AlikeCommand implements Callable<Integer> {
  private static final int RECEIVE_BUFFER = 1 << 20;
  private static final int SHOWN = 10;
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(2);

  @Option(names = "--server", required = true, description = "ADDRESS:PORT; twice")
  private List<String> servers = List.of();

  @Option(names = "--names", required = true, description = "a file of lines NAME TYPE [SUBNET]")
  private Path names = Path.of("");

  @Option(names = "--count", description = "how many lines, evenly chosen; ${DEFAULT-VALUE}")
  private int count = 20_000;

  private final byte[] buffer = new byte[DatagramPort.PAYLOAD];

  /**
   * What counts of a reply.
   *
   * @param scope −1 where there is none
   */
  private record Said(int rcode, List<String> data, int scope) {
    static Said of(Message reply) {
      OPTRecord opt = reply.getOPT();
      List<EDNSOption> subnets =
          opt == null ? List.of() : opt.getOptions(EDNSOption.Code.CLIENT_SUBNET);
      int scope =
          subnets.isEmpty() ? -1 : ((ClientSubnetOption) subnets.getFirst()).getScopePrefixLength();
      return new Said(
          reply.getRcode(),
          reply.getSection(Section.ANSWER).stream().map(Record::rdataToString).sorted().toList(),
          scope);
    }
  }

  @Override
  public Integer call() throws IOException {
    List<String> lines = Files.readAllLines(names);
    int step = Math.max(1, lines.size() / count);
    int asked = 0;
    int otherData = 0;
    int otherScope = 0;
    try (DatagramClient first = connect(servers.getFirst());
        DatagramClient second = connect(servers.getLast())) {
      for (int i = 0; i < lines.size(); i += step) {
        byte[] query = Queries.of(List.of(lines.get(i)), /* edns= */ false).getFirst();
        Said one = ask(first, query, asked);
        Said other = ask(second, query, asked);
        asked++;
        boolean alike = one.rcode == other.rcode && one.data.equals(other.data);
        otherData += alike ? 0 : 1;
        otherScope += alike && one.scope != other.scope ? 1 : 0;
        if (!one.equals(other) && otherData + otherScope <= SHOWN) {
          System.err.println(lines.get(i) + ": " + one + ", " + other);
        }
      }
    }
    System.out.printf("asked=%d other_data=%d other_scope=%d%n", asked, otherData, otherScope);
    return 0;
  }

  private static DatagramClient connect(String server) throws IOException {
    return DatagramClient.connect(Place.of(server), RECEIVE_BUFFER);
  }

  private Said ask(DatagramClient client, byte[] query, int id) throws IOException {
    query[0] = (byte) (id >> 8);
    query[1] = (byte) id;
    client.put(query, query.length);
    client.flush();
    long start = System.nanoTime();
    while (System.nanoTime() - start < PATIENCE_NANOS) {
      for (int i = client.receive(true) - 1; i >= 0; i--) {
        Message reply = new Message(Arrays.copyOf(buffer, client.copy(i, buffer)));
        if (reply.getHeader().getID() == (id & 0xffff)) {
          return Said.of(reply);
        }
      }
    }
    throw new IOException("no answer");
  }
}

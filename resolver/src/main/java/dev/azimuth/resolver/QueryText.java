package dev.azimuth.resolver;

import dev.azimuth.steering.Addresses;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * A line for each record, always of the same {@link #WORDS} words with single blanks between them;
 * {@code -} stands for nothing. All ASCII: whatever a client sent is escaped.
 *
 * <pre>
 * TIME TRANSPORT CLIENT SERVER OPCODE NAME CLASS TYPE FLAGS EDNS SUBNET RCODE FLAGS OCTETS REASON
 *     POOL BACKENDS
 * </pre>
 */
public final class QueryText implements QueryFormat {
  /** How many words a line has. */
  public static final int WORDS = 17;

  public QueryText() {}

  @Override
  public List<byte[]> write(QueryRecord record) {
    var words = new StringJoiner(" ", "", "\n");
    words.add(record.timeText());
    words.add(record.stream() ? "tcp" : "udp");
    words.add(endpoint(record.client(), record.clientPort()));
    words.add(endpoint(record.server(), record.serverPort()));
    words.add(record.opcode());
    words.add(record.asks() ? record.name() : "-");
    words.add(record.asks() ? record.qclass() : "-");
    words.add(record.asks() ? record.type() : "-");
    words.add(list(record.queryFlags()));
    words.add(record.edns() ? record.version() + "/" + record.payload() : "-");
    words.add(orNothing(record.subnet()));
    words.add(record.rcode());
    words.add(list(record.replyFlags()));
    words.add(Integer.toString(record.reply().length));
    words.add(orNothing(record.reason()));
    words.add(orNothing(record.pool()));
    words.add(list(record.backends()));
    return List.of(words.toString().getBytes(StandardCharsets.US_ASCII));
  }

  private static String endpoint(byte[] address, int port) {
    String text = Addresses.text(address);
    return address.length == 4 ? text + ":" + port : "[" + text + "]:" + port;
  }

  private static String list(List<String> words) {
    return words.isEmpty() ? "-" : String.join(",", words);
  }

  private static String orNothing(@Nullable String word) {
    return word == null ? "-" : word;
  }
}

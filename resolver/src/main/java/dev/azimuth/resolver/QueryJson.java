package dev.azimuth.resolver;

import dev.azimuth.steering.Addresses;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A JSON object on a line of its own for each record. What a query does not have is left out. All
 * ASCII: whatever a client sent is escaped.
 */
public final class QueryJson implements QueryFormat {
  public QueryJson() {}

  @Override
  public List<byte[]> write(QueryRecord record) {
    var line = new StringBuilder(512).append("{\"time\":\"").append(record.timeText()).append('"');
    text(line, "transport", record.stream() ? "tcp" : "udp");
    text(line, "client", Addresses.text(record.client()));
    number(line, "client_port", record.clientPort());
    text(line, "server", Addresses.text(record.server()));
    number(line, "server_port", record.serverPort());
    text(line, "opcode", record.opcode());
    if (record.asks()) {
      text(line, "name", record.name());
      text(line, "class", record.qclass());
      text(line, "type", record.type());
    }
    list(line, "query_flags", record.queryFlags());
    if (record.edns()) {
      number(line, "edns_version", record.version());
      number(line, "edns_payload", record.payload());
    }
    String subnet = record.subnet();
    if (subnet != null) {
      text(line, "subnet", subnet);
    }
    text(line, "rcode", record.rcode());
    list(line, "reply_flags", record.replyFlags());
    number(line, "reply_octets", record.reply().length);
    String reason = record.reason();
    if (reason != null) {
      text(line, "reason", reason);
    }
    String pool = record.pool();
    if (pool != null) {
      text(line, "pool", pool);
      list(line, "backends", record.backends());
    }
    return List.of(line.append("}\n").toString().getBytes(StandardCharsets.US_ASCII));
  }

  private static void key(StringBuilder line, String key) {
    line.append(",\"").append(key).append("\":");
  }

  /** Names hold no control characters: they are escaped already, with backslashes. */
  private static void text(StringBuilder line, String key, String value) {
    key(line, key);
    line.append('"').append(value.replace("\\", "\\\\").replace("\"", "\\\"")).append('"');
  }

  private static void number(StringBuilder line, String key, int value) {
    key(line, key);
    line.append(value);
  }

  private static void list(StringBuilder line, String key, List<String> words) {
    key(line, key);
    line.append(
        words.stream().map(word -> '"' + word + '"').collect(Collectors.joining(",", "[", "]")));
  }
}

package dev.azimuth.resolver;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * Two protocol buffers of dnstap (dnstap.info, {@code dnstap.proto}) for each record: an {@code
 * AUTH_QUERY} and an {@code AUTH_RESPONSE}, each with its message as it was on the wire. Both times
 * are that of the batch. Why a steered answer is what it is stands in the {@code extra} of the
 * response, as {@code reason=rule pool=eu backends=fra1,fra2}; what there is not is left out.
 * Without frames: whoever writes them adds those.
 */
public final class QueryDnstap implements QueryFormat {
  /** What frames of dnstap say that they hold. */
  public static final String CONTENT_TYPE = "protobuf:dnstap.Dnstap";

  private static final int IDENTITY = 1;
  private static final int VERSION = 2;
  private static final int EXTRA = 3;
  private static final int MESSAGE = 14;
  private static final int TYPE = 15;
  private static final int TYPE_MESSAGE = 1;

  private static final int MESSAGE_TYPE = 1;
  private static final int AUTH_QUERY = 1;
  private static final int AUTH_RESPONSE = 2;
  private static final int FAMILY = 2;
  private static final int INET = 1;
  private static final int INET6 = 2;
  private static final int PROTOCOL = 3;
  private static final int UDP = 1;
  private static final int TCP = 2;
  private static final int QUERY_ADDRESS = 4;
  private static final int RESPONSE_ADDRESS = 5;
  private static final int QUERY_PORT = 6;
  private static final int RESPONSE_PORT = 7;
  private static final int QUERY_SECONDS = 8;
  private static final int QUERY_NANOS = 9;
  private static final int QUERY_MESSAGE = 10;
  private static final int RESPONSE_SECONDS = 12;
  private static final int RESPONSE_NANOS = 13;
  private static final int RESPONSE_MESSAGE = 14;

  private static final int NANOS = 1_000_000;

  private final byte[] identity;
  private final byte[] version;

  /**
   * @param identity whose {@link Identity} is the identity of the server; without one it has none
   * @param version of the server, as text
   */
  public QueryDnstap(Identity identity, String version) {
    this.identity = identity.nsid();
    this.version = version.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public List<byte[]> write(QueryRecord record) {
    return List.of(whole(query(record), ""), whole(response(record), extra(record)));
  }

  private static Fields query(QueryRecord record) {
    return ends(AUTH_QUERY, record)
        .time(QUERY_SECONDS, QUERY_NANOS, record.time())
        .octets(QUERY_MESSAGE, record.query());
  }

  private static Fields response(QueryRecord record) {
    return ends(AUTH_RESPONSE, record)
        .time(QUERY_SECONDS, QUERY_NANOS, record.time())
        .time(RESPONSE_SECONDS, RESPONSE_NANOS, record.time())
        .octets(RESPONSE_MESSAGE, record.reply());
  }

  private static Fields ends(int type, QueryRecord record) {
    Fields fields =
        new Fields()
            .number(MESSAGE_TYPE, type)
            .number(FAMILY, record.client().length == 4 ? INET : INET6)
            .number(PROTOCOL, record.stream() ? TCP : UDP)
            .octets(QUERY_ADDRESS, record.client())
            .number(QUERY_PORT, record.clientPort())
            .number(RESPONSE_PORT, record.serverPort());
    // A listener for all addresses does not know which of them a datagram came to.
    return unspecified(record.server()) ? fields : fields.octets(RESPONSE_ADDRESS, record.server());
  }

  private static boolean unspecified(byte[] address) {
    for (byte octet : address) {
      if (octet != 0) {
        return false;
      }
    }
    return true;
  }

  private static String extra(QueryRecord record) {
    var words = new StringJoiner(" ");
    word(words, "reason", record.reason());
    word(words, "pool", record.pool());
    if (!record.backends().isEmpty()) {
      word(words, "backends", String.join(",", record.backends()));
    }
    return words.toString();
  }

  private static void word(StringJoiner words, String key, @Nullable String value) {
    if (value != null) {
      words.add(key + "=" + value);
    }
  }

  private byte[] whole(Fields message, String extra) {
    var fields = new Fields();
    if (identity.length > 0) {
      fields.octets(IDENTITY, identity);
    }
    fields.octets(VERSION, version);
    if (!extra.isEmpty()) {
      fields.octets(EXTRA, extra.getBytes(StandardCharsets.US_ASCII));
    }
    return fields.octets(MESSAGE, message.octets()).number(TYPE, TYPE_MESSAGE).octets();
  }

  /** The encoding of protocol buffers, as far as dnstap needs it. */
  private static final class Fields {
    private static final int VARINT = 0;
    private static final int LENGTH = 2;
    private static final int FIXED32 = 5;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream(512);

    Fields number(int field, long value) {
      varint((field << 3) | VARINT);
      varint(value);
      return this;
    }

    Fields octets(int field, byte[] value) {
      varint((field << 3) | LENGTH);
      varint(value.length);
      out.writeBytes(value);
      return this;
    }

    Fields time(int seconds, int nanos, long millis) {
      number(seconds, Math.floorDiv(millis, 1000));
      varint((nanos << 3) | FIXED32);
      int rest = Math.floorMod(millis, 1000) * NANOS;
      out.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(rest).array());
      return this;
    }

    private void varint(long value) {
      long rest = value;
      while (rest > 0x7F) {
        out.write((int) (rest & 0x7F) | 0x80);
        rest >>>= 7;
      }
      out.write((int) rest);
    }

    byte[] octets() {
      return out.toByteArray();
    }
  }
}

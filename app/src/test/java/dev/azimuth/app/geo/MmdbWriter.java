package dev.azimuth.app.geo;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes databases in the MaxMind format (version 2.0 of its specification), for layouts of which
 * there are no public files, and for sizes that nobody would keep in a repository.
 */
public final class MmdbWriter {
  private static final int NOTHING = -1;
  private static final byte[] MARKER =
      "\u00ab\u00cd\u00efMaxMind.com".getBytes(StandardCharsets.ISO_8859_1);

  private final String type;
  private final int ipVersion;
  private final int recordSize;
  private final Instant built;
  private final ByteArrayOutputStream data = new ByteArrayOutputStream();
  private final Map<Object, Integer> offsets = new HashMap<>();

  /** Two for each node: the number of a node, {@link #NOTHING}, or less for an offset of data. */
  private int[] records = {NOTHING, NOTHING};

  private int nodes = 1;

  /**
   * @param ipVersion 4 or 6; IPv6 holds IPv4 below {@code ::/96}
   * @param recordSize 24, 28 or 32 bits
   */
  public MmdbWriter(String type, int ipVersion, int recordSize, Instant built) {
    this.type = type;
    this.ipVersion = ipVersion;
    this.recordSize = recordSize;
    this.built = built;
  }

  /** Keeps a record, once for all that are equal; its offset is for {@link #add}. */
  public int record(Map<String, ?> value) {
    Integer known = offsets.get(value);
    return known != null ? known : encode(data, value, true);
  }

  /** Gives a network a record; IPv4 in the lower 32 bits of {@code low}. */
  public void add(boolean v4, long high, long low, int length, int record) {
    int whole = v4 ? 32 : 128;
    int skipped = v4 && ipVersion == 6 ? 96 : 0;
    int node = 0;
    int bits = skipped + length;
    for (int i = 0; i < bits - 1; i++) {
      int slot = 2 * node + (i < skipped ? 0 : bit(whole, high, low, i - skipped));
      if (records[slot] == NOTHING) {
        int fresh = newNode(); // which may move the records
        records[slot] = fresh;
      }
      node = records[slot];
      if (node < 0) {
        throw new IllegalArgumentException("networks overlap");
      }
    }
    records[2 * node + bit(whole, high, low, length - 1)] = -2 - record;
  }

  /** Gives a network such as {@code 192.0.2.0/24} a record. */
  public void add(String network, Map<String, ?> record) {
    String[] parts = network.split("/", -1);
    ByteBuffer octets = ByteBuffer.wrap(java.net.InetAddress.ofLiteral(parts[0]).getAddress());
    boolean v4 = octets.remaining() == 4;
    long high = v4 ? 0 : octets.getLong();
    long low = v4 ? octets.getInt() & 0xffffffffL : octets.getLong();
    add(v4, high, low, Integer.parseInt(parts[1]), record(record));
  }

  private static int bit(int whole, long high, long low, int index) {
    int left = whole - 1 - index;
    return (int) ((left >= 64 ? high >>> (left - 64) : low >>> left) & 1);
  }

  private int newNode() {
    if (2 * nodes + 2 > records.length) {
      records = Arrays.copyOf(records, records.length + Math.max(64, records.length >> 1));
    }
    records[2 * nodes] = NOTHING;
    records[2 * nodes + 1] = NOTHING;
    return nodes++;
  }

  /** Writes the database; leaves the stream open. */
  public void write(OutputStream out) throws IOException {
    byte[] node = new byte[recordSize / 4];
    for (int i = 0; i < nodes; i++) {
      put(node, value(records[2 * i]), value(records[2 * i + 1]));
      out.write(node);
    }
    out.write(new byte[16]);
    data.writeTo(out);
    out.write(MARKER);
    Map<String, Object> metadata = new LinkedHashMap<>();
    metadata.put("binary_format_major_version", (short) 2);
    metadata.put("binary_format_minor_version", (short) 0);
    metadata.put("build_epoch", built.getEpochSecond());
    metadata.put("database_type", type);
    metadata.put("description", Map.of("en", "made for a test"));
    metadata.put("ip_version", (short) ipVersion);
    metadata.put("languages", List.of("en"));
    metadata.put("node_count", nodes);
    metadata.put("record_size", (short) recordSize);
    ByteArrayOutputStream encoded = new ByteArrayOutputStream();
    encode(encoded, metadata, false);
    encoded.writeTo(out);
  }

  private long value(int record) {
    return record >= 0 ? record : record == NOTHING ? nodes : nodes + 16L + (-2 - record);
  }

  private void put(byte[] node, long left, long right) {
    int half = recordSize / 8;
    if (recordSize == 28) {
      node[3] = (byte) ((left >>> 24) << 4 | ((right >>> 24) & 15));
    }
    for (int i = 0; i < half; i++) {
      node[i] = (byte) (left >>> (8 * (half - 1 - i)));
      node[node.length - half + i] = (byte) (right >>> (8 * (half - 1 - i)));
    }
  }

  /**
   * @param shared whether what was written before is pointed at
   */
  private int encode(ByteArrayOutputStream out, Object value, boolean shared) {
    int offset = out.size();
    Integer known = shared ? offsets.get(value) : null;
    if (known != null) {
      pointer(out, known);
      return known;
    }
    if (shared && (value instanceof Map || value instanceof String)) {
      offsets.put(value, offset);
    }
    switch (value) {
      case String text -> {
        byte[] octets = text.getBytes(StandardCharsets.UTF_8);
        control(out, 2, octets.length);
        write(out, octets);
      }
      case Double number -> {
        control(out, 3, 8);
        write(out, ByteBuffer.allocate(8).putDouble(number).array());
      }
      case Float number -> {
        control(out, 15, 4);
        write(out, ByteBuffer.allocate(4).putFloat(number).array());
      }
      case Short number -> integer(out, 5, number);
      case Integer number -> integer(out, 6, number);
      case Long number -> integer(out, 9, number);
      case Boolean truth -> control(out, 14, truth ? 1 : 0);
      case List<?> list -> {
        control(out, 11, list.size());
        list.forEach(item -> encode(out, item, shared));
      }
      case Map<?, ?> map -> {
        control(out, 7, map.size());
        map.forEach(
            (key, item) -> {
              encode(out, key, shared);
              encode(out, item, shared);
            });
      }
      default -> throw new IllegalArgumentException(value.toString());
    }
    return offset;
  }

  private static void integer(ByteArrayOutputStream out, int type, long number) {
    int octets = (64 - Long.numberOfLeadingZeros(number) + 7) / 8;
    control(out, type, octets);
    for (int i = octets - 1; i >= 0; i--) {
      out.write((int) (number >>> (8 * i)));
    }
  }

  private static void control(ByteArrayOutputStream out, int type, int size) {
    int kind = type > 7 ? 0 : type << 5;
    int inline = size < 29 ? size : size < 285 ? 29 : 30;
    out.write(kind | inline);
    if (type > 7) {
      out.write(type - 7);
    }
    if (inline == 29) {
      out.write(size - 29);
    } else if (inline == 30) {
      out.write((size - 285) >>> 8);
      out.write(size - 285);
    }
  }

  private static void pointer(ByteArrayOutputStream out, int to) {
    if (to < 2048) {
      out.write(0x20 | to >>> 8);
      out.write(to);
    } else if (to < 526_336) {
      int rest = to - 2048;
      out.write(0x28 | rest >>> 16);
      out.write(rest >>> 8);
      out.write(rest);
    } else {
      out.write(0x38);
      write(out, ByteBuffer.allocate(4).putInt(to).array());
    }
  }

  private static void write(ByteArrayOutputStream out, byte[] octets) {
    try {
      out.write(octets);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

package dev.azimuth.resolver;

import dev.azimuth.steering.Addresses;
import dev.azimuth.steering.Reason;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Type;

/**
 * One answered query of the query log: a cursor that {@link QueryLog#drain} fills. For one thread.
 */
public final class QueryRecord {
  /** What is left of an address that is cut, in bits: the prefixes of RFC 7871 section 11.1. */
  private static final int CUT_V4 = 24;

  private static final int CUT_V6 = 56;

  private static final int AD = 0x20;
  private static final int CD = 0x10;
  private static final int SUBNET_ADDRESS = 4;

  private final boolean cut;
  private final IntFunction<String> backends;
  private final Query query = new Query();
  private byte[] in = {};
  private byte[] out = {};
  private byte[] client = {};
  private byte[] server = {};
  private long time;
  private int clientPort;
  private int serverPort;
  private boolean stream;
  private int rcode;
  private int reason;
  private int[] given = {};

  /**
   * @param cut whether clients are known by the first 24 bits of an IPv4 address and the first 56
   *     of an IPv6 address alone, without their ports; the messages themselves stay whole
   * @param backends from the slot of a backend to its {@code pool/backend}
   */
  public QueryRecord(boolean cut, IntFunction<String> backends) {
    this.cut = cut;
    this.backends = backends;
  }

  /** Takes over what a {@link QueryTap} wrote. */
  void read(byte[] octets, int at) {
    int flags = octets[at + QueryTap.FLAGS];
    time = QueryTap.i64(octets, at + QueryTap.TIME);
    client = address(octets, at + QueryTap.CLIENT, (flags & QueryTap.CLIENT_V4) != 0);
    server = address(octets, at + QueryTap.SERVER, (flags & QueryTap.SERVER_V4) != 0);
    clientPort = cut ? 0 : Wire.u16(octets, at + QueryTap.CLIENT_PORT);
    serverPort = Wire.u16(octets, at + QueryTap.SERVER_PORT);
    stream = (flags & QueryTap.STREAM) != 0;
    rcode = Wire.u16(octets, at + QueryTap.RCODE);
    reason = octets[at + QueryTap.REASON];
    int messages = at + QueryTap.MESSAGES;
    int replyAt = messages + Wire.u16(octets, at + QueryTap.QUERY_LENGTH);
    int givenAt = replyAt + Wire.u16(octets, at + QueryTap.REPLY_LENGTH);
    in = Arrays.copyOfRange(octets, messages, replyAt);
    out = Arrays.copyOfRange(octets, replyAt, givenAt);
    given = new int[Wire.u16(octets, at + QueryTap.GIVEN)];
    for (int i = 0; i < given.length; i++) {
      given[i] = Wire.i32(octets, givenAt + i * Integer.BYTES);
    }
    if (cut) {
      cut(client);
    }
    // What it rejects is as much part of the log: the query then has what could be read.
    var _ = QueryReader.read(in, in.length, query);
  }

  private static byte[] address(byte[] octets, int at, boolean v4) {
    return v4
        ? Arrays.copyOfRange(octets, at + 12, at + 16)
        : Arrays.copyOfRange(octets, at, at + 16);
  }

  private static void cut(byte[] address) {
    Arrays.fill(address, (address.length == 4 ? CUT_V4 : CUT_V6) / 8, address.length, (byte) 0);
  }

  /** When the query came, or the batch that it came in, in milliseconds since the Unix epoch. */
  long time() {
    return time;
  }

  /** The same in UTC, with milliseconds. */
  String timeText() {
    String text = Instant.ofEpochMilli(time).toString();
    // Instant leaves out a fraction of zero.
    return text.length() == 20 ? text.substring(0, 19) + ".000Z" : text;
  }

  /** The query as it came. */
  byte[] query() {
    return in;
  }

  /** The reply as it went out. */
  byte[] reply() {
    return out;
  }

  /** The client's address, 4 or 16 octets. */
  byte[] client() {
    return client;
  }

  int clientPort() {
    return clientPort;
  }

  /** The address that the query came to, 4 or 16 octets; that of the listener, over UDP. */
  byte[] server() {
    return server;
  }

  int serverPort() {
    return serverPort;
  }

  /** Whether it came over TCP. */
  boolean stream() {
    return stream;
  }

  /** Whether there is a question that could be read. */
  boolean asks() {
    return query.questionEnd > Wire.HEADER;
  }

  /**
   * The name that is asked for in lower case, with the final dot; whatever is not a printable
   * character of ASCII, or means something in a master file, is escaped (RFC 4343 section 2.1).
   */
  String name() {
    var text = new StringBuilder();
    byte[] octets = query.name.octets;
    for (int at = 0; octets[at] != 0; at += 1 + Wire.u8(octets, at)) {
      for (int i = 1; i <= Wire.u8(octets, at); i++) {
        escape(Wire.u8(octets, at + i), text);
      }
      text.append('.');
    }
    return text.isEmpty() ? "." : text.toString();
  }

  private static void escape(int octet, StringBuilder text) {
    if (octet <= ' ' || octet >= 0x7F) {
      text.append('\\').append((char) ('0' + octet / 100));
      text.append((char) ('0' + octet / 10 % 10)).append((char) ('0' + octet % 10));
    } else {
      if ("\"().;\\@$".indexOf(octet) >= 0) {
        text.append('\\');
      }
      text.append((char) octet);
    }
  }

  String type() {
    return Type.string(query.type);
  }

  String qclass() {
    return DClass.string(query.qclass);
  }

  /** Such as {@code query}, in lower case. */
  String opcode() {
    return Opcode.string((in[2] & Wire.OPCODE) >> 3).toLowerCase(Locale.ROOT);
  }

  String rcode() {
    return Rcode.string(rcode);
  }

  /** The flags of the query: of {@code rd}, {@code ad}, {@code cd} and {@code do}. */
  List<String> queryFlags() {
    List<String> flags = flags(in, false);
    if (query.dnssecOk) {
      flags.add("do");
    }
    return flags;
  }

  /** The flags of the reply: of {@code aa}, {@code tc}, {@code rd}, {@code ad} and {@code cd}. */
  List<String> replyFlags() {
    return flags(out, true);
  }

  private static List<String> flags(byte[] message, boolean reply) {
    var flags = new ArrayList<String>();
    flag(flags, "aa", reply && (message[2] & Wire.AA) != 0);
    flag(flags, "tc", reply && (message[2] & Wire.TC) != 0);
    flag(flags, "rd", (message[2] & Wire.RD) != 0);
    flag(flags, "ad", (message[3] & AD) != 0);
    flag(flags, "cd", (message[3] & CD) != 0);
    return flags;
  }

  private static void flag(List<String> flags, String name, boolean set) {
    if (set) {
      flags.add(name);
    }
  }

  boolean edns() {
    return query.edns;
  }

  int version() {
    return query.version;
  }

  /** The client's UDP payload size in octets. */
  int payload() {
    return query.payload;
  }

  /** The client subnet, such as {@code 192.0.2.0/24}; null for none. */
  @Nullable String subnet() {
    if (query.subnetAt < 0) {
      return null;
    }
    boolean v4 = Wire.u16(in, query.subnetAt) != 2;
    int length = Wire.u8(in, query.subnetAt + 2);
    byte[] address = new byte[v4 ? 4 : 16];
    ByteBuffer.wrap(address)
        .put(in, query.subnetAt + SUBNET_ADDRESS, query.subnetOctets - SUBNET_ADDRESS);
    if (cut) {
      cut(address);
      length = Math.min(length, v4 ? CUT_V4 : CUT_V6);
    }
    return Addresses.text(address) + "/" + length;
  }

  /** Why a steered answer is what it is, such as {@code failover}; null when it is not steered. */
  @Nullable String reason() {
    for (Reason each : Reason.values()) {
      if (QueryTap.code(each) == reason) {
        return each.name().toLowerCase(Locale.ROOT);
      }
    }
    return null;
  }

  /** The pool that a steered answer is from; null when it holds no backend's address. */
  @Nullable String pool() {
    return given.length == 0 ? null : pair(given[0])[0];
  }

  /** The backends whose addresses the reply holds, by their names in the pool. */
  List<String> backends() {
    return Arrays.stream(given).mapToObj(slot -> pair(slot)[1]).toList();
  }

  /** Names of pools and backends hold no slash. */
  private String[] pair(int slot) {
    return backends.apply(slot).split("/", 2);
  }
}

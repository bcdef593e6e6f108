package dev.azimuth.resolver;

import dev.azimuth.steering.Reason;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Where one worker leaves records for the {@link QueryLog}. All but the construction, {@link
 * #ring}, {@link #prepare} and {@link #closed} belong to the worker's thread. Nothing is allocated
 * after the log is switched on, and nothing happens while it is off but one read a batch.
 *
 * <pre>
 *   0  i64  when, in milliseconds of the steady clock
 *   8  i64  client, upper half      16  i64  lower half
 *  24  i64  server, upper half      32  i64  lower half
 *  40  u16  client's port           42  u16  server's port
 *  44  u16  length of the query     46  u16  length of the reply
 *  48  u16  rcode                   50  u8   flags     51  u8  the reason's code
 *  52  u16  number of backends that were given
 *  54       the query, then the reply, then an i32 for each of those: its slot
 * </pre>
 */
final class QueryTap {
  static final int TIME = 0;
  static final int CLIENT = 8;
  static final int SERVER = 24;
  static final int CLIENT_PORT = 40;
  static final int SERVER_PORT = 42;
  static final int QUERY_LENGTH = 44;
  static final int REPLY_LENGTH = 46;
  static final int RCODE = 48;
  static final int FLAGS = 50;
  static final int REASON = 51;
  static final int GIVEN = 52;
  static final int MESSAGES = 54;

  static final int CLIENT_V4 = 1;
  static final int SERVER_V4 = 2;
  static final int STREAM = 4;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private final QueryLog log;
  private volatile @Nullable QueryRing ring;
  private volatile boolean closed;

  /** Every how many-th query is recorded; 0 for none. As it was when the batch began. */
  private int every;

  /** How many queries are passed over before the next is recorded. */
  private int skip;

  private @Nullable QueryRing current;

  QueryTap(QueryLog log) {
    this.log = log;
  }

  static long i64(byte[] octets, int at) {
    return (long) LONG.get(octets, at);
  }

  /** How a reason stands in a record; null for an answer that is not steered. */
  static byte code(@Nullable Reason reason) {
    return switch (reason) {
      case null -> 0;
      case RULE -> 1;
      case FAILOVER -> 2;
      case HELD -> 3;
      case STANDBY -> 4;
      case BELOW_MIN_UP -> 5;
      case ALL_DOWN -> 6;
      case UNKNOWN -> 7;
      case FORCED -> 8;
      case SELF_DOUBT -> 9;
      case FROZEN -> 10;
      case FENCED -> 11;
      case NO_FAMILY -> 12;
    };
  }

  /** Begins a batch of queries: what is switched meanwhile counts from the next one on. */
  void begin() {
    int now = log.every();
    if (now != every) {
      every = now;
      skip = 0;
      current = ring;
    }
  }

  /** Whether any query of this batch may be recorded. */
  boolean isOn() {
    return every != 0;
  }

  /**
   * Records a query if its turn has come.
   *
   * @param responder which has just answered it
   * @param answer the length of the reply; 0 for silence, which is not recorded
   */
  void answered(byte[] in, int length, Client client, Responder responder, byte[] out, int answer) {
    if (every == 0 || answer == 0) {
      return;
    }
    if (skip > 0) {
      skip--;
      return;
    }
    skip = every - 1;
    QueryRing to = current;
    if (to != null) {
      write(to, in, length, client, responder, out, answer);
    }
  }

  private static void write(
      QueryRing to,
      byte[] in,
      int length,
      Client client,
      Responder responder,
      byte[] out,
      int answer) {
    int[] given = responder.given();
    int at = to.claim(MESSAGES + length + answer + given.length * Integer.BYTES);
    if (at < 0) {
      return;
    }
    byte[] octets = to.octets;
    LONG.set(octets, at + TIME, client.now);
    LONG.set(octets, at + CLIENT, client.high);
    LONG.set(octets, at + CLIENT + Long.BYTES, client.low);
    LONG.set(octets, at + SERVER, client.server.high());
    LONG.set(octets, at + SERVER + Long.BYTES, client.server.low());
    Wire.put16(octets, at + CLIENT_PORT, client.port);
    Wire.put16(octets, at + SERVER_PORT, client.serverPort);
    Wire.put16(octets, at + QUERY_LENGTH, length);
    Wire.put16(octets, at + REPLY_LENGTH, answer);
    Wire.put16(octets, at + RCODE, responder.rcode());
    octets[at + FLAGS] =
        (byte)
            ((client.v4 ? CLIENT_V4 : 0)
                | (client.server.v4() ? SERVER_V4 : 0)
                | (client.stream ? STREAM : 0));
    octets[at + REASON] = code(responder.reason());
    Wire.put16(octets, at + GIVEN, given.length);
    System.arraycopy(in, 0, octets, at + MESSAGES, length);
    System.arraycopy(out, 0, octets, at + MESSAGES + length, answer);
    int slotAt = at + MESSAGES + length + answer;
    for (int slot : given) {
      Wire.put32(octets, slotAt, slot);
      slotAt += Integer.BYTES;
    }
    to.publish();
  }

  /** Has a ring made where there is none yet. */
  void prepare(int capacity) {
    if (ring == null) {
      ring = new QueryRing(capacity);
    }
  }

  /** What is recorded; null while the log has never been on. */
  @Nullable QueryRing ring() {
    return ring;
  }

  /** Nothing more will be recorded. */
  void close() {
    closed = true;
    log.closed(this);
  }

  boolean closed() {
    return closed;
  }
}

package dev.azimuth.resolver;

import dev.azimuth.resolver.TrafficVisitor.AnswerClass;
import dev.azimuth.resolver.TrafficVisitor.Limited;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Limits the responses of one worker. For each network and class it knows the instant at which all
 * that was sent so far has been sent at the permitted rate; a response that would bring it too far
 * ahead of the clock is above the limit (GCRA, the token bucket without a bucket to fill).
 *
 * <p>The table has no keys: a network has two cells, found by a keyed hash, and the lesser of them
 * counts. Every response raises both at least to its network's true instant, so that no network
 * ever gets more than its limit, whoever shares its cells. One that asks little is held up only
 * while both of its cells are taken by others that are being limited. Nothing has to be evicted or
 * swept: cells that lie behind the clock are as good as empty.
 *
 * <p>A cursor that a worker owns; allocates nothing but the table, when a limit is first set.
 */
public final class RateLimiter {
  /** How many cells the table of a worker has, a power of 2: 2 MiB. */
  static final int CELLS = 1 << 18;

  private static final long NANOS_PER_SECOND = 1_000_000_000;
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final int workers;
  private final long keyLow;
  private final long keyHigh;

  /** What is hashed: the network, then its family and the class. */
  private final byte[] message = new byte[Long.BYTES + 1];

  private long[] cells = {};
  private @Nullable RateLimit limit;
  private long v4Mask;
  private long v6Mask;
  private long interval;
  private long tolerance;
  private int slip;
  private int suppressed;

  /**
   * @param workers among whom the kernel divides the queries to an address, by address and port of
   *     the client: each has that part of the limit
   * @param random gives the key of the hash; cryptographically strong, so that nobody can choose
   *     networks that share their cells with another
   */
  public RateLimiter(int workers, RandomGenerator random) {
    this.workers = workers;
    keyLow = random.nextLong();
    keyHigh = random.nextLong();
  }

  /** Sets the limit, null for none. What was sent under another limit is forgotten. */
  void fit(@Nullable RateLimit next) {
    if (next == null || next.equals(limit)) {
      limit = next;
      return;
    }
    limit = next;
    if (cells.length == 0) {
      cells = new long[CELLS];
    } else {
      Arrays.fill(cells, 0);
    }
    v4Mask = -1L << (32 - next.v4());
    v6Mask = -1L << (64 - next.v6());
    interval = Math.ceilDiv(workers * NANOS_PER_SECOND, next.perSecond());
    tolerance = (Math.max(1, next.burst() / workers) - 1) * interval;
    slip = next.slip();
    suppressed = 0;
  }

  /** Whether there is a limit. */
  boolean limits() {
    return limit != null;
  }

  /**
   * Judges a response, while there is a limit.
   *
   * @param client to whom it goes; the time is its {@link Client#now}
   * @return what is to be done; null when it is within the limit
   */
  @Nullable Limited judge(Client client, AnswerClass of) {
    long now = client.now * NANOS_PER_MILLI;
    long hash = hash(client, of);
    int one = (int) hash & (CELLS - 1);
    int other = (int) (hash >>> 32) & (CELLS - 1);
    long due = Math.max(now, Math.min(cells[one], cells[other]));
    if (due - now > tolerance) {
      return suppress(of);
    }
    due += interval;
    cells[one] = Math.max(cells[one], due);
    cells[other] = Math.max(cells[other], due);
    return null;
  }

  private Limited suppress(AnswerClass of) {
    if (of == AnswerClass.ERROR || slip == 0 || ++suppressed < slip) {
      return Limited.DROPPED;
    }
    suppressed = 0;
    return Limited.SLIPPED;
  }

  private long hash(Client client, AnswerClass of) {
    SipHash.putWord(message, 0, client.v4 ? client.low & v4Mask : client.high & v6Mask);
    message[Long.BYTES] = (byte) (of.number << 1 | (client.v4 ? 1 : 0));
    return SipHash.hash(keyLow, keyHigh, message, message.length);
  }
}

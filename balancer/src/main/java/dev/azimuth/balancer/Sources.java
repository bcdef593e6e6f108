package dev.azimuth.balancer;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * How many connections each source has, and how many it makes. A source is an IPv4 address or the
 * first 64 bits of one of IPv6. For any thread; allocates nothing but its tables, of a fixed size.
 *
 * <p>Those with connections stand in a table with room for twice as many as there may be, each
 * within {@link #WINDOW} cells from where a keyed hash puts it. One that finds no cell is let in
 * uncounted: that takes {@link #WINDOW} others where nobody can put them. Two loops that count the
 * first two connections of a source at the same instant may give it a cell each, and then it may
 * have twice as many; both are free again when it is gone.
 *
 * <p>Of what sources make there is a table without keys, as of the responses of a name server: two
 * cells of a source, by a keyed hash, each the instant at which all that was let in has been paid
 * for (GCRA). The lesser counts, so that one source is held up by others only while both of its
 * cells are taken by some that are being held up. Nothing has to be evicted.
 */
final class Sources {
  /** Instead of a ticket: let in, but in no cell. */
  static final int UNCOUNTED = -1;

  /** Instead of a ticket: it has as many as it may. */
  static final int TOO_MANY = -2;

  /** Instead of a ticket: it makes them too fast. */
  static final int TOO_FAST = -3;

  private static final int WINDOW = 16;

  /** A cell of the first table: the number of connections in so many bits, and whose they are. */
  private static final int COUNT_BITS = 24;

  private static final long COUNT = (1L << COUNT_BITS) - 1;

  /** How many cells the second table has: 1 MiB. */
  private static final int RATE_CELLS = 1 << 17;

  private static final SecureRandom RANDOM = new SecureRandom();

  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final long key;
  private final long start;
  private final int most;
  private final long interval;
  private final long tolerance;
  private final boolean rated;
  private final AtomicLongArray counts;
  private final AtomicLongArray rates;

  /** Those with a smaller table, which still has what was counted there; null for none. */
  private final @Nullable Sources earlier;

  Sources(Settings.Limits limits) {
    this(limits, RANDOM, System.nanoTime());
  }

  /**
   * @param random gives the key; cryptographically strong, so that nobody can choose where sources
   *     stand
   * @param now in nanoseconds, of the clock that all times come from
   */
  Sources(Settings.Limits limits, RandomGenerator random, long now) {
    this(
        limits,
        random.nextLong(),
        now,
        new AtomicLongArray(cells(limits)),
        new AtomicLongArray(limits.rate().isPresent() ? RATE_CELLS : 0),
        null);
  }

  private Sources(
      Settings.Limits limits,
      long key,
      long start,
      AtomicLongArray counts,
      AtomicLongArray rates,
      @Nullable Sources earlier) {
    this.key = key;
    this.start = start;
    this.counts = counts;
    this.rates = rates;
    this.earlier = earlier;
    most = limits.perSource();
    rated = limits.rate().isPresent();
    interval = Math.ceilDiv(SECOND, limits.rate().orElse(1));
    tolerance = (limits.burst() - 1) * interval;
  }

  private static int cells(Settings.Limits limits) {
    int open = Math.clamp(limits.connections(), 1, 1 << (COUNT_BITS - 2));
    return limits.perSource() == Settings.Limits.NONE ? 0 : 4 * Integer.highestOneBit(open);
  }

  /**
   * The same sources under other limits: what is counted of them stays, and they leave with the
   * tickets that they have. Who came while nothing was counted is not counted later.
   */
  Sources under(Settings.Limits limits) {
    boolean fits = cells(limits) <= counts.length();
    return new Sources(
        limits,
        key,
        start,
        fits ? counts : new AtomicLongArray(cells(limits)),
        rates.length() > 0 || limits.rate().isEmpty() ? rates : new AtomicLongArray(RATE_CELLS),
        fits ? earlier : this);
  }

  /** The source that an address belongs to, as a number of its own. */
  static long of(InetAddress address) {
    ByteBuffer octets = ByteBuffer.wrap(address.getAddress());
    // No host has an address of ::/32, where those of IPv4 stand here.
    return octets.remaining() == 4 ? octets.getInt() & 0xffff_ffffL : octets.getLong();
  }

  /** One more connection from an address; the same as of its source. */
  int enter(InetAddress address, long now) {
    return most == Settings.Limits.NONE && !rated ? UNCOUNTED : enter(of(address), now);
  }

  /**
   * One more connection.
   *
   * @return a ticket to leave with, or {@link #TOO_MANY} or {@link #TOO_FAST} and it is not counted
   */
  int enter(long source, long now) {
    long hash = Hash.mixed(Hash.mixed(source ^ key) + key);
    int ticket = most == Settings.Limits.NONE ? UNCOUNTED : count(hash);
    if (ticket != TOO_MANY && rated && !pay(hash, now - start)) {
      leave(ticket);
      return TOO_FAST;
    }
    return ticket;
  }

  /** It is over. */
  void leave(int ticket) {
    if (ticket >= 0) {
      counts.decrementAndGet(ticket);
    }
  }

  private int count(long hash) {
    long whose = hash & ~COUNT;
    long elsewhere = earlier == null ? 0 : earlier.counted(hash);
    if (elsewhere >= most) {
      return TOO_MANY;
    }
    while (true) {
      int free = UNCOUNTED;
      for (int i = 0; i < WINDOW; i++) {
        int at = (int) (hash + i) & (counts.length() - 1);
        long cell = counts.getOpaque(at);
        if ((cell & COUNT) == 0) {
          free = free == UNCOUNTED ? at : free;
        } else if ((cell & ~COUNT) == whose) {
          if ((cell & COUNT) + elsewhere >= most) {
            return TOO_MANY;
          }
          if (counts.compareAndSet(at, cell, cell + 1)) {
            return at;
          }
          i = -1; // another loop changed it
          free = UNCOUNTED;
        }
      }
      if (free == UNCOUNTED || take(free, whose)) {
        return free;
      }
    }
  }

  /** How many a source has here, and earlier. */
  private long counted(long hash) {
    long sum = earlier == null ? 0 : earlier.counted(hash);
    for (int i = 0; i < WINDOW && counts.length() > 0; i++) {
      long cell = counts.getOpaque((int) (hash + i) & (counts.length() - 1));
      sum += (cell & ~COUNT) == (hash & ~COUNT) ? cell & COUNT : 0;
    }
    return sum;
  }

  private boolean take(int free, long whose) {
    long cell = counts.getOpaque(free);
    return (cell & COUNT) == 0 && counts.compareAndSet(free, cell, whose | 1);
  }

  /** Updates of two loops at once may cost one of them: a little more than the limit gets in. */
  private boolean pay(long hash, long now) {
    int one = (int) hash & (RATE_CELLS - 1);
    int other = (int) (hash >>> 32) & (RATE_CELLS - 1);
    long first = rates.getOpaque(one);
    long second = rates.getOpaque(other);
    long due = Math.max(now, Math.min(first, second));
    if (due - now > tolerance) {
      // Only a slower rate, or a longer burst, of before can have put them further ahead.
      lower(one, now + tolerance + interval);
      lower(other, now + tolerance + interval);
      return false;
    }
    rates.setOpaque(one, Math.max(first, due + interval));
    rates.setOpaque(other, Math.max(second, due + interval));
    return true;
  }

  private void lower(int cell, long most) {
    if (rates.getOpaque(cell) > most) {
      rates.setOpaque(cell, most);
    }
  }
}

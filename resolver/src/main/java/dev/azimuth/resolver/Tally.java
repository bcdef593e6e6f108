package dev.azimuth.resolver;

import dev.azimuth.resolver.TrafficVisitor.AnswerClass;
import dev.azimuth.resolver.TrafficVisitor.Drop;
import dev.azimuth.resolver.TrafficVisitor.Limited;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * What one worker has received and answered: counters with one writer, padded so that workers do
 * not share cache lines. Any thread may read; a reader sees each number whole but perhaps late.
 * Types and rcodes are bounded classes, so that no stranger can grow the table.
 */
final class Tally {
  private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(long[].class);

  /** Longs on both sides of the counters: 128 octets, two cache lines. */
  private static final int PADDING = 16;

  private static final String[] TYPES = {
    "other", "A", "AAAA", "NS", "CNAME", "SOA", "PTR", "MX", "TXT", "SRV", "DS", "DNSKEY", "SVCB",
    "HTTPS", "ANY", "CAA"
  };
  private static final String[] RCODES = {
    "NOERROR",
    "FORMERR",
    "SERVFAIL",
    "NXDOMAIN",
    "NOTIMP",
    "REFUSED",
    "YXDOMAIN",
    "BADVERS",
    "BADCOOKIE"
  };

  private static final int RECEIVED = PADDING;
  private static final int DROPPED = RECEIVED + 1;
  private static final int TRUNCATED = RECEIVED + 2;
  private static final int FAULTS = RECEIVED + 3;
  private static final int FAILED_RECEIVES = RECEIVED + 4;
  private static final int PROHIBITED = RECEIVED + 5;
  private static final int NO_PROXY_HEADER = RECEIVED + 6;
  private static final int COOKIES = RECEIVED + 7;
  private static final int LIMITED = COOKIES + 3;
  private static final int ANSWERED = LIMITED + 8;

  private final long[] cells = new long[ANSWERED + TYPES.length * RCODES.length + PADDING];

  /**
   * Counts one packet that was handed to a responder.
   *
   * @param length of the reply in octets, 0 for silence
   */
  void count(int length, Responder responder) {
    add(RECEIVED);
    Limited limited = responder.limited();
    if (limited != null) {
      add(cell(responder.answerClass(), limited));
    }
    if (length == 0) {
      if (limited == null) {
        add(DROPPED);
      }
      return;
    }
    if (responder.prohibited()) {
      add(PROHIBITED);
    }
    if (responder.truncated()) {
      add(TRUNCATED);
    }
    TrafficVisitor.Cookie cookie = responder.cookie();
    if (cookie != null) {
      add(cell(cookie));
    }
    add(ANSWERED + type(responder.type()) * RCODES.length + rcode(responder.rcode()));
  }

  /** Counts a packet of a front end that does not say who the client is. */
  void withoutProxyHeader() {
    add(RECEIVED);
    add(NO_PROXY_HEADER);
  }

  /** Counts a packet whose handling failed by a fault of ours; returns how many that makes. */
  long fault() {
    add(RECEIVED);
    return add(FAULTS);
  }

  /** Counts a receive that failed without waiting. */
  void receiveFailed() {
    add(FAILED_RECEIVES);
  }

  /** Adds another's counters to this one's. */
  void add(Tally other) {
    for (int cell = RECEIVED; cell < cells.length - PADDING; cell++) {
      cells[cell] += other.get(cell);
    }
  }

  long received() {
    return get(RECEIVED);
  }

  /** Visits every counter above 0. */
  void visit(Listener listener, TrafficVisitor.Channel channel, TrafficVisitor visitor) {
    for (int type = 0; type < TYPES.length; type++) {
      for (int rcode = 0; rcode < RCODES.length; rcode++) {
        long count = get(ANSWERED + type * RCODES.length + rcode);
        if (count > 0) {
          visitor.answered(listener, channel, TYPES[type], RCODES[rcode], count);
        }
      }
    }
    if (get(TRUNCATED) > 0) {
      visitor.truncated(listener, channel, get(TRUNCATED));
    }
    for (TrafficVisitor.Cookie cookie : TrafficVisitor.Cookie.values()) {
      long count = get(cell(cookie));
      if (count > 0) {
        visitor.cookies(listener, channel, cookie, count);
      }
    }
    if (get(PROHIBITED) > 0) {
      visitor.prohibited(listener, channel, get(PROHIBITED));
    }
    long suppressed = 0;
    for (AnswerClass of : AnswerClass.values()) {
      suppressed += get(cell(of, Limited.DROPPED));
      for (Limited how : Limited.values()) {
        long count = get(cell(of, how));
        if (count > 0) {
          visitor.limited(listener, of, how, count);
        }
      }
    }
    dropped(listener, channel, visitor, Drop.NOT_A_QUERY, get(DROPPED));
    dropped(listener, channel, visitor, Drop.NO_PROXY_HEADER, get(NO_PROXY_HEADER));
    dropped(listener, channel, visitor, Drop.RATE_LIMITED, suppressed);
    dropped(listener, channel, visitor, Drop.FAULT, get(FAULTS));
    if (get(FAILED_RECEIVES) > 0) {
      visitor.failedReceives(listener, channel, get(FAILED_RECEIVES));
    }
  }

  private static void dropped(
      Listener listener,
      TrafficVisitor.Channel channel,
      TrafficVisitor visitor,
      Drop why,
      long count) {
    if (count > 0) {
      visitor.dropped(listener, channel, why, count);
    }
  }

  private long add(int cell) {
    long next = cells[cell] + 1;
    CELL.setOpaque(cells, cell, next);
    return next;
  }

  private long get(int cell) {
    return (long) CELL.getOpaque(cells, cell);
  }

  private static int cell(TrafficVisitor.Cookie cookie) {
    return switch (cookie) {
      case NEW -> COOKIES;
      case VALID -> COOKIES + 1;
      case INVALID -> COOKIES + 2;
    };
  }

  private static int cell(AnswerClass of, Limited how) {
    return LIMITED
        + 2 * of.number
        + switch (how) {
          case SLIPPED -> 0;
          case DROPPED -> 1;
        };
  }

  private static int type(int type) {
    return switch (type) {
      case Wire.A -> 1;
      case Wire.AAAA -> 2;
      case Wire.NS -> 3;
      case Wire.CNAME -> 4;
      case Wire.SOA -> 5;
      case Wire.PTR -> 6;
      case Wire.MX -> 7;
      case Wire.TXT -> 8;
      case Wire.SRV -> 9;
      case Wire.DS -> 10;
      case Wire.DNSKEY -> 11;
      case Wire.SVCB -> 12;
      case Wire.HTTPS -> 13;
      case Wire.ANY -> 14;
      case Wire.CAA -> 15;
      default -> 0;
    };
  }

  private static int rcode(int rcode) {
    return switch (rcode) {
      case Wire.BADVERS -> 7;
      case Wire.BADCOOKIE -> 8;
      default -> rcode;
    };
  }
}

package dev.azimuth.resolver;

/**
 * Takes a server's counters, each since its listener was opened. They are read while workers count,
 * so two of them need not be of the same instant.
 */
public interface TrafficVisitor {

  /** Over what a packet came. */
  enum Channel {
    UDP,
    TCP
  }

  /** What the cookie of a query that was answered is (RFC 7873 section 5.2). */
  enum Cookie {
    /** Of the client alone, which has none of ours yet. */
    NEW,
    /** One of ours, good for the client. */
    VALID,
    /** Too old, of another client, or made with a secret that is not known. */
    INVALID
  }

  /** The kinds of responses that are limited one by one. */
  enum AnswerClass {
    /** Has records in its answer section. */
    ANSWER(0),
    /** Has none though the name exists: NODATA, a referral, or already truncated. */
    EMPTY(1),
    NXDOMAIN(2),
    /** Any other rcode. */
    ERROR(3);

    /** From 0, for tables. */
    final int number;

    AnswerClass(int number) {
      this.number = number;
    }
  }

  /** What is done with a response above the limit. */
  enum Limited {
    /** Sent truncated, without records. */
    SLIPPED,
    /** Not sent. */
    DROPPED
  }

  /** Why a packet got no reply. */
  enum Drop {
    /** Not a query: shorter than a header, a response, too long, or from port 0. */
    NOT_A_QUERY,
    /** From a front end, but without a PROXY header that could be read. */
    NO_PROXY_HEADER,
    /** Its network got too many replies. */
    RATE_LIMITED,
    /** A fault in our own code. */
    FAULT,
    /** The kernel did not take the reply. */
    UNSENT
  }

  /** What became of a TCP connection. All but the first two are ends that we chose. */
  enum Connection {
    /** It may ask. */
    ACCEPTED,
    /**
     * Left waiting for a tenth of a second: there was no descriptor or memory for one more. Sockets
     * of the JDK do not tell.
     */
    NOT_ACCEPTED,
    /** Closed at once: its address has as many as it may. */
    REFUSED,
    /** It had been idle for longest when one more came than there may be. */
    EVICTED,
    /** It did not send its first query in time. */
    NO_QUERY,
    /** It did not send another query in time. */
    IDLE,
    /** It left too many replies unread for too long. */
    SLOW
  }

  /**
   * Replies by type and rcode. Only counters above 0 are visited.
   *
   * @param type a mnemonic; {@code other} stands for all types without a counter
   * @param rcode a mnemonic
   */
  void answered(Listener listener, Channel channel, String type, String rcode, long count);

  /** Replies with the TC bit set; they are among those answered. */
  void truncated(Listener listener, Channel channel, long count);

  /** Queries with a cookie. Only counters above 0 are visited. */
  void cookies(Listener listener, Channel channel, Cookie cookie, long count);

  /** Queries of clients that may not ask; they are among those answered. */
  default void prohibited(Listener listener, Channel channel, long count) {}

  /** Replies above the limit. Only counters above 0 are visited. */
  default void limited(Listener listener, AnswerClass of, Limited how, long count) {}

  void dropped(Listener listener, Channel channel, Drop why, long count);

  /**
   * Replies over UDP that left together with others to the same socket; they are among those
   * answered.
   */
  default void joined(Listener listener, long count) {}

  /** TCP connections, each kind also when there were none. */
  default void connections(Listener listener, Connection what, long count) {}

  /** TCP connections that are open now. */
  default void open(Listener listener, long count) {}

  /** Receives that failed without waiting, for want of memory say. Only visited above 0. */
  default void failedReceives(Listener listener, Channel channel, long count) {}
}

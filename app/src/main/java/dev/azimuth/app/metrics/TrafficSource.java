package dev.azimuth.app.metrics;

/**
 * What the workers have counted, each counter labelled from a closed set: nothing that a stranger
 * can grow. Called at every scrape, on any thread.
 */
public interface TrafficSource {

  /** Visits how many packets came to each listener by each transport. */
  void requests(ChannelVisitor visitor);

  /** Visits how many responses were truncated; they are among the responses. */
  void truncated(ChannelVisitor visitor);

  /** Visits every counter of responses that is not 0. */
  void responses(ResponseVisitor visitor);

  /** Visits every counter of queries with a DNS cookie that is not 0. */
  void cookies(CookieVisitor visitor);

  /** Visits how many queries came from clients that may not ask; they got responses. */
  void prohibited(ChannelVisitor visitor);

  /** Visits every counter of responses above the limit that is not 0. */
  void rateLimited(RateLimitVisitor visitor);

  /** Visits every counter of dropped queries that is not 0. */
  void drops(DropVisitor visitor);

  /** Visits how many TCP connections each listener has open. */
  void openConnections(ListenerVisitor visitor);

  /** Visits how many TCP connections of each listener were accepted. */
  void acceptedConnections(ListenerVisitor visitor);

  /** Visits how many TCP connections of each listener were closed by each limit, also none. */
  void limitedConnections(LimitVisitor visitor);

  /** Takes a count of one listener. */
  @FunctionalInterface
  interface ListenerVisitor {
    /**
     * @param listener the address in effect, such as {@code 192.0.2.1:53}
     */
    void count(String listener, long count);
  }

  /** Takes how many connections a limit has closed. */
  @FunctionalInterface
  interface LimitVisitor {
    /**
     * @param listener the address in effect, such as {@code 192.0.2.1:53}
     * @param limit from a closed set
     */
    void closed(String listener, String limit, long count);
  }

  /** Visits how many responses left together with others. */
  void joined(ListenerVisitor visitor);

  /** Visits how many receives failed without waiting, where any did. */
  void failedReceives(ChannelVisitor visitor);

  /** Takes a count of one listener and transport. */
  @FunctionalInterface
  interface ChannelVisitor {
    /**
     * @param listener the address in effect, such as {@code 192.0.2.1:53}
     * @param transport such as {@code udp}
     */
    void count(String listener, String transport, long count);
  }

  /** Takes how many responses were sent. */
  @FunctionalInterface
  interface ResponseVisitor {
    /**
     * @param listener the address in effect, such as {@code 192.0.2.1:53}
     * @param transport such as {@code udp}
     * @param type the query type by name, {@code other} for all but the common ones
     * @param rcode by name, such as {@code NOERROR}
     */
    void responses(String listener, String transport, String type, String rcode, long count);
  }

  /** Takes how many queries had a DNS cookie. */
  @FunctionalInterface
  interface CookieVisitor {
    /**
     * @param cookie what it was: {@code new}, {@code valid} or {@code invalid}
     */
    void cookies(String listener, String transport, String cookie, long count);
  }

  /** Takes how many responses were above the limit for their network. */
  @FunctionalInterface
  interface RateLimitVisitor {
    /**
     * @param of the class of response, such as {@code nxdomain}
     * @param how what became of them: {@code slipped} or {@code dropped}
     */
    void limited(String listener, String of, String how, long count);
  }

  /** Takes how many queries got no response. */
  @FunctionalInterface
  interface DropVisitor {
    /**
     * @param reason from a closed set
     */
    void dropped(String listener, String transport, String reason, long count);
  }
}

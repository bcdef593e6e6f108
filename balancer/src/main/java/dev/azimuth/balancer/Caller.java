package dev.azimuth.balancer;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** Who a client is, as far as is known by now. Belongs to a loop. */
final class Caller {
  private InetSocketAddress client;
  private @Nullable ProxyEnds named;
  private @Nullable Sources countedBy;
  private int ticket;
  private @Nullable String server;
  private @Nullable String protocol;

  /**
   * @param client where it comes from
   */
  Caller(InetSocketAddress client) {
    this.client = client;
  }

  InetSocketAddress client() {
    return client;
  }

  /**
   * Both ends, as a front end has them if there is one.
   *
   * @param local where it connected to
   */
  ProxyEnds ends(InetSocketAddress local) {
    return named == null ? new ProxyEnds(client, local) : named;
  }

  /** A front end says who it really is. */
  void is(ProxyEnds really) {
    named = really;
    client = really.client();
  }

  /** It counts as one of its source until it has left. */
  void counted(Sources by, int with) {
    countedBy = by;
    ticket = with;
  }

  /**
   * Its handshake is done.
   *
   * @param wanted the server that it asked for; null for none
   * @param spoken what was agreed by ALPN; empty for nothing
   */
  void secured(@Nullable String wanted, String spoken) {
    server = wanted;
    protocol = spoken.isEmpty() ? null : spoken;
  }

  /** The server that it asked for by SNI, where that is known; else null. */
  @Nullable String server() {
    return server;
  }

  /** What was agreed with it by ALPN; null for nothing. */
  @Nullable String protocol() {
    return protocol;
  }

  /** It is gone. */
  void left() {
    if (countedBy != null) {
      countedBy.leave(ticket);
      countedBy = null;
    }
  }
}

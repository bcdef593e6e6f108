package dev.azimuth.balancer;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/**
 * What a client says before a backend can be chosen: a PROXY header, where a front end must send
 * one, then a ClientHello, where routes go by it or TLS is ended. The header is taken off, the rest
 * goes on once all is known. Holds no more octets than the longest of both, and one read.
 */
final class Opening {
  /** A fatal alert (RFC 8446 section 6.2, RFC 6066 section 3). */
  private static final byte[] UNRECOGNIZED_NAME = {21, 3, 3, 0, 2, 2, 112};

  private final Connection connection;
  private final Leg client;
  private final Caller caller;
  private final Entrance entrance;

  /** Whether a PROXY header is still to come. */
  private boolean proxied;

  private @Nullable ByteBuf seen;

  Opening(Connection connection, Leg client, Caller caller, Entrance entrance, boolean proxied) {
    this.connection = connection;
    this.client = client;
    this.caller = caller;
    this.entrance = entrance;
    this.proxied = proxied;
  }

  /**
   * Octets came.
   *
   * @param octets the caller's, before and after
   * @return whether more may be read
   */
  boolean received(ByteBuf octets) {
    ByteBuf all = seen;
    if (all == null) {
      all = connection.loop().budget.allocator().directBuffer(octets.readableBytes());
      seen = all;
    }
    all.writeBytes(octets);
    return (proxied && !header(all)) ? !connection.over() : looked(all);
  }

  /** Whether the header has come, and the client may come in. */
  private boolean header(ByteBuf all) {
    return switch (ProxyReader.read(all)) {
      case ProxyReader.Header header -> {
        all.skipBytes(header.length());
        proxied = false;
        if (header.ends() != null) {
          caller.is(header.ends());
        }
        End refused = entrance.enter(caller, System.nanoTime());
        if (refused != null) {
          connection.refuse(refused);
        }
        yield refused == null;
      }
      case ProxyReader.Unread unread -> {
        if (unread == ProxyReader.Unread.MALFORMED) {
          connection.refuse(End.PROXY_HEADER);
        }
        yield false;
      }
    };
  }

  /** Looks at what follows the header, and says whether more may be read. */
  private boolean looked(ByteBuf all) {
    if (!entrance.looks()) {
      return proceed(all, null);
    }
    return switch (HelloReader.read(all)) {
      case ClientHello hello -> {
        ServerTls tls = entrance.tls();
        yield tls == null ? proceed(all, hello) : secured(tls, all, hello);
      }
      case HelloReader.Unread unread ->
          switch (unread) {
            case MORE -> true;
            case NOT_TLS -> entrance.tls() == null ? proceed(all, null) : refused();
            case MALFORMED -> refused();
          };
    };
  }

  private boolean refused() {
    connection.refuse(End.CLIENT_TLS);
    return false;
  }

  /**
   * @param hello what the client says first; null for what is no TLS, or nobody looks at
   */
  private boolean proceed(ByteBuf all, @Nullable ClientHello hello) {
    boolean more = all.isReadable() ? connection.hold(all) : client.isBlind();
    release();
    connection.choose(hello);
    return more;
  }

  /** Has TLS shake hands before a backend is chosen; whether more may be read. */
  private boolean secured(ServerTls tls, ByteBuf all, ClientHello hello) {
    SSLEngine engine = tls.engine(hello.server());
    if (engine == null) {
      client.take(Unpooled.wrappedBuffer(UNRECOGNIZED_NAME));
      connection.end(End.CLIENT_TLS);
      return false;
    }
    seen = null;
    client.secure(
        engine,
        () -> {
          if (!connection.over()) {
            caller.secured(hello.server(), engine.getApplicationProtocol());
            connection.choose(hello);
          }
        });
    try {
      return client.received(all);
    } finally {
      all.release();
    }
  }

  /** Nothing more is looked at. */
  void release() {
    if (seen != null) {
      seen.release();
      seen = null;
    }
  }
}

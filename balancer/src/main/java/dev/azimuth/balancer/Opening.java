package dev.azimuth.balancer;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * What a client says before a backend can be chosen: a PROXY header, where a front end must send
 * one, then a ClientHello, where routes go by it or TLS is ended. The header is taken off, the rest
 * goes on to the next handler once all is known. Holds no more octets than the longest of both, and one read.
 */
final class Opening extends ChannelInboundHandlerAdapter {
  /** A fatal alert (RFC 8446 section 6.2, RFC 6066 section 3). */
  private static final byte[] UNRECOGNIZED_NAME = {21, 3, 3, 0, 2, 2, 112};

  private final Connection connection;
  private final Caller caller;
  private final Entrance entrance;

  /** Whether a PROXY header is still to come. */
  private boolean proxied;

  private @Nullable ByteBuf seen;

  private Opening(Connection connection, Caller caller, Entrance entrance, boolean proxied) {
    this.connection = connection;
    this.caller = caller;
    this.entrance = entrance;
    this.proxied = proxied;
  }

  /** Looks at a client that was accepted, or has a backend chosen for it at once. */
  static void begin(Connection connection, Caller caller, Entrance entrance, Channel client) {
    boolean proxied = entrance.gate().isProxy(caller.client().getAddress());
    End refused = proxied ? null : entrance.enter(caller, System.nanoTime());
    if (refused != null) {
      connection.refuse(refused);
    } else if (proxied || entrance.looks()) {
      client.pipeline().addFirst(new Opening(connection, caller, entrance, proxied));
      client.config().setAutoRead(true);
    } else {
      connection.choose(0);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (!(message instanceof ByteBuf octets) || connection.over()) {
      ReferenceCountUtil.release(message);
      return;
    }
    ByteBuf all = octets;
    if (seen != null) {
      all = seen.writeBytes(octets);
      octets.release();
    }
    seen = all;
    if (!proxied || header(all)) {
      look(context, all);
    }
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

  private void look(ChannelHandlerContext context, ByteBuf all) {
    if (!entrance.looks()) {
      proceed(context, 0);
      return;
    }
    switch (HelloReader.read(all)) {
      case ClientHello hello -> {
        int supply = 1 + entrance.matches().first(hello);
        if (entrance.tls() == null) {
          proceed(context, supply);
        } else {
          secure(context, entrance.tls(), hello, supply);
        }
      }
      case HelloReader.Unread unread -> {
        switch (unread) {
          case MORE -> {}
          case NOT_TLS -> {
            if (entrance.tls() == null) {
              proceed(context, 0);
            } else {
              connection.refuse(End.CLIENT_TLS);
            }
          }
          case MALFORMED -> connection.refuse(End.CLIENT_TLS);
        }
      }
    }
  }

  /** Has the next handler shake hands before a backend is chosen. */
  private void secure(
      ChannelHandlerContext context, ServerTls tls, ClientHello hello, int supply) {
    Channel client = context.channel();
    SslHandler handler = tls.handler(hello.server());
    if (handler == null) {
      var _ = client.writeAndFlush(Unpooled.wrappedBuffer(UNRECOGNIZED_NAME));
      connection.end(End.CLIENT_TLS);
      return;
    }
    var _ =
        handler
            .handshakeFuture()
            .addListener(
                done -> {
                  if (done.isSuccess()) {
                    client.config().setAutoRead(false);
                    caller.secured(hello.server(), handler.engine().getApplicationProtocol());
                    connection.choose(supply);
                  } else {
                    connection.end(End.CLIENT_TLS);
                  }
                });
    context.pipeline().addAfter(context.name(), null, handler);
    pass(context);
  }

  /** Gives what follows the header to whoever is next, and has a backend chosen. */
  private void proceed(ChannelHandlerContext context, int supply) {
    context.channel().config().setAutoRead(false);
    pass(context);
    connection.choose(supply);
  }

  private void pass(ChannelHandlerContext context) {
    ByteBuf rest = seen;
    seen = null;
    if (rest != null && rest.isReadable()) {
      context.fireChannelRead(rest);
    } else {
      ReferenceCountUtil.release(rest);
    }
    context.pipeline().remove(this);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    // Nothing was passed on.
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      connection.end(End.CLIENT_LEFT); // what it owes will not come
    }
    context.fireUserEventTriggered(event);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    ReferenceCountUtil.release(seen);
    seen = null;
  }
}

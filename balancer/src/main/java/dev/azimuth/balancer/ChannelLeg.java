package dev.azimuth.balancer;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandler;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.InetSocketAddress;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** A side that is a channel of Netty's: over TLS, and wherever sockets are the JDK's. */
final class ChannelLeg extends Leg {
  private final SocketChannel channel;
  private final Handler handler = new Handler();
  private @Nullable SslHandler tls;

  ChannelLeg(Connection connection, SocketChannel channel) {
    super(connection);
    this.channel = channel;
  }

  /** Comes last in the channel's pipeline. */
  ChannelInboundHandler handler() {
    return handler;
  }

  SocketChannel channel() {
    return channel;
  }

  @Override
  boolean take(ByteBuf octets) {
    ByteBuf copy = channel.alloc().directBuffer(octets.readableBytes());
    copy.writeBytes(octets);
    var _ = channel.writeAndFlush(copy, channel.voidPromise());
    return channel.isWritable();
  }

  /** Has TLS shake hands, then all that comes and goes is inside of it. */
  void secure(SslHandler handler) {
    tls = handler;
    channel.pipeline().addFirst(handler);
  }

  /** Reads what has been taken from it before. */
  void again(ByteBuf octets) {
    channel.pipeline().fireChannelRead(octets);
    channel.pipeline().fireChannelReadComplete();
  }

  @Override
  void end() {
    var _ =
        last()
            .addListener(
                written -> {
                  if (written.isSuccess() && !channel.isOutputShutdown()) {
                    var _ = channel.shutdownOutput().addListener(shut -> connection.passed());
                  }
                });
  }

  /** Writes what comes last: nothing, or of TLS that nothing more will come. */
  private ChannelFuture last() {
    return tls == null ? channel.writeAndFlush(Unpooled.EMPTY_BUFFER) : tls.closeOutbound();
  }

  @Override
  void finish() {
    var _ =
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> connection.passed());
  }

  @Override
  void resume() {
    reading(true);
  }

  /** Reads nothing more before {@link #resume}. */
  void pause() {
    reading(false);
  }

  /**
   * After its end Netty 4.2.18 has taken the socket out of epoll, and cannot change what it asks.
   */
  private void reading(boolean on) {
    if (channel.isOpen() && !channel.isInputShutdown()) {
      channel.config().setAutoRead(on);
    }
  }

  @Override
  void close() {
    var _ = channel.close();
  }

  @Override
  void reset() {
    if (channel.isOpen()) {
      channel.config().setOption(ChannelOption.SO_LINGER, 0);
      channel.unsafe().close(channel.voidPromise()); // TLS must not say that this is the end
    }
  }

  @Override
  void tighten() {
    Legs.mark(channel, connection.loop());
  }

  @Override
  @Nullable InetSocketAddress localAddress() {
    return channel.localAddress();
  }

  /** Hears the channel. */
  private final class Handler extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      try {
        if (message instanceof ByteBuf octets && !connection.over() && !received(octets)) {
          pause();
        }
      } finally {
        ReferenceCountUtil.release(message);
      }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
      if (channel.isWritable()) {
        drained();
      }
      context.fireChannelWritabilityChanged();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      if (event == SslCloseCompletionEvent.SUCCESS) {
        receivedEnd();
      } else if (event instanceof ChannelInputShutdownReadComplete && !ended()) {
        if (tls == null) {
          receivedEnd();
        } else {
          connection.gone(ChannelLeg.this); // cut off (RFC 8446 section 6.1)
        }
      }
      context.fireUserEventTriggered(event);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      // An error of the socket is what RST looks like, and TLS has its own; anything else is a
      // fault
      // of ours.
      if (!(cause instanceof IOException) && !(cause.getCause() instanceof SSLException)) {
        connection.loop().fault(cause);
      }
      connection.gone(ChannelLeg.this);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      connection.gone(ChannelLeg.this);
    }
  }
}

package dev.azimuth.balancer;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * One side of a connection. What comes in is written to the other side at once, flushed when
 * nothing more is there to read, and not read while the other side has too much to write.
 */
final class Leg extends ChannelInboundHandlerAdapter {
  /** So many octets are worth a system call of their own, before the other side has too much. */
  private static final int FLUSH = 32 * 1024;

  private final Connection connection;

  /** Null before there is a backend. */
  private @Nullable Channel other;

  /** Whether this side has sent its end. */
  private boolean ended;

  Leg(Connection connection) {
    this.connection = connection;
  }

  /** From now on what comes in goes there. */
  void pour(Channel into) {
    other = into;
  }

  boolean ended() {
    return ended;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (!(message instanceof ByteBuf octets) || connection.over()) {
      ReferenceCountUtil.release(message);
      return;
    }
    int length = octets.readableBytes();
    connection.read(this, length);
    Channel into = other;
    if (into == null) {
      connection.hold(octets);
    } else {
      var _ = into.write(octets, into.voidPromise());
      if (length >= FLUSH) {
        into.flush();
      }
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    Channel into = other;
    if (into != null) {
      into.flush();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    Channel from = other;
    if (from != null) {
      from.config().setAutoRead(context.channel().isWritable());
    }
    context.fireChannelWritabilityChanged();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event == SslCloseCompletionEvent.SUCCESS) {
      end();
    } else if (event instanceof ChannelInputShutdownReadComplete && !ended) {
      if (context.pipeline().get(SslHandler.class) == null) {
        end();
      } else {
        connection.gone(this); // TLS says its end, or somebody has cut it off (RFC 8446 section 6.1)
      }
    }
    context.fireUserEventTriggered(event);
  }

  private void end() {
    if (!ended) {
      ended = true;
      connection.ended(this);
    }
  }

  /** Passes the end on, after everything that came before it. */
  void passEnd() {
    Channel into = other;
    if (into instanceof DuplexChannel duplex) {
      var _ =
          last(into)
              .addListener(
                  written -> {
                    if (written.isSuccess() && !duplex.isOutputShutdown()) {
                      var _ = duplex.shutdownOutput().addListener(shut -> connection.passed());
                    }
                  });
    }
  }

  /** Writes what comes last: nothing, or of TLS that nothing more will come. */
  private static ChannelFuture last(Channel into) {
    SslHandler tls = into.pipeline().get(SslHandler.class);
    if (tls == null) {
      return into.writeAndFlush(Unpooled.EMPTY_BUFFER);
    }
    into.flush(); // of what is not encrypted by then nothing would be
    return tls.closeOutbound();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    // An error of the socket is what RST looks like, and TLS breaks off by itself; anything else
    // is a fault of ours.
    if (!(cause instanceof IOException) && !(cause.getCause() instanceof SSLException)) {
      connection.loop().fault(cause);
    }
    connection.gone(this);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    connection.gone(this);
  }

  /** Closes a channel so that the other end of it sees RST, and of TLS no end. */
  static void reset(Channel channel) {
    if (channel.isOpen()) {
      channel.config().setOption(ChannelOption.SO_LINGER, 0);
      channel.unsafe().close(channel.voidPromise());
    }
  }
}

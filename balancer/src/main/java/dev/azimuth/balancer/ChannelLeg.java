package dev.azimuth.balancer;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandler;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** A side that is a channel of Netty's, where sockets are the JDK's. */
final class ChannelLeg extends Leg {
  private final SocketChannel channel;
  private final Handler handler = new Handler();
  private boolean breaking;

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
  boolean write(ByteBuf octets) {
    ByteBuf copy = channel.alloc().directBuffer(octets.readableBytes());
    copy.writeBytes(octets);
    var _ = channel.writeAndFlush(copy, channel.voidPromise());
    return channel.isWritable();
  }

  @Override
  void shut() {
    whenSent(
        () -> {
          if (!channel.isOutputShutdown()) {
            var _ = channel.shutdownOutput().addListener(shut -> connection.passed());
          }
        });
  }

  @Override
  void empty() {
    whenSent(connection::passed);
  }

  /** The JDK does not tell what has arrived: it is left when all of it is given to the system. */
  @Override
  void linger(boolean broken) {
    breaking = broken;
    pause();
    whenSent(connection::passed);
  }

  private void whenSent(Runnable then) {
    var _ =
        channel
            .writeAndFlush(Unpooled.EMPTY_BUFFER)
            .addListener(
                written -> {
                  if (written.isSuccess()) {
                    then.run();
                  }
                });
  }

  @Override
  void readOn() {
    reading(true);
  }

  /** Reads nothing more before {@link #resume}. */
  void pause() {
    reading(false);
  }

  private void reading(boolean on) {
    if (channel.isOpen() && !channel.isInputShutdown()) {
      channel.config().setAutoRead(on);
    }
  }

  @Override
  void close() {
    ChannelOutboundBuffer unsent = channel.unsafe().outboundBuffer();
    if (breaking || (unsent != null && !unsent.isEmpty())) {
      reset(); // what looks whole must be whole
      return;
    }
    ByteBuf last = channel.isOpen() ? farewell() : null;
    if (last != null) {
      write(last);
    }
    forget();
    var _ = channel.close();
  }

  @Override
  void reset() {
    forget();
    if (channel.isOpen()) {
      channel.config().setOption(ChannelOption.SO_LINGER, 0);
      var _ = channel.close();
    }
  }

  /** A selector of the JDK does not tell of RST while nobody wants to read. */
  @Override
  boolean isBlind() {
    return true;
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
      if (event instanceof ChannelInputShutdownReadComplete) {
        receivedEnd();
      }
      context.fireUserEventTriggered(event);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      // An error of the socket is what RST looks like; anything else is a fault of ours.
      if (!(cause instanceof IOException)) {
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

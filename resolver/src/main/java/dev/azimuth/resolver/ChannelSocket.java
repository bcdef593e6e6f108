package dev.azimuth.resolver;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * A channel of Netty's, of which this is the last handler: what comes before it may change the
 * octets. Its water marks are the limit of what may be kept, and half of it.
 */
final class ChannelSocket extends ChannelInboundHandlerAdapter implements TcpSocket {
  private final Channel channel;
  private final TcpConnection connection;

  ChannelSocket(Channel channel, TcpServer server, TcpLoop loop) {
    this.channel = channel;
    this.connection = new TcpConnection(this, server, loop);
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    // A client that is already gone again has no address.
    if (channel.remoteAddress() instanceof InetSocketAddress from) {
      connection.begin(from);
    } else {
      close();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    connection.closed();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf octets = (ByteBuf) message;
    try {
      connection.received(octets);
    } finally {
      octets.release();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    if (channel.isWritable()) {
      connection.drained();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      connection.receivedEnd();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    connection.failed(cause);
  }

  @Override
  public void send(ByteBuf octets) {
    ByteBuf copy = channel.alloc().buffer(octets.readableBytes()).writeBytes(octets);
    var _ = channel.writeAndFlush(copy, channel.voidPromise());
  }

  @Override
  public boolean full(int more) {
    return !channel.isWritable() || more > channel.bytesBeforeUnwritable();
  }

  @Override
  public void pause() {
    channel.config().setAutoRead(false);
  }

  @Override
  public void resume() {
    channel.config().setAutoRead(true);
  }

  @Override
  public void finish() {
    var _ = channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
  }

  @Override
  public void close() {
    var _ = channel.close();
  }

  @Override
  public @Nullable InetSocketAddress localAddress() {
    return channel.localAddress() instanceof InetSocketAddress local ? local : null;
  }
}

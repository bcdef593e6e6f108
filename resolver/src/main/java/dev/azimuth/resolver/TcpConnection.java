package dev.azimuth.resolver;

import dev.azimuth.net.DatagramPort;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * One TCP client: queries with a length of two octets before each (RFC 1035 section 4.2.2),
 * answered in the order in which they come (RFC 7766 section 6.2.1.1 allows any). While the client
 * leaves too many replies unread, nothing more is read or answered. What comes from a front end
 * begins with a PROXY header, which says who the client is.
 */
final class TcpConnection extends ChannelInboundHandlerAdapter {
  private static final int LENGTH = 2;

  /**
   * No query is longer than one over UDP may be. Whoever announces more is told so by the end of
   * the connection, before what is announced takes memory.
   */
  private static final int LONGEST = DatagramPort.PAYLOAD;

  private final Channel channel;
  private final TcpServer server;
  private final TcpLoop loop;
  private final Tally tally;

  /** Octets not yet answered: part of a query, or whole ones while replies are unread. */
  private ByteBuf pending = Unpooled.EMPTY_BUFFER;

  private ClientAddress address = ClientAddress.NONE;
  private int port;

  /** Where it is connected to. */
  private ClientAddress local = ClientAddress.NONE;

  private int localPort;
  private boolean admitted;

  /** Whether the header that names the client is yet to come. */
  private boolean unnamed;

  /** When the last whole query came, or the connection. */
  private long lastQuery = System.nanoTime();

  private boolean asked;

  /** Whether nothing more is read: the client has said all, or too much. */
  private boolean ending;

  private boolean stalled;

  /** Since when too many replies are unread, if {@link #stalled}. */
  private long stalledSince;

  TcpConnection(Channel channel, TcpServer server, TcpLoop loop, Tally tally) {
    this.channel = channel;
    this.server = server;
    this.loop = loop;
    this.tally = tally;
  }

  /** Why the limits say that the connection must go now; null when they do not. */
  TrafficVisitor.@Nullable Connection overdue(long now) {
    if (stalled && now - stalledSince > server.stallNanos()) {
      return TrafficVisitor.Connection.SLOW;
    }
    if (now - lastQuery <= (asked ? server.idleNanos() : server.firstNanos())) {
      return null;
    }
    if (!asked) {
      return TrafficVisitor.Connection.NO_QUERY;
    }
    return ending || stalled ? TrafficVisitor.Connection.SLOW : TrafficVisitor.Connection.IDLE;
  }

  void close(TrafficVisitor.Connection why) {
    server.count(why);
    close();
  }

  private void close() {
    var _ = channel.close();
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    // A client that is already gone again has no address.
    if (channel.remoteAddress() instanceof InetSocketAddress remote) {
      address = ClientAddress.of(remote.getAddress());
      port = remote.getPort();
      unnamed = loop.isFrontEnd(address);
      admitted = !unnamed && server.admit(address);
    }
    if (channel.localAddress() instanceof InetSocketAddress here) {
      local = ClientAddress.of(here.getAddress());
      localPort = here.getPort();
    }
    if (admitted || unnamed) {
      server.count(TrafficVisitor.Connection.ACCEPTED);
      loop.add(this);
    } else if (address.equals(ClientAddress.NONE)) {
      close();
    } else {
      close(TrafficVisitor.Connection.REFUSED);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    pending.release();
    pending = Unpooled.EMPTY_BUFFER;
    loop.remove(this);
    if (admitted) {
      admitted = false;
      server.leave(address);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf data = (ByteBuf) message;
    if (ending || !(admitted || unnamed)) {
      data.release();
      return;
    }
    if (pending.isReadable()) {
      pending.discardReadBytes();
      pending.writeBytes(data);
      data.release();
    } else {
      pending.release();
      pending = data;
    }
    serve(context);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    context.flush();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    if (stalled && channel.isWritable()) {
      stalled = false;
      channel.config().setAutoRead(true);
      serve(context);
      context.flush();
      if (ending && !stalled) {
        end(context);
      }
    }
  }

  /** A client that has sent its last query still reads: everything is answered, then it ends. */
  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      ending = true;
      if (!stalled) {
        end(context);
      }
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    // A reset or the like ends the connection, and so does a fault of ours.
    if (!(cause instanceof IOException)) {
      loop.fault(tally.fault(), cause);
    }
    close();
  }

  /** Answers the whole queries among the pending octets, as long as the client reads. */
  private void serve(ChannelHandlerContext context) {
    if (unnamed && !takeName()) {
      return;
    }
    while (pending.readableBytes() >= LENGTH) {
      int length = pending.getUnsignedShort(pending.readerIndex());
      if (length > LONGEST) {
        tally.count(0, loop.responder);
        end(context);
        return;
      }
      if (pending.readableBytes() < LENGTH + length) {
        return;
      }
      if (!writable(context)) {
        stalled = true;
        stalledSince = System.nanoTime();
        channel.config().setAutoRead(false);
        return;
      }
      pending.skipBytes(LENGTH).readBytes(loop.in, 0, length);
      lastQuery = System.nanoTime();
      asked = true;
      loop.active(this);
      if (!answer(context, length)) {
        end(context);
        return;
      }
    }
    if (!pending.isReadable()) {
      pending.release();
      pending = Unpooled.EMPTY_BUFFER;
    }
  }

  /** Takes the PROXY header off; false while it has not come, or when nothing is to follow it. */
  private boolean takeName() {
    int length = Math.min(pending.readableBytes(), ProxyHeader.LONGEST);
    pending.getBytes(pending.readerIndex(), loop.in, 0, length);
    int header = loop.proxy.readStream(loop.in, length);
    if (header == ProxyHeader.MORE) {
      return false;
    }
    unnamed = false;
    if (header == ProxyHeader.MALFORMED) {
      tally.withoutProxyHeader();
      close();
      return false;
    }
    pending.skipBytes(header);
    address = loop.proxy.client(address);
    port = loop.proxy.port(port);
    admitted = server.admit(address);
    if (!admitted) {
      close(TrafficVisitor.Connection.REFUSED);
    }
    return admitted;
  }

  /**
   * Closes once the replies so far are sent: who sends what is no query will not send one next. A
   * client that does not read them has as long as an idle one.
   */
  private void end(ChannelHandlerContext context) {
    ending = true;
    var _ = context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
  }

  private boolean writable(ChannelHandlerContext context) {
    if (!channel.isWritable()) {
      context.flush();
    }
    return channel.isWritable();
  }

  /** Answers the query in the loop's buffer; false when it gets silence. */
  private boolean answer(ChannelHandlerContext context, int length) {
    try {
      address.fill(loop.client);
      loop.client.port = port;
      loop.client.server = local;
      loop.client.serverPort = localPort;
      loop.tap.begin();
      loop.client.idle = server.idleTold();
      loop.client.now = loop.clock.getAsLong();
      int answer =
          loop.responder.respond(loop.in, length, loop.client, loop.gallery.current(), loop.out);
      tally.count(answer, loop.responder);
      loop.tap.answered(loop.in, length, loop.client, loop.responder, loop.out, answer);
      if (answer == 0) {
        return false;
      }
      ByteBuf reply = context.alloc().buffer(LENGTH + answer);
      reply.writeShort(answer).writeBytes(loop.out, 0, answer);
      var _ = context.write(reply, context.voidPromise());
      return true;
    } catch (RuntimeException | Error e) {
      loop.fault(tally.fault(), e);
      return false;
    }
  }
}

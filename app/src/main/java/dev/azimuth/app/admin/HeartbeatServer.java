package dev.azimuth.app.admin;

import dev.azimuth.health.Heartbeats;
import dev.azimuth.net.BindFailure;
import dev.azimuth.net.Protocol;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where backends say of themselves how they are: {@code POST /heartbeat/POOL/BACKEND} with a token
 * of that backend's own, and {@code up}, {@code up 50%} or {@code down} as the body, of which the
 * first is meant where there is none. Whoever has no token learns nothing, not even which backends
 * there are, and nobody can keep others out alone: connections are bounded for each peer and in
 * all, and each request has a time by which it must be whole.
 */
public final class HeartbeatServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HeartbeatServer.class);

  /** A stranger must not be able to fill the log. */
  private static final long QUIET_MILLIS = 60_000;

  /** Connections in all, and of one peer. */
  static final int MOST = 1024;

  static final int MOST_OF_PEER = 32;

  private static final int BACKLOG = 256;
  private static final int LONGEST_LINE = 1024;
  private static final int LONGEST_HEAD = 8192;

  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(
          1, new DefaultThreadFactory("heartbeats", true), NioIoHandler.newFactory());
  private final ChannelGroup clients =
      new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, /* stayClosed= */ true);
  private final Crowd crowd = new Crowd(MOST, MOST_OF_PEER); // of the group's thread
  private final Heartbeats heartbeats;
  private final LongSupplier clock;
  private final HeartbeatTally tally;
  private final Channel listener;
  private volatile HeartbeatToken token;
  private long quietUntil = Long.MIN_VALUE; // of the group's thread

  private HeartbeatServer(
      InetSocketAddress listen,
      HeartbeatToken token,
      Heartbeats heartbeats,
      LongSupplier clock,
      HeartbeatTally tally)
      throws IOException {
    this.token = token;
    this.heartbeats = heartbeats;
    this.clock = clock;
    this.tally = tally;
    ChannelFuture bound =
        new ServerBootstrap()
            .group(group)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
            .childHandler(new Accepted())
            .bind(listen)
            .awaitUninterruptibly();
    listener = bound.channel();
    Throwable failure = bound.cause();
    if (failure != null) {
      var _ = group.shutdownGracefully(0, 0, TimeUnit.SECONDS);
      throw switch (failure) {
        case BindException e -> new BindFailure(Protocol.TCP, listen, e);
        case IOException e -> e;
        default -> new IOException(failure);
      };
    }
  }

  /**
   * Opens the listener and takes heartbeats from then on.
   *
   * @param listen port 0 for any free one
   * @param clock the steady clock, in milliseconds
   * @throws BindFailure when the address is in use or not of this machine
   */
  public static HeartbeatServer open(
      InetSocketAddress listen,
      HeartbeatToken token,
      Heartbeats heartbeats,
      LongSupplier clock,
      HeartbeatTally tally)
      throws IOException {
    return new HeartbeatServer(listen, token, heartbeats, clock, tally);
  }

  /** The address in effect. */
  public InetSocketAddress address() {
    return (InetSocketAddress) listener.localAddress();
  }

  /** Takes tokens of another secret from now on, and none of the one before. */
  public void trust(HeartbeatToken other) {
    token = other;
  }

  HeartbeatToken token() {
    return token;
  }

  Heartbeats heartbeats() {
    return heartbeats;
  }

  long now() {
    return clock.getAsLong();
  }

  /** Nobody can be believed, since there is nothing to compare tokens with. */
  void unreadable(IOException why) {
    long now = clock.getAsLong();
    if (now >= quietUntil) {
      quietUntil = now + QUIET_MILLIS;
      LOG.warn("heartbeats are refused, since the secret cannot be read: {}", why.getMessage());
    }
  }

  /** Closes all connections and ends the thread, waiting for it for at most a second. */
  @Override
  public void close() {
    listener.close().awaitUninterruptibly();
    clients.close().awaitUninterruptibly();
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(1, TimeUnit.SECONDS);
  }

  /** Lets in whom there is room for. */
  private final class Accepted extends ChannelInitializer<SocketChannel> {
    @Override
    protected void initChannel(SocketChannel channel) {
      InetSocketAddress peer = channel.remoteAddress();
      if (peer == null) {
        var _ = channel.close(); // it is gone again
        return;
      }
      InetAddress from = peer.getAddress();
      Crowd.Entry entry = crowd.enter(from);
      if (entry != Crowd.Entry.ADMITTED) {
        tally.refused(entry);
        channel.config().setOption(ChannelOption.SO_LINGER, 0);
        var _ = channel.close();
        return;
      }
      channel.closeFuture().addListener(_ -> crowd.left(from));
      clients.add(channel);
      channel
          .pipeline()
          .addLast(
              new HttpServerCodec(
                  new HttpDecoderConfig()
                      .setMaxInitialLineLength(LONGEST_LINE)
                      .setMaxHeaderSize(LONGEST_HEAD)),
              new HttpObjectAggregator(HeartbeatTalk.LONGEST),
              new HeartbeatTalk(HeartbeatServer.this));
    }
  }
}

package dev.azimuth.health;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.EventLoop;
import io.netty.channel.unix.UnixChannel;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.net.BindException;
import java.net.InetSocketAddress;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** A channel of Netty's: for TLS and frames, and for everything where there is no epoll. */
final class ChannelWire extends Wire {
  private final Channel channel;
  private final EventLoop loop;
  private final @Nullable SslHandler tls;
  private final End end = new End();
  private boolean framed;
  private boolean leaving;

  /**
   * @param channel the wire's own from now on
   * @param tls null for clear text
   */
  ChannelWire(User user, long opened, Channel channel, EventLoop loop, @Nullable SslHandler tls) {
    super(user, opened);
    this.channel = channel;
    this.loop = loop;
    this.tls = tls;
  }

  @Override
  void connect(InetSocketAddress to) {
    channel.config().setOption(ChannelOption.SO_LINGER, 0); // every end is a reset
    channel.config().setAllocator(PooledByteBufAllocator.DEFAULT);
    channel.config().setConnectTimeoutMillis(0); // the deadline of the probe covers it
    if (tls != null) {
      channel.pipeline().addLast(tls);
    }
    channel.pipeline().addLast(end);
    Throwable unregistered = loop.register(channel).cause();
    if (unregistered != null) {
      throw new IllegalStateException("the loop takes no channel", unregistered);
    }
    Future<?> attempt = channel.connect(to);
    boolean atOnce = attempt.isDone();
    attempt.addListener(done -> connected(done, atOnce));
  }

  private void connected(Future<?> done, boolean atOnce) {
    if (done.isSuccess()) {
      user().connected(this);
    } else if (atOnce && channel instanceof UnixChannel) {
      failedAtOnce(Details.first(done.cause()));
    } else {
      user().failed(this, done.cause(), Details.first(done.cause()) instanceof BindException);
    }
  }

  @Override
  void say(byte[] octets) {
    channel
        .writeAndFlush(Unpooled.wrappedBuffer(octets))
        .addListener(
            done -> {
              if (!done.isSuccess()) {
                user().failed(this, done.cause(), false);
              }
            });
  }

  /** The channel itself. */
  Channel channel() {
    return channel;
  }

  /** Whether handlers of frames are there. */
  boolean framed() {
    return framed;
  }

  /** From now on these make frames of what comes, and the user gets no octets any more. */
  void frame(ChannelHandler... handlers) {
    framed = true;
    // In front: a decoder may make nothing of many octets.
    channel.pipeline().addBefore(name(end), null, new Meter());
    for (ChannelHandler each : handlers) {
      channel.pipeline().addBefore(name(end), null, each);
    }
  }

  private String name(ChannelHandler handler) {
    return channel.pipeline().context(handler).name();
  }

  @Override
  boolean alive() {
    ChannelOutboundBuffer unsent = channel.unsafe().outboundBuffer();
    // An answer may come before all is asked.
    return channel.isActive() && !leaving && unsent != null && unsent.isEmpty();
  }

  @Override
  @Nullable SSLSession session() {
    return tls == null ? null : tls.engine().getSession();
  }

  @Override
  @Nullable String protocol() {
    String agreed = tls == null ? null : tls.engine().getApplicationProtocol();
    return agreed == null || agreed.isEmpty() ? null : agreed;
  }

  @Override
  void close() {
    close(channel);
  }

  /** Closes a channel at once. */
  static void close(Channel channel) {
    if (channel.isRegistered()) {
      // From below the TLS handler, which would wait until its goodbye is written.
      var _ = channel.pipeline().firstContext().close();
    } else {
      channel.unsafe().closeForcibly();
    }
  }

  /** Counts what comes, whatever the octets are. */
  private final class Meter extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      int octets = message instanceof ByteBuf some ? some.readableBytes() : 0;
      context.fireChannelRead(message);
      user().counted(ChannelWire.this, octets);
    }
  }

  /** The last in the pipeline: hears what comes, and how the connection fares. */
  private final class End extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      try {
        if (message instanceof ByteBuf octets && !framed) {
          user().heard(ChannelWire.this, octets);
        } else if (message instanceof Http2GoAwayFrame) {
          leaving = true;
          user().leaving(ChannelWire.this);
        }
      } finally {
        ReferenceCountUtil.release(message);
      }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      if (event instanceof SslHandshakeCompletionEvent shaken) {
        if (shaken.isSuccess()) {
          user().secured(ChannelWire.this);
        } else {
          user().failed(ChannelWire.this, shaken.cause(), false);
        }
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      user().ended(ChannelWire.this);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      user().failed(ChannelWire.this, cause, false);
    }
  }
}

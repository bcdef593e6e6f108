package dev.azimuth.bench;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLEngine;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;

/**
 * A backend over HTTP or HTTPS that fails when it is told to. Each connection serves one request.
 * It belongs to the thread of its loop, which any other may ask.
 */
final class Backend implements AutoCloseable {
  private static final byte[] GOOD = answer("200 OK");
  private static final byte[] BAD = answer("503 Service Unavailable");
  private static final int DRIP_MILLIS = 50;

  /** A client that is gone without a word, its reset lost, is noticed after so many seconds. */
  private static final int IDLE_SECONDS = 5;

  private final EventLoop loop;
  private final int backlog;
  private final @Nullable PeerKeys keys;
  private final ServerBootstrap bootstrap;
  private final InetSocketAddress address;
  private final AtomicInteger waiting = new AtomicInteger();

  // Of the loop.
  private final List<java.nio.channels.SocketChannel> fillers = new ArrayList<>();
  private Channel listener;
  private @Nullable Fault fault; // null while it is well

  /**
   * Listens.
   *
   * @param address where, at any port that is free
   * @param backlog connections that wait to be accepted: one more and the queue is full
   * @param keys for HTTPS; null for HTTP
   */
  Backend(EventLoop loop, InetAddress address, int backlog, @Nullable PeerKeys keys) {
    this.loop = loop;
    this.backlog = backlog;
    this.keys = keys;
    bootstrap =
        new ServerBootstrap()
            .group(loop)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, backlog)
            .childOption(ChannelOption.SO_KEEPALIVE, true)
            .childOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE), IDLE_SECONDS)
            .childHandler(new Accepted());
    listener = bootstrap.bind(address, 0).syncUninterruptibly().channel();
    this.address = (InetSocketAddress) listener.localAddress();
  }

  InetSocketAddress address() {
    return address;
  }

  /** How many clients that have said something wait for an answer that does not come. */
  int waiting() {
    return waiting.get();
  }

  /**
   * Fails from now on.
   *
   * @return since when, by {@link System#nanoTime}
   */
  long fail(Fault how) {
    return onLoop(
        () -> {
          long now = System.nanoTime();
          fault = how;
          switch (how) {
            case REFUSED -> {
              var _ = listener.close();
            }
            case DROPPED -> fill();
            case HUNG, SLOW, RESET, STATUS, EXPIRED, MISNAMED -> {}
          }
          return now;
        });
  }

  /**
   * Is well from now on.
   *
   * @return since when, by {@link System#nanoTime}
   */
  long heal() {
    Channel again =
        onLoop(listener::isOpen) ? null : bootstrap.bind(address).syncUninterruptibly().channel();
    return onLoop(
        () -> {
          listener = again == null ? listener : again;
          fault = null;
          empty();
          return System.nanoTime();
        });
  }

  private <T> T onLoop(Callable<T> act) {
    return Objects.requireNonNull(loop.submit(act).syncUninterruptibly().getNow());
  }

  /** Accepts no more, and lets so many wait that the system drops whoever else comes. */
  private void fill() throws IOException {
    listener.config().setAutoRead(false);
    for (int i = 0; i <= backlog; i++) {
      java.nio.channels.SocketChannel filler = java.nio.channels.SocketChannel.open();
      fillers.add(filler);
      filler.configureBlocking(false);
      filler.setOption(StandardSocketOptions.SO_LINGER, 0);
      filler.connect(address);
    }
  }

  private void empty() throws IOException {
    if (!fillers.isEmpty()) {
      for (java.nio.channels.SocketChannel filler : fillers) {
        filler.close();
      }
      fillers.clear();
      listener.config().setAutoRead(true);
    }
  }

  @Override
  public void close() {
    onLoop(
        () -> {
          empty();
          return listener.close();
        });
  }

  private static byte[] answer(String status) {
    return ("HTTP/1.1 " + status + "\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
        .getBytes(StandardCharsets.US_ASCII);
  }

  private final class Accepted extends ChannelInitializer<SocketChannel> {
    @Override
    protected void initChannel(SocketChannel channel) {
      if (keys != null) {
        PeerKeys.@Nullable Certificate bad = fault == null ? null : fault.certificate();
        SSLEngine engine =
            keys.context(bad == null ? PeerKeys.Certificate.GOOD : bad).createSSLEngine();
        engine.setUseClientMode(false);
        channel.pipeline().addLast(new SslHandler(engine));
      }
      channel.pipeline().addLast(new Answers());
    }
  }

  private final class Answers extends ChannelInboundHandlerAdapter {
    private boolean waits;

    /** A request is so short that it comes in one piece. */
    @Override
    public void channelRead(ChannelHandlerContext context, Object request) {
      ReferenceCountUtil.release(request);
      Channel channel = context.channel();
      switch (fault) {
        case null -> say(channel, GOOD);
        case EXPIRED, MISNAMED -> say(channel, GOOD); // the handshake was before
        case STATUS -> say(channel, BAD);
        case DROPPED -> {}
        case HUNG -> waits();
        case SLOW -> drip(channel, 0);
        case REFUSED -> {
          var _ = channel.close();
        }
        case RESET -> {
          channel.config().setOption(ChannelOption.SO_LINGER, 0);
          var _ = channel.close();
        }
      }
    }

    private void waits() {
      if (!waits) {
        waits = true;
        waiting.incrementAndGet();
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      if (waits) {
        waiting.decrementAndGet();
      }
    }

    private void say(Channel channel, byte[] answer) {
      channel
          .writeAndFlush(Unpooled.wrappedBuffer(answer))
          .addListener(ChannelFutureListener.CLOSE);
    }

    private void drip(Channel channel, int at) {
      if (channel.isActive() && at < GOOD.length) {
        ByteBuf octet = Unpooled.wrappedBuffer(GOOD, at, 1);
        var _ = channel.writeAndFlush(octet);
        var _ = loop.schedule(() -> drip(channel, at + 1), DRIP_MILLIS, TimeUnit.MILLISECONDS);
      }
    }

    /** Probes end by a reset. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      var _ = context.close();
    }
  }
}

package dev.azimuth.health;

import dev.azimuth.health.ProbeResult.Code;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.channels.DatagramChannel;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.function.Predicate;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * One run of a check: connects, speaks, and ends exactly once, unless it is aborted. Has no clock;
 * whoever starts it calls {@link #timeout}. Confined to the loop thread.
 */
final class Probe {
  /** What is being waited for, which decides what a failure is called. */
  private enum Phase {
    CONNECT,
    TLS,
    ANSWER
  }

  /** Told of the end. */
  interface Owner {
    void ended(Probe probe, Code code, String detail);
  }

  final Schedule.Slot slot;
  private final Owner owner;
  private final Predicate<InetSocketAddress> hasSource;
  private Phase phase = Phase.CONNECT;
  private boolean over;
  private @Nullable Channel channel;
  private @Nullable HttpAnswer answer;

  Probe(Schedule.Slot slot, Owner owner) {
    this(slot, owner, Probe::hasSource);
  }

  /**
   * @param hasSource whether the machine has an address to send from to another one; asked only
   *     when a connection could not be given one
   */
  Probe(Schedule.Slot slot, Owner owner, Predicate<InetSocketAddress> hasSource) {
    this.slot = slot;
    this.owner = owner;
    this.hasSource = hasSource;
  }

  /**
   * Opens the socket and connects.
   *
   * @param sockets opens one, and throws when no descriptor is left
   * @param tls asked for TLS checks only
   */
  void start(
      EventLoop loop,
      ChannelFactory<? extends Channel> sockets,
      Supplier<Tls> tls,
      String userAgent) {
    try {
      Channel opened = sockets.newChannel();
      channel = opened;
      // Every end is a reset: TIME_WAIT would use up the local ports.
      opened.config().setOption(ChannelOption.SO_LINGER, 0);
      opened.config().setAllocator(PooledByteBufAllocator.DEFAULT);
      opened.config().setConnectTimeoutMillis(0); // the deadline of the probe covers it
      prepare(opened, tls, userAgent);
      ChannelFuture registered = loop.register(opened);
      if (registered.cause() != null) {
        end(Code.INCONCLUSIVE, Details.of(registered.cause()));
        return;
      }
      opened.connect(remote()).addListener(connected -> connected(connected, opened, userAgent));
    } catch (RuntimeException e) {
      // Most likely no descriptor is left. Nothing has been sent yet: it is not the target's fault.
      end(Code.INCONCLUSIVE, Details.of(e));
    }
  }

  private InetSocketAddress remote() {
    return new InetSocketAddress(slot.target.address(), slot.target.port());
  }

  private void prepare(Channel opened, Supplier<Tls> tls, String userAgent) {
    if (slot.target.check() instanceof Check.Http http) {
      if (http.tls()) {
        SslHandler handler = tls.get().handler(http, slot.target.port());
        handler.handshakeFuture().addListener(shaken -> shaken(shaken, opened, http, userAgent));
        opened.pipeline().addLast(handler);
      }
      answer = new HttpAnswer(http, this);
      answer.addTo(opened.pipeline());
    }
    opened.pipeline().addLast(new Failures());
  }

  private void connected(Future<?> connected, Channel opened, String userAgent) {
    if (!connected.isSuccess()) {
      failed(connected.cause());
      return;
    }
    switch (slot.target.check()) {
      case Check.Tcp _ -> end(Code.L4OK, "");
      case Check.Http http when http.tls() -> phase = Phase.TLS; // the handler shakes hands itself
      case Check.Http http -> ask(opened, http, userAgent);
    }
  }

  private void shaken(Future<?> shaken, Channel opened, Check.Http check, String userAgent) {
    if (shaken.isSuccess()) {
      ask(opened, check, userAgent);
    } else {
      failed(shaken.cause());
    }
  }

  private void ask(Channel opened, Check.Http check, String userAgent) {
    if (over) {
      return;
    }
    phase = Phase.ANSWER;
    DefaultFullHttpRequest request =
        new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, check.path());
    request
        .headers()
        .set(HttpHeaderNames.HOST, host(check))
        .set(HttpHeaderNames.USER_AGENT, userAgent)
        .set(HttpHeaderNames.ACCEPT, "*/*")
        .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    opened
        .writeAndFlush(request)
        .addListener(
            written -> {
              if (!written.isSuccess()) {
                failed(written.cause());
              }
            });
  }

  /** The name as configured; without one the address, with the port where it is not the usual. */
  private String host(Check.Http check) {
    if (check.host() != null) {
      return check.host();
    }
    Target target = slot.target;
    return target.port() == (check.tls() ? 443 : 80)
        ? bracketed(NetUtil.toAddressString(target.address()))
        : NetUtil.toSocketAddressString(target.address().getHostAddress(), target.port());
  }

  private static String bracketed(String address) {
    return address.indexOf(':') < 0 ? address : "[" + address + "]";
  }

  /** The time is over. */
  void timeout() {
    Code code =
        switch (phase) {
          case CONNECT -> Code.L4TOUT;
          case TLS -> Code.L6TOUT;
          case ANSWER -> Code.L7TOUT;
        };
    brokenOff(code, "");
  }

  private void failed(Throwable cause) {
    Throwable first = Details.first(cause);
    if (first instanceof BindException && !hasSource.test(remote())) {
      end(Code.L4CON, "no local address of this family"); // waiting does not mend it
      return;
    }
    if (first instanceof BindException || first instanceof OutOfMemoryError) {
      end(Code.INCONCLUSIVE, Details.of(cause)); // no local port or no buffer left
      return;
    }
    Code code =
        switch (phase) {
          case CONNECT -> Code.L4CON;
          case TLS -> Code.L6RSP;
          case ANSWER -> tlsBroke(cause) ? Code.L6RSP : Code.L7RSP;
        };
    brokenOff(code, Details.of(cause));
  }

  /**
   * Whether the machine has an address to send from to this one. Connecting a datagram socket sends
   * nothing and needs none of TCP's local ports, so it fails for the lack of an address only.
   */
  static boolean hasSource(InetSocketAddress remote) {
    try (DatagramChannel channel = DatagramChannel.open()) {
      return connects(channel, remote);
    } catch (IOException e) {
      return true; // no descriptor is left, which says nothing of addresses
    }
  }

  private static boolean connects(DatagramChannel channel, InetSocketAddress remote) {
    try {
      channel.connect(remote);
      return true;
    } catch (IOException | UnsupportedAddressTypeException e) {
      return false;
    }
  }

  private static boolean tlsBroke(Throwable cause) {
    return cause instanceof SSLException || cause.getCause() instanceof SSLException;
  }

  /** An unexpected status that has come stands, also when the rest of its answer does not. */
  private void brokenOff(Code code, String detail) {
    if (answer != null && answer.unexpected()) {
      end(Code.L7STS, answer.detail());
    } else {
      end(code, detail);
    }
  }

  void end(Code code, String detail) {
    if (!over) {
      abort();
      owner.ended(this, code, detail);
    }
  }

  /** Ends without a result. */
  void abort() {
    over = true;
    if (channel != null) {
      closeNow(channel);
    }
  }

  private static void closeNow(Channel channel) {
    if (channel.isRegistered()) {
      // From below the TLS handler, which would wait until its goodbye is written.
      var _ = channel.pipeline().firstContext().close();
    } else {
      channel.unsafe().closeForcibly();
    }
  }

  /** The last in the pipeline. */
  private final class Failures extends ChannelInboundHandlerAdapter {
    @Override
    public void channelInactive(ChannelHandlerContext context) {
      brokenOff(phase == Phase.TLS ? Code.L6RSP : Code.L7RSP, "closed before a whole answer");
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      failed(cause);
    }
  }
}

package dev.azimuth.health;

import dev.azimuth.health.ProbeResult.Code;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.concurrent.Future;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * A probe over one TCP connection: connects, shakes hands where TLS is asked for, and lets a {@link
 * Talk} speak. Every end closes the connection by a reset, but for those that are kept.
 */
final class StreamProbe extends Probe {
  /** The last handler of the pipeline. */
  static final String END = "end";

  private static final String METER = "meter";

  /** What is being waited for, which decides what a failure is called. */
  private enum Phase {
    CONNECT,
    TLS,
    ANSWER
  }

  final Target target;
  final Means means;
  private final Talk talk;
  private Phase phase = Phase.CONNECT;
  private @Nullable Channel channel;
  private boolean reused;
  private boolean whole;
  private @Nullable String warning;
  private int seen; // octets of the answer on the present connection, below all codecs

  StreamProbe(Target target, Means means, Consumer<Finding> owner, Talk talk) {
    super(owner);
    this.target = target;
    this.means = means;
    this.talk = talk;
  }

  @Override
  void begin() {
    Channel kept = means.kept().take(target);
    if (kept == null) {
      connect();
      return;
    }
    reused = true;
    channel = kept;
    kept.pipeline().addLast(END, new End());
    if (certificateHolds(kept)) {
      speak(kept);
    }
  }

  private void connect() {
    phase = Phase.CONNECT;
    Channel opened = open();
    channel = opened;
    // Every end is a reset: TIME_WAIT would use up the local ports.
    opened.config().setOption(ChannelOption.SO_LINGER, 0);
    opened.config().setAllocator(PooledByteBufAllocator.DEFAULT);
    opened.config().setConnectTimeoutMillis(0); // the deadline of the probe covers it
    Secure secure = target.check().secure();
    if (secure != null) {
      SslHandler handler = means.tls().get().handler(secure, target.port(), talk.protocol());
      opened.pipeline().addLast(handler);
    }
    opened.pipeline().addLast(END, new End());
    ChannelFuture registered = means.loop().register(opened);
    if (registered.cause() != null) {
      end(Finding.inconclusive(registered.cause()));
      return;
    }
    opened.connect(remote()).addListener(done -> connected(done, opened, secure != null));
  }

  private Channel open() {
    try {
      return means.sockets().newChannel();
    } catch (ChannelException e) {
      means.kept().makeRoom(); // connections that wait are what is easiest missed
      throw e;
    }
  }

  private InetSocketAddress remote() {
    return new InetSocketAddress(target.address(), target.port());
  }

  private void connected(Future<?> done, Channel opened, boolean tls) {
    if (!done.isSuccess()) {
      failed(opened, done.cause());
    } else if (tls) {
      phase = Phase.TLS; // the handler shakes hands itself
    } else {
      speak(opened);
    }
  }

  private void shaken(Channel opened) {
    String wanted = talk.protocol();
    if (wanted != null && !wanted.equals(ssl(opened).engine().getApplicationProtocol())) {
      end(Finding.of(Code.L6RSP, "the server does not speak " + wanted));
    } else if (certificateHolds(opened)) {
      speak(opened);
    }
  }

  private static SslHandler ssl(Channel opened) {
    return Objects.requireNonNull(opened.pipeline().get(SslHandler.class));
  }

  /** Looks at how long the certificate is valid; a kept connection was made a while ago. */
  private boolean certificateHolds(Channel opened) {
    Secure secure = target.check().secure();
    if (secure == null) {
      return true;
    }
    Certificates.Standing standing =
        means.certificates().look(target, secure, ssl(opened).engine().getSession());
    if (standing.ended() != null) {
      end(Finding.of(Code.L6RSP, standing.ended()));
      return false;
    }
    warning = standing.warning();
    return true;
  }

  private void speak(Channel opened) {
    if (!over()) {
      phase = Phase.ANSWER;
      meter(opened.pipeline());
      talk.begin(this, opened.pipeline());
    }
  }

  /** In front of whatever a kept connection has: a decoder may make nothing of many octets. */
  private void meter(ChannelPipeline pipeline) {
    seen = 0;
    ChannelHandlerContext tls = pipeline.context(SslHandler.class);
    if (tls == null) {
      pipeline.addFirst(METER, new Meter());
    } else {
      pipeline.addAfter(tls.name(), METER, new Meter());
    }
  }

  /** Takes the finding of a whole answer. */
  void decided(Finding finding) {
    whole = true;
    end(warning != null && finding.code().good() ? finding.and(warning) : finding);
  }

  /** Says something on the connection, or on a stream of it. */
  void say(Channel to, Object message) {
    to.writeAndFlush(message)
        .addListener(
            done -> {
              if (!done.isSuccess()) {
                failed(to, done.cause());
              }
            });
  }

  @Override
  Finding late() {
    Finding standing = talk.standing();
    if (standing != null) {
      return standing;
    }
    if (reused && seen == 0) {
      // Something on the way may have forgotten it; the next probe, soon, uses a new one.
      return Finding.of(Code.INCONCLUSIVE, "no answer on a kept connection");
    }
    Code code =
        switch (phase) {
          case CONNECT -> Code.L4TOUT;
          case TLS -> Code.L6TOUT;
          case ANSWER -> Code.L7TOUT;
        };
    return Finding.of(code, "");
  }

  /** Something went wrong underneath the conversation on a connection, or a stream of it. */
  void failed(Channel on, Throwable cause) {
    if (current(on)) {
      failed(cause);
    }
  }

  /** The other side has closed a connection, or a stream of it. */
  void closed(Channel which) {
    if (current(which)) {
      brokenOff(
          phase == Phase.TLS
              ? Finding.of(Code.L6RSP, "closed before a whole answer")
              : talk.closed());
    }
  }

  /** Whether the probe is still about this one. */
  private boolean current(Channel one) {
    return !over() && (one.equals(channel) || Objects.equals(one.parent(), channel));
  }

  private void failed(Throwable cause) {
    Throwable first = Details.first(cause);
    if (first instanceof BindException && !means.hasSource().test(remote())) {
      // Waiting does not mend it.
      end(Finding.of(Code.L4CON, "no local address of this family"));
      return;
    }
    if (first instanceof BindException || first instanceof OutOfMemoryError) {
      end(Finding.inconclusive(cause)); // no local port or no buffer left
      return;
    }
    Code code =
        switch (phase) {
          case CONNECT -> Code.L4CON;
          case TLS -> Code.L6RSP;
          case ANSWER -> tlsBroke(cause) ? Code.L6RSP : Code.L7RSP;
        };
    brokenOff(Finding.of(code, Details.of(cause)));
  }

  private static boolean tlsBroke(Throwable cause) {
    return cause instanceof SSLException || cause.getCause() instanceof SSLException;
  }

  /**
   * The connection is no more. A kept one may have ended while nobody looked, which says nothing of
   * the target: a new one, once, does.
   */
  private void brokenOff(Finding finding) {
    Finding standing = talk.standing();
    if (reused && standing == null && !over()) {
      reused = false;
      closeNow(Objects.requireNonNull(channel));
      try {
        connect();
      } catch (RuntimeException e) {
        end(Finding.inconclusive(e));
      }
      return;
    }
    end(standing != null ? standing : finding);
  }

  @Override
  void release() {
    Channel open = channel;
    if (open == null) {
      return;
    }
    if (whole && talk.keeps() && open.isActive()) {
      open.pipeline().remove(METER);
      talk.rest(open.pipeline());
      open.pipeline().remove(END);
      means.kept().keep(target, open);
    } else {
      closeNow(open);
    }
  }

  static void closeNow(Channel channel) {
    if (channel.isRegistered()) {
      // From below the TLS handler, which would wait until its goodbye is written.
      var _ = channel.pipeline().firstContext().close();
    } else {
      channel.unsafe().closeForcibly();
    }
  }

  /** Ends the probe when enough has been read, whatever the octets were. */
  private final class Meter extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      seen += message instanceof ByteBuf octets ? octets.readableBytes() : 0;
      context.fireChannelRead(message);
      if (seen >= Talk.LONGEST) {
        end(talk.flooded());
      }
    }
  }

  /** The last in the pipeline: hears how the connection fares. */
  private final class End extends ChannelInboundHandlerAdapter {
    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      if (event instanceof SslHandshakeCompletionEvent shaken && current(context.channel())) {
        if (shaken.isSuccess()) {
          shaken(context.channel());
        } else {
          failed(shaken.cause());
        }
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      closed(context.channel());
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      failed(context.channel(), cause);
    }
  }
}

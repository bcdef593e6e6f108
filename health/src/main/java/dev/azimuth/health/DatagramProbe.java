package dev.azimuth.health;

import dev.azimuth.health.ProbeResult.Code;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ScheduledFuture;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A probe by datagrams: sends the same one up to three times while no answer comes, since one alone
 * is easily lost. The socket is connected: the system passes on neither what others send nor hides
 * that the port is unreachable.
 */
final class DatagramProbe extends Probe {
  /** In one probe, spread over its timeout. */
  static final int MOST_DATAGRAMS = 3;

  /** Answers that are none to the question are passed over so often. */
  private static final int MOST_STRANGE = 100;

  private final Target target;
  private final Means means;
  private final Exchange exchange;
  private @Nullable Channel channel;
  private @Nullable ScheduledFuture<?> again;
  private int sent;
  private int strange;

  DatagramProbe(Target target, Means means, Consumer<Finding> owner, Exchange exchange) {
    super(owner);
    this.target = target;
    this.means = means;
    this.exchange = exchange;
  }

  @Override
  void begin() {
    Channel opened = means.datagrams().apply(target.address());
    channel = opened;
    opened.config().setAllocator(PooledByteBufAllocator.DEFAULT);
    opened.pipeline().addLast(new Reader());
    EventLoop loop = means.loop();
    ChannelFuture registered = loop.register(opened);
    if (registered.cause() != null) {
      end(Finding.inconclusive(registered.cause()));
      return;
    }
    opened.connect(remote()).addListener(done -> connected(done, opened));
  }

  private InetSocketAddress remote() {
    return new InetSocketAddress(target.address(), target.port());
  }

  private void connected(Future<?> done, Channel opened) {
    if (!done.isSuccess()) {
      failed(done.cause(), Transport.lacksAddress(opened, done.cause()));
    } else {
      send(opened);
    }
  }

  private void send(Channel opened) {
    if (over()) {
      return;
    }
    opened
        .writeAndFlush(Unpooled.wrappedBuffer(exchange.question()))
        .addListener(
            done -> {
              if (!done.isSuccess()) {
                failed(done.cause(), false);
              }
            });
    if (++sent < MOST_DATAGRAMS) {
      long pause = target.check().timing().timeout().toNanos() / MOST_DATAGRAMS;
      again = means.loop().schedule(() -> send(opened), pause, TimeUnit.NANOSECONDS);
    }
  }

  /**
   * @param ours whether it failed for want of an address or port of this machine
   */
  private void failed(Throwable cause, boolean ours) {
    if (Details.first(cause) instanceof OutOfMemoryError
        || (ours && means.hasSource().test(remote()))) {
      end(Finding.inconclusive(cause));
    } else {
      end(Finding.of(Code.L4CON, Details.of(cause)));
    }
  }

  @Override
  Finding late() {
    return Finding.of(Code.L7TOUT, strange == 0 ? "" : "only answers to other questions");
  }

  @Override
  void release() {
    if (again != null) {
      again.cancel(false);
    }
    if (channel != null) {
      ChannelWire.close(channel);
    }
  }

  private final class Reader extends SimpleChannelInboundHandler<DatagramPacket> {
    @Override
    protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
      if (over()) {
        return;
      }
      ByteBuf content = packet.content();
      byte[] octets = ByteBufUtil.getBytes(content);
      Finding finding = exchange.judge(octets, octets.length, true);
      if (finding != null) {
        end(finding);
      } else if (++strange == MOST_STRANGE) {
        end(Finding.of(Code.L7RSP, "answers to other questions"));
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      if (!over()) {
        failed(cause, false);
      }
    }
  }
}

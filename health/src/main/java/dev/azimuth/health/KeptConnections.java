package dev.azimuth.health;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.Http2Frame;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.util.AttributeKey;
import io.netty.util.ReferenceCountUtil;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Connections that wait for the next probe of their targets, one a target. One that the other side
 * ends or speaks on is closed. Confined to the loop thread.
 */
final class KeptConnections {
  /** A connection is made anew after so long, in milliseconds, so that a new server is met. */
  static final long OLDEST = 600_000;

  private static final String WAIT = "wait";
  private static final AttributeKey<Long> OPENED =
      AttributeKey.valueOf(KeptConnections.class, "opened");

  private int most;
  private final LongSupplier clock;
  private final Map<Target, Waiting> waiting = new HashMap<>();

  /**
   * @param until when it has waited for longer than until the next probe
   */
  private record Waiting(Channel channel, long until) {}

  /**
   * @param most at a time; more are closed, and fewer are kept where descriptors run out
   * @param clock the steady clock, in milliseconds
   */
  KeptConnections(int most, LongSupplier clock) {
    this.most = most;
    this.clock = clock;
  }

  /** Takes a connection over whose probe has ended well. */
  void keep(Target target, Channel channel) {
    long now = clock.getAsLong();
    Long opened = channel.attr(OPENED).setIfAbsent(now);
    if (waiting.size() >= most || (opened != null && now - opened >= OLDEST)) {
      StreamProbe.closeNow(channel);
      return;
    }
    channel.pipeline().addLast(WAIT, new Wait(target));
    Waiting before =
        waiting.put(
            target, new Waiting(channel, now + 2 * target.check().timing().every().toMillis()));
    if (before != null) {
      StreamProbe.closeNow(before.channel);
    }
  }

  /** Gives away the connection to a target; null when there is none that is of use. */
  @Nullable Channel take(Target target) {
    Waiting kept = waiting.remove(target);
    if (kept == null) {
      return null;
    }
    kept.channel.pipeline().remove(WAIT);
    if (kept.channel.isActive() && clock.getAsLong() <= kept.until) {
      return kept.channel;
    }
    StreamProbe.closeNow(kept.channel);
    return null;
  }

  /** Closes those to other targets. */
  void retain(Set<Target> targets) {
    for (Target target : List.copyOf(waiting.keySet())) {
      if (!targets.contains(target)) {
        close(target);
      }
    }
  }

  /** Closes an eighth and never keeps as many again: descriptors have run out. */
  void makeRoom() {
    int fewer = waiting.size() - (waiting.size() + 7) / 8;
    most = waiting.isEmpty() ? most : fewer;
    waiting.keySet().stream().limit(waiting.size() - fewer).toList().forEach(this::close);
  }

  private void close(Target target) {
    Channel kept = take(target);
    if (kept != null) {
      StreamProbe.closeNow(kept);
    }
  }

  int size() {
    return waiting.size();
  }

  /** Nothing but HTTP/2's own frames may come while nobody asks. */
  private final class Wait extends ChannelInboundHandlerAdapter {
    private final Target target;

    Wait(Target target) {
      this.target = target;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      boolean own = message instanceof Http2Frame && !(message instanceof Http2GoAwayFrame);
      ReferenceCountUtil.release(message);
      if (!own) {
        drop(context.channel());
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      drop(context.channel());
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      drop(context.channel());
    }

    private void drop(Channel channel) {
      Waiting kept = waiting.get(target);
      if (kept != null && kept.channel.equals(channel)) {
        waiting.remove(target);
      }
      StreamProbe.closeNow(channel);
    }
  }
}

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

  /** However scarce descriptors are, so many connections may wait. */
  private static final int FEWEST = 64;

  /** The limit falls at most so often, in milliseconds: one shortage is met by many probes. */
  private static final long FALLS_EVERY = 1_000;

  /** It rises by an eighth after so long without a shortage, and again after as long. */
  private static final long RISES_EVERY = 60_000;

  private final int limit;
  private final LongSupplier clock;
  private int most;
  private long changed;
  private boolean scarce; // whether the limit has ever fallen
  private final Map<Target, Waiting> waiting = new HashMap<>();

  /**
   * @param until when it has waited for longer than until the next probe
   */
  private record Waiting(Channel channel, long until) {}

  /**
   * @param limit at a time; more are closed, and fewer are kept for a while where descriptors run
   *     out
   * @param clock the steady clock, in milliseconds
   */
  KeptConnections(int limit, LongSupplier clock) {
    this.limit = limit;
    this.most = limit;
    this.clock = clock;
  }

  /** Takes a connection over whose probe has ended well. */
  void keep(Target target, Channel channel) {
    long now = clock.getAsLong();
    rise(now);
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

  /** Descriptors have run out: closes an eighth, and for a while keeps no more than the rest. */
  void makeRoom() {
    long now = clock.getAsLong();
    if (waiting.isEmpty() || (scarce && now - changed < FALLS_EVERY)) {
      return;
    }
    int fewer = waiting.size() - (waiting.size() + 7) / 8;
    waiting.keySet().stream().limit(waiting.size() - fewer).toList().forEach(this::close);
    most = Math.min(limit, Math.max(FEWEST, fewer));
    changed = now;
    scarce = true;
  }

  private void rise(long now) {
    if (most < limit && now - changed >= RISES_EVERY) {
      most = Math.min(limit, most + most / 8);
      changed = now;
    }
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

package dev.azimuth.health;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.handler.codec.http2.Http2StreamFrameToHttpObjectCodec;
import io.netty.util.concurrent.Future;

/** A connection of HTTP/2 (RFC 9113), on which each request has a stream of its own. */
final class Http2 {
  /** What TLS calls it (RFC 9113, section 3.2). */
  static final String PROTOCOL = "h2";

  private Http2() {}

  /**
   * Opens a stream and asks.
   *
   * @param wire a {@link ChannelWire}, as {@link Talk#framed} asks for
   * @param answer gets the answer as HTTP objects
   */
  static void ask(StreamProbe probe, Wire wire, FullHttpRequest request, ChannelHandler answer) {
    ChannelWire on = (ChannelWire) wire;
    if (!on.framed()) {
      Http2Settings settings =
          Http2Settings.defaultSettings()
              .pushEnabled(false)
              .maxHeaderListSize(HttpAnswer.LONGEST_HEAD);
      on.frame(
          Http2FrameCodecBuilder.forClient().initialSettings(settings).build(),
          new Http2MultiplexHandler(new Refused()));
    }
    new Http2StreamChannelBootstrap(on.channel())
        .handler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel stream) {
                stream
                    .pipeline()
                    .addLast(
                        new Http2StreamFrameToHttpObjectCodec(false), answer, new End(probe, on));
              }
            })
        .open()
        .addListener((Future<Http2StreamChannel> opened) -> opened(probe, on, request, opened));
  }

  private static void opened(
      StreamProbe probe,
      ChannelWire wire,
      FullHttpRequest request,
      Future<Http2StreamChannel> opened) {
    if (!opened.isSuccess()) {
      request.release();
      probe.failed(wire, opened.cause(), false);
    } else {
      opened
          .getNow()
          .writeAndFlush(request)
          .addListener(
              done -> {
                if (!done.isSuccess()) {
                  probe.failed(wire, done.cause(), false);
                }
              });
    }
  }

  /** A client that allows no push never gets a stream (RFC 9113, section 8.4). */
  private static final class Refused extends ChannelInitializer<Channel> {
    @Override
    protected void initChannel(Channel stream) {
      var _ = stream.close();
    }
  }

  /** The last of a stream. */
  private static final class End extends ChannelInboundHandlerAdapter {
    private final StreamProbe probe;
    private final Wire wire;

    End(StreamProbe probe, Wire wire) {
      this.probe = probe;
      this.wire = wire;
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      probe.ended(wire);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      probe.failed(wire, cause, false);
    }
  }
}

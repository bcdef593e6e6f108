package dev.azimuth.health;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http2.Http2FrameCodec;
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
   * @param answer gets the answer as HTTP objects, like that of HTTP/1.1
   */
  static void ask(
      StreamProbe probe, ChannelPipeline pipeline, FullHttpRequest request, ChannelHandler answer) {
    if (pipeline.get(Http2FrameCodec.class) == null) {
      Http2Settings settings =
          Http2Settings.defaultSettings()
              .pushEnabled(false)
              .maxHeaderListSize(HttpAnswer.LONGEST_HEAD);
      pipeline.addBefore(
          StreamProbe.END,
          null,
          Http2FrameCodecBuilder.forClient().initialSettings(settings).build());
      pipeline.addBefore(StreamProbe.END, null, new Http2MultiplexHandler(new Refused()));
    }
    new Http2StreamChannelBootstrap(pipeline.channel())
        .handler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel stream) {
                stream
                    .pipeline()
                    .addLast(new Http2StreamFrameToHttpObjectCodec(false), answer, new End(probe));
              }
            })
        .open()
        .addListener(
            (Future<Http2StreamChannel> opened) ->
                opened(probe, pipeline.channel(), request, opened));
  }

  private static void opened(
      StreamProbe probe,
      Channel connection,
      FullHttpRequest request,
      Future<Http2StreamChannel> opened) {
    if (!opened.isSuccess()) {
      request.release();
      probe.failed(connection, opened.cause());
    } else {
      probe.say(opened.getNow(), request);
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

    End(StreamProbe probe) {
      this.probe = probe;
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      probe.closed(context.channel());
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      probe.failed(context.channel(), cause);
    }
  }
}

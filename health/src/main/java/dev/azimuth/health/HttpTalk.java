package dev.azimuth.health;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.NetUtil;
import org.jspecify.annotations.Nullable;

/** One request over HTTP/1.1 or HTTP/2, and its answer. */
final class HttpTalk extends Talk {
  private final Target target;
  private final Check.Http check;
  private @Nullable HttpAnswer answer;

  HttpTalk(Target target, Check.Http check) {
    this.target = target;
    this.check = check;
  }

  @Override
  void begin(StreamProbe probe, ChannelPipeline pipeline) {
    HttpAnswer reader = new HttpAnswer(check, probe);
    answer = reader;
    FullHttpRequest request = request(probe.means.userAgent());
    if (check.http2()) {
      Http2.ask(probe, pipeline, request, reader);
      return;
    }
    if (pipeline.get(HttpClientCodec.class) == null) {
      HttpDecoderConfig limits =
          new HttpDecoderConfig()
              .setMaxInitialLineLength(HttpAnswer.LONGEST_LINE)
              .setMaxHeaderSize(HttpAnswer.LONGEST_HEAD);
      pipeline.addBefore(StreamProbe.END, null, new HttpClientCodec(limits, false, false));
    }
    pipeline.addBefore(StreamProbe.END, null, reader);
    probe.say(pipeline.channel(), request);
  }

  private FullHttpRequest request(String userAgent) {
    Check.Request asked = check.request();
    ByteBuf body =
        asked.body().isEmpty()
            ? Unpooled.EMPTY_BUFFER
            : Unpooled.wrappedBuffer(asked.body().bytes());
    FullHttpRequest request =
        new DefaultFullHttpRequest(
            HttpVersion.HTTP_1_1, HttpMethod.valueOf(asked.method()), asked.path(), body);
    HttpHeaders headers =
        request
            .headers()
            .set(HttpHeaderNames.HOST, host(target, asked.host(), check.usualPort().orElseThrow()))
            .set(HttpHeaderNames.USER_AGENT, userAgent)
            .set(HttpHeaderNames.ACCEPT, "*/*");
    if (!check.keep() && !check.http2()) {
      headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    }
    if (body.isReadable()) {
      headers.set(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes());
    }
    for (Check.Header more : asked.headers()) {
      headers.set(more.name(), more.value());
    }
    return request;
  }

  /** The name as configured; without one the address, with the port where it is not the usual. */
  static String host(Target target, @Nullable String host, int usualPort) {
    if (host != null) {
      return host;
    }
    return target.port() == usualPort
        ? bracketed(NetUtil.toAddressString(target.address()))
        : NetUtil.toSocketAddressString(target.address().getHostAddress(), target.port());
  }

  private static String bracketed(String address) {
    return address.indexOf(':') < 0 ? address : "[" + address + "]";
  }

  @Override
  @Nullable Finding standing() {
    return answer == null ? null : answer.unexpected();
  }

  @Override
  Finding flooded() {
    return answer == null ? super.flooded() : answer.enough();
  }

  @Override
  boolean keeps() {
    return check.keep() && answer != null && answer.reusable();
  }

  @Override
  @Nullable String protocol() {
    return check.http2() ? Http2.PROTOCOL : null;
  }

  @Override
  void rest(ChannelPipeline pipeline) {
    if (!check.http2() && answer != null) {
      pipeline.remove(answer);
    }
  }
}

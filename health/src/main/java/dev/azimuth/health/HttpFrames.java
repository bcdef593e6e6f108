package dev.azimuth.health;

import dev.azimuth.health.ProbeResult.Code;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;

/** Reads an answer of HTTP/2 out of the frames of a stream. */
final class HttpFrames extends SimpleChannelInboundHandler<HttpObject> {
  private final HttpAnswer answer;
  private final StreamProbe probe;

  HttpFrames(HttpAnswer answer, StreamProbe probe) {
    this.answer = answer;
    this.probe = probe;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, HttpObject part) {
    if (probe.over()) {
      return;
    }
    if (part.decoderResult().isFailure()) {
      probe.decided(Finding.of(Code.L7RSP, "not an HTTP answer"));
      return;
    }
    if (part instanceof HttpResponse head && !HttpAnswer.interim(head.status().code())) {
      String wanted = answer.wanted();
      answer.head(head.status().code(), true, wanted == null ? null : head.headers().get(wanted));
    }
    if (part instanceof HttpContent some && answer.begun()) {
      Finding finding = answer.more(some.content(), some.content().readableBytes());
      if (finding == null && part instanceof LastHttpContent) {
        finding = answer.finding();
      }
      if (finding != null) {
        probe.decided(finding);
      }
    }
  }
}

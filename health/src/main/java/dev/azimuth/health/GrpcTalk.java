package dev.azimuth.health;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;

/** The question of gRPC's health service, over HTTP/2. */
final class GrpcTalk extends Talk {
  private static final String PATH = "/grpc.health.v1.Health/Check";

  /** gRPC has none of its own: the authority always shows the port. */
  private static final int NO_USUAL_PORT = -1;

  private final Target target;
  private final Check.Grpc check;

  GrpcTalk(Target target, Check.Grpc check) {
    this.target = target;
    this.check = check;
  }

  @Override
  void begin(StreamProbe probe, Wire wire) {
    ByteBuf body = Unpooled.wrappedBuffer(GrpcHealth.request(check.service()));
    FullHttpRequest request =
        new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, PATH, body);
    request
        .headers()
        .set(HttpHeaderNames.HOST, HttpTalk.host(target, check.host(), NO_USUAL_PORT))
        .set(HttpHeaderNames.USER_AGENT, probe.means.userAgent())
        .set(HttpHeaderNames.CONTENT_TYPE, "application/grpc")
        .set(HttpHeaderNames.TE, "trailers");
    Http2.ask(probe, wire, request, new GrpcAnswer(probe));
  }

  @Override
  String protocol() {
    return Http2.PROTOCOL;
  }

  @Override
  boolean framed() {
    return true;
  }
}

package dev.azimuth.app.admin;

import dev.azimuth.health.Heartbeats.Beat;
import dev.azimuth.health.ProbeResult;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One connection of a {@link HeartbeatServer}. */
final class HeartbeatTalk extends SimpleChannelInboundHandler<FullHttpRequest> {
  /** The longest body, in octets. */
  static final int LONGEST = 64;

  /** By when the first request must be whole, and each later one after the reply before it. */
  private static final int FIRST_SECONDS = 10;

  private static final int NEXT_SECONDS = 30;

  private static final Logger LOG = LoggerFactory.getLogger(HeartbeatTalk.class);
  private static final Pattern PATH =
      Pattern.compile("/heartbeat/([A-Za-z0-9._-]{1,63}/[A-Za-z0-9._-]{1,63})");
  private static final Pattern SAID = Pattern.compile("up(?: (100|[0-9]{1,2})%)?|(down)");

  private final HeartbeatServer server;
  private @Nullable ScheduledFuture<?> deadline;

  HeartbeatTalk(HeartbeatServer server) {
    this.server = server;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    await(context, FIRST_SECONDS);
  }

  private void await(ChannelHandlerContext context, int seconds) {
    if (deadline != null) {
      deadline.cancel(false);
    }
    deadline = context.executor().schedule(() -> close(context), seconds, TimeUnit.SECONDS);
  }

  private static void close(ChannelHandlerContext context) {
    var _ = context.close();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    if (deadline != null) {
      deadline.cancel(false);
    }
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
    HttpResponseStatus status;
    try {
      status = request.decoderResult().isSuccess() ? take(request) : HttpResponseStatus.BAD_REQUEST;
    } catch (RuntimeException e) {
      LOG.error("a heartbeat failed", e);
      status = HttpResponseStatus.INTERNAL_SERVER_ERROR;
    }
    reply(context, status, HttpUtil.isKeepAlive(request) && request.decoderResult().isSuccess());
  }

  private void reply(ChannelHandlerContext context, HttpResponseStatus status, boolean again) {
    FullHttpResponse response =
        new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, Unpooled.EMPTY_BUFFER);
    if (status.equals(HttpResponseStatus.UNAUTHORIZED)) {
      response.headers().set(HttpHeaderNames.WWW_AUTHENTICATE, "Bearer");
    } else if (status.equals(HttpResponseStatus.METHOD_NOT_ALLOWED)) {
      response.headers().set(HttpHeaderNames.ALLOW, "POST");
    }
    if (!status.equals(HttpResponseStatus.NO_CONTENT)) {
      response.headers().set(HttpHeaderNames.CONTENT_LENGTH, 0); // RFC 9110, section 8.6
    }
    if (!again) {
      response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    }
    ChannelFuture written = context.writeAndFlush(response);
    if (again) {
      await(context, NEXT_SECONDS);
    } else {
      written.addListener(ChannelFutureListener.CLOSE);
    }
  }

  private HttpResponseStatus take(FullHttpRequest request) {
    Matcher path = PATH.matcher(request.uri());
    if (!path.matches()) {
      return HttpResponseStatus.NOT_FOUND;
    }
    if (!request.method().equals(HttpMethod.POST)) {
      return HttpResponseStatus.METHOD_NOT_ALLOWED;
    }
    String backend = path.group(1);
    if (!authorized(request, backend)) {
      return HttpResponseStatus.UNAUTHORIZED;
    }
    String text = request.content().toString(StandardCharsets.US_ASCII).strip();
    Matcher said = SAID.matcher(text.isEmpty() ? "up" : text);
    if (!said.matches()) {
      return HttpResponseStatus.BAD_REQUEST;
    }
    int weight = said.group(1) == null ? ProbeResult.NOT_SAID : Integer.parseInt(said.group(1));
    Beat beat = new Beat(server.now(), said.group(2) == null, weight);
    return server.heartbeats().beat(backend, beat)
        ? HttpResponseStatus.NO_CONTENT
        : HttpResponseStatus.NOT_FOUND;
  }

  private boolean authorized(FullHttpRequest request, String backend) {
    List<String> given = request.headers().getAll(HttpHeaderNames.AUTHORIZATION);
    try {
      return given.size() == 1 && server.token().allows(given.getFirst(), backend);
    } catch (IOException e) {
      server.unreadable(e);
      return false;
    }
  }

  /** A client that is gone, or speaks something else, is no fault of ours. */
  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    close(context);
  }
}

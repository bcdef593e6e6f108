package dev.azimuth.health;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;

/**
 * Reads one HTTP/1 answer and says what it means. Interim answers (RFC 9110, section 15.2) are
 * passed over, redirects are a status like any other. Reading ends after the whole answer or {@link
 * #LONGEST} octets of it.
 */
final class HttpAnswer extends SimpleChannelInboundHandler<HttpObject> {
  static final int LONGEST_LINE = 4 << 10;
  static final int LONGEST_HEAD = 16 << 10;
  static final int LONGEST_BODY = 64 << 10;
  static final int LONGEST = LONGEST_HEAD + LONGEST_BODY;

  private static final int NONE = -1;

  private final Check.Http check;
  private final Probe probe;
  private int status = NONE;

  HttpAnswer(Check.Http check, Probe probe) {
    this.check = check;
    this.probe = probe;
  }

  /** Adds this and what it needs in front of it. */
  void addTo(ChannelPipeline pipeline) {
    HttpDecoderConfig limits =
        new HttpDecoderConfig()
            .setMaxInitialLineLength(LONGEST_LINE)
            .setMaxHeaderSize(LONGEST_HEAD);
    pipeline.addLast(new Meter(), new HttpClientCodec(limits, false, false), this);
  }

  /** Whether a status has come that is not expected: then no more needs to be known. */
  boolean unexpected() {
    return status != NONE
        && check.expect().stream()
            .noneMatch(range -> range.from() <= status && status <= range.to());
  }

  /** Such as {@code status 503}; only after a status has come. */
  String detail() {
    return "status " + status;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, HttpObject part) {
    if (part.decoderResult().isFailure()) {
      probe.end(ProbeResult.Code.L7RSP, problem(part.decoderResult().cause()));
      return;
    }
    if (part instanceof HttpResponse head && !interim(head)) {
      status = head.status().code();
    }
    if (part instanceof LastHttpContent && status != NONE) {
      decide();
    }
  }

  private void decide() {
    probe.end(unexpected() ? ProbeResult.Code.L7STS : ProbeResult.Code.L7OK, detail());
  }

  private static boolean interim(HttpResponse head) {
    return head.status().codeClass() == HttpStatusClass.INFORMATIONAL
        && head.status().code() != 101;
  }

  private static String problem(Throwable cause) {
    return cause instanceof TooLongFrameException ? "head too long" : "not an HTTP answer";
  }

  /** Ends the probe when enough has been read, whatever the octets were: head, body or framing. */
  private final class Meter extends ChannelInboundHandlerAdapter {
    private int seen;

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      seen += message instanceof ByteBuf octets ? octets.readableBytes() : 0;
      context.fireChannelRead(message);
      if (seen < LONGEST) {
        return;
      }
      if (status == NONE) {
        probe.end(ProbeResult.Code.L7RSP, "no status in " + LONGEST + " octets");
      } else {
        decide();
      }
    }
  }
}

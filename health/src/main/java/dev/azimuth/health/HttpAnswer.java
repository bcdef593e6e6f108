package dev.azimuth.health;

import dev.azimuth.health.ProbeResult.Code;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads one HTTP answer, of whatever version, and says what it means. Interim answers (RFC 9110,
 * section 15.2) are passed over, redirects are a status like any other. Of the body {@link
 * #LONGEST_BODY} octets are enough.
 */
final class HttpAnswer extends SimpleChannelInboundHandler<HttpObject> {
  static final int LONGEST_LINE = 4 << 10;
  static final int LONGEST_HEAD = 16 << 10;
  static final int LONGEST_BODY = 64 << 10;

  private static final int NONE = -1;

  private final Check.Http check;
  private final StreamProbe probe;
  private final boolean reads;
  private int status = NONE;
  private boolean reusable;
  private @Nullable HttpHeaders headers;
  private byte[] body = {};
  private int length;

  HttpAnswer(Check.Http check, StreamProbe probe) {
    this.check = check;
    this.probe = probe;
    reads =
        !check.expected().contents().isEmpty()
            || (check.report() != null && check.report().source() instanceof Report.Source.Json);
  }

  /** Whether the connection can serve another request. */
  boolean reusable() {
    return reusable;
  }

  /** That of a status that is not expected, when one has come: no more needs to be known. */
  @Nullable Finding unexpected() {
    return status == NONE || expected() ? null : Finding.of(Code.L7STS, "status " + status);
  }

  private boolean expected() {
    return check.expected().statuses().stream().anyMatch(range -> range.contains(status));
  }

  /** What it means that no more is read. */
  Finding enough() {
    return status == NONE
        ? Finding.of(Code.L7RSP, "no status in " + Talk.LONGEST + " octets")
        : finding();
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, HttpObject part) {
    if (probe.over()) {
      return;
    }
    if (part.decoderResult().isFailure()) {
      probe.decided(Finding.of(Code.L7RSP, problem(part.decoderResult().cause())));
      return;
    }
    if (part instanceof HttpResponse head && !interim(head)) {
      status = head.status().code();
      headers = head.headers();
      reusable = HttpUtil.isKeepAlive(head);
    }
    if (part instanceof HttpContent some && status != NONE) {
      gather(some.content());
      if (part instanceof LastHttpContent) {
        probe.decided(finding());
      } else if (length >= LONGEST_BODY) {
        reusable = false;
        probe.decided(finding());
      }
    }
  }

  private void gather(ByteBuf some) {
    int more = Math.min(some.readableBytes(), LONGEST_BODY - length);
    if (reads && more > 0) {
      if (length + more > body.length) {
        int room = Math.min(LONGEST_BODY, Math.max(length + more, 2 * body.length));
        body = Arrays.copyOf(body, room);
      }
      some.getBytes(some.readerIndex(), body, length, more);
    }
    length += more;
  }

  private Finding finding() {
    if (!expected()) {
      return Finding.of(Code.L7STS, "status " + status);
    }
    for (Content content : check.expected().contents()) {
      String missing = content.missing(body, length);
      if (missing != null) {
        return Finding.of(Code.L7RSP, Details.printable("status " + status + ", " + missing));
      }
    }
    Report report = check.report();
    String said = report == null ? null : said(report.source());
    if (report == null || said == null) {
      return Finding.of(Code.L7OK, "status " + status);
    }
    int weight = report.weight(said);
    Finding good = new Finding(Code.L7OK, "status " + status, weight);
    return weight == ProbeResult.NOT_SAID
        ? good.and((report.load() ? "load" : "weight") + " not understood: " + said)
        : good.and("weight " + weight + "%");
  }

  private @Nullable String said(Report.Source source) {
    return switch (source) {
      case Report.Source.Header(String name) -> headers == null ? null : headers.get(name);
      case Report.Source.Json(String pointer) -> JsonField.find(body, length, pointer);
    };
  }

  private static boolean interim(HttpResponse head) {
    return head.status().codeClass() == HttpStatusClass.INFORMATIONAL
        && head.status().code() != 101;
  }

  private static String problem(Throwable cause) {
    return cause instanceof TooLongFrameException ? "head too long" : "not an HTTP answer";
  }
}

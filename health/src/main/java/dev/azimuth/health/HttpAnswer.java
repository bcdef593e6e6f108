package dev.azimuth.health;

import dev.azimuth.health.ProbeResult.Code;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What one HTTP answer means, of whatever version. Interim answers (RFC 9110, section 15.2) are
 * passed over, redirects are a status like any other. Of the body {@link #LONGEST_BODY} octets are
 * enough.
 */
final class HttpAnswer {
  /** Of every line but a field, which may be as long as the head. */
  static final int LONGEST_LINE = 4 << 10;

  static final int LONGEST_HEAD = 16 << 10;
  static final int LONGEST_BODY = 64 << 10;

  private static final int NONE = -1;
  private static final int SWITCHING = 101;

  private final Check.Http check;
  private final boolean reads;
  private int status = NONE;
  private boolean reusable;
  private @Nullable String field;
  private byte[] body = {};
  private int length;

  HttpAnswer(Check.Http check) {
    this.check = check;
    reads =
        !check.expected().contents().isEmpty()
            || (check.report() != null && check.report().source() instanceof Report.Source.Json);
  }

  /** Whether another answer follows the one with this status. */
  static boolean interim(int status) {
    return status / 100 == 1 && status != SWITCHING;
  }

  /** Whether a final answer has no body, whatever its head says (RFC 9112, section 6.3). */
  boolean bodiless(int status) {
    return check.request().method().equals("HEAD")
        || status == 204
        || status == 304
        || status == SWITCHING;
  }

  /** The header field that is to be told to {@link #head}, in lower case; null for none. */
  @Nullable String wanted() {
    return check.report() != null && check.report().source() instanceof Report.Source.Header(var it)
        ? it
        : null;
  }

  /**
   * The head of the final answer.
   *
   * @param again whether the connection can serve another request after it
   * @param field the value of the field that is {@link #wanted}; null where there is none
   */
  void head(int status, boolean again, @Nullable String field) {
    this.status = status;
    this.field = field;
    reusable = again && status != SWITCHING;
  }

  /**
   * More of the body.
   *
   * @param some the octets from the reader index on; it is moved over them
   * @return what the answer means when this was enough of it; null for more
   */
  @Nullable Finding more(ByteBuf some, int octets) {
    int wanted = Math.min(octets, LONGEST_BODY - length);
    if (reads) {
      if (length + wanted > body.length) {
        body =
            Arrays.copyOf(body, Math.min(LONGEST_BODY, Math.max(length + wanted, 2 * body.length)));
      }
      some.getBytes(some.readerIndex(), body, length, wanted);
    }
    some.skipBytes(octets);
    length += wanted;
    if (length < LONGEST_BODY) {
      return null;
    }
    reusable = false;
    return finding();
  }

  /** Whether the connection can serve another request. */
  boolean reusable() {
    return reusable;
  }

  /** Something has come that belongs to no answer. */
  void strange() {
    reusable = false;
  }

  /** Whether the head of a final answer has come. */
  boolean begun() {
    return status != NONE;
  }

  /** That of a status that is not expected, when one has come: no more needs to be known. */
  @Nullable Finding unexpected() {
    return status == NONE || expected() ? null : Finding.of(Code.L7STS, "status " + status);
  }

  private boolean expected() {
    for (Check.StatusRange range : check.expected().statuses()) {
      if (range.contains(status)) {
        return true;
      }
    }
    return false;
  }

  /** What it means that no more is read. */
  Finding enough() {
    return status == NONE
        ? Finding.of(Code.L7RSP, "no status in " + Talk.LONGEST + " octets")
        : finding();
  }

  /** What the whole answer means. */
  Finding finding() {
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
      case Report.Source.Header _ -> field;
      case Report.Source.Json(String pointer) -> JsonField.find(body, length, pointer);
    };
  }
}

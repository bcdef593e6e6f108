package dev.azimuth.health;

import dev.azimuth.health.ProbeResult.Code;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads an answer of HTTP/1.1 (RFC 9112) out of octets that come in any pieces. Lines may end in a
 * bare LF (section 2.2), a field may go on in lines that begin with a space (section 5.2).
 */
final class HttpReader {
  /** Of the size of a chunk, of which not all will be read. */
  private static final int MOST_DIGITS = 15;

  /** What comes next. */
  private enum Part {
    STATUS,
    FIELDS,
    BODY,
    BODY_TO_THE_END,
    CHUNK_SIZE,
    CHUNK,
    CHUNK_END,
    TRAILER,
    OVER
  }

  private final HttpAnswer answer;
  private final HttpHead head;
  private Part part = Part.STATUS;

  /** The line that has come so far, without its end. */
  private byte[] line = new byte[128];

  private int length;

  /** Octets of the present head or trailer. */
  private int lines;

  /** Octets of the body or chunk that are still to come. */
  private long left;

  HttpReader(HttpAnswer answer) {
    this.answer = answer;
    head = new HttpHead(answer.wanted());
  }

  /**
   * Takes what has come.
   *
   * @return what the answer means once it is whole, or long enough, or none; null for more
   */
  @Nullable Finding heard(ByteBuf octets) {
    Finding finding = null;
    while (finding == null && octets.isReadable()) {
      finding =
          switch (part) {
            case STATUS, FIELDS, CHUNK_SIZE, CHUNK_END, TRAILER -> line(octets);
            case BODY, CHUNK -> body(octets, (int) Math.min(left, octets.readableBytes()));
            case BODY_TO_THE_END -> answer.more(octets, octets.readableBytes());
            case OVER -> throw new IllegalStateException("the answer is over");
          };
    }
    if (octets.isReadable()) {
      answer.strange();
    }
    return finding;
  }

  /** The other side has ended the connection: what the answer means if that makes it whole. */
  @Nullable Finding closed() {
    return part == Part.BODY_TO_THE_END ? answer.finding() : null;
  }

  private @Nullable Finding body(ByteBuf octets, int some) {
    Finding enough = answer.more(octets, some);
    left -= some;
    if (enough != null || left > 0) {
      return enough;
    }
    if (part == Part.BODY) {
      return over();
    }
    part = Part.CHUNK_END;
    return null;
  }

  private Finding over() {
    part = Part.OVER;
    return answer.finding();
  }

  private static Finding bad(String why) {
    return Finding.of(Code.L7RSP, why);
  }

  private @Nullable Finding line(ByteBuf octets) {
    int more = octets.bytesBefore((byte) '\n');
    boolean whole = more >= 0;
    more = whole ? more : octets.readableBytes();
    lines += whole ? more + 1 : more;
    if (lines > HttpAnswer.LONGEST_HEAD
        || (part != Part.FIELDS && length + more > HttpAnswer.LONGEST_LINE)) {
      return bad("head too long");
    }
    if (length + more > line.length) {
      line = Arrays.copyOf(line, Math.max(length + more, 2 * line.length));
    }
    octets.readBytes(line, length, more);
    length += more;
    if (!whole) {
      return null;
    }
    octets.skipBytes(1);
    if (length > 0 && line[length - 1] == '\r') {
      length--;
    }
    Finding finding = understand();
    length = 0;
    return finding;
  }

  /** Makes something of a whole line. */
  private @Nullable Finding understand() {
    return switch (part) {
      case STATUS -> status();
      case FIELDS -> length == 0 ? fieldsOver() : field();
      case CHUNK_SIZE -> chunk();
      case CHUNK_END -> {
        part = Part.CHUNK_SIZE;
        lines = 0;
        yield length == 0 ? null : notHttp();
      }
      case TRAILER -> length == 0 ? over() : null;
      case BODY, BODY_TO_THE_END, CHUNK, OVER -> throw new IllegalStateException("no line");
    };
  }

  private static Finding notHttp() {
    return bad("not an HTTP answer");
  }

  private @Nullable Finding status() {
    if (length == 0) {
      return null; // some servers end their last body with one line too many
    }
    if (!head.begin(line, length)) {
      return notHttp();
    }
    part = Part.FIELDS;
    return null;
  }

  private @Nullable Finding field() {
    return head.field(line, length) ? null : notHttp();
  }

  private @Nullable Finding fieldsOver() {
    lines = 0;
    int status = head.status();
    if (!head.end()) {
      return notHttp();
    }
    if (HttpAnswer.interim(status)) {
      part = Part.STATUS;
      return null;
    }
    boolean bodiless = answer.bodiless(status);
    long size = head.size();
    boolean bounded = bodiless || head.chunked() || size != HttpHead.UNKNOWN;
    answer.head(status, bounded && head.again(), head.found());
    if (bodiless || (!head.chunked() && size == 0)) {
      return over();
    }
    left = size;
    part = head.chunked() ? Part.CHUNK_SIZE : bounded ? Part.BODY : Part.BODY_TO_THE_END;
    return null;
  }

  /** The size of a chunk, in hexadecimal digits, and extensions (RFC 9112, section 7.1). */
  private @Nullable Finding chunk() {
    lines = 0;
    int digits = 0;
    left = 0;
    for (int digit; digits < length && (digit = Character.digit(line[digits], 16)) >= 0; digits++) {
      left = left << 4 | digit;
    }
    boolean ends = digits == length || line[digits] == ';' || line[digits] == ' ';
    if (digits == 0 || digits > MOST_DIGITS || !ends) {
      return notHttp();
    }
    part = left == 0 ? Part.TRAILER : Part.CHUNK;
    return null;
  }
}

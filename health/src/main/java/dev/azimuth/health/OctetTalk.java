package dev.azimuth.health;

import dev.azimuth.health.ProbeResult.Code;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** An {@link Exchange} over a connection: the answer is judged whenever more of it has come. */
final class OctetTalk extends Talk {
  /** Of an answer, in octets. */
  static final int MOST = 64 << 10;

  /** Looked at in all, so that one that comes in tiny pieces costs no more than some whole ones. */
  private static final int MOST_LOOKS = 16 * MOST;

  private final Exchange exchange;
  private byte[] octets = new byte[256];
  private int length;
  private int looks;

  OctetTalk(Exchange exchange) {
    this.exchange = exchange;
  }

  @Override
  void begin(StreamProbe probe, Wire wire) {
    byte[] question = exchange.question();
    if (question.length > 0) {
      wire.say(question);
    }
  }

  @Override
  @Nullable Finding heard(ByteBuf some) {
    int more = Math.min(some.readableBytes(), MOST - length);
    if (length + more > octets.length) {
      octets = Arrays.copyOf(octets, Math.min(MOST, Math.max(length + more, 2 * octets.length)));
    }
    some.readBytes(octets, length, more);
    length += more;
    looks += length;
    Finding finding = exchange.judge(octets, length, length == MOST);
    return finding == null && looks >= MOST_LOOKS
        ? Finding.of(Code.L7RSP, "an answer in too many pieces")
        : finding;
  }

  @Override
  Finding closed() {
    Finding last = length == 0 ? null : exchange.judge(octets, length, true);
    return last == null ? super.closed() : last;
  }
}

package dev.azimuth.health;

import dev.azimuth.health.ProbeResult.Code;
import org.jspecify.annotations.Nullable;

/**
 * Given octets, and a content that is looked for in the answer.
 *
 * @param expect null when any answer will do
 */
record Saying(Octets send, @Nullable Content expect) implements Exchange {

  @Override
  public byte[] question() {
    return send.bytes();
  }

  @Override
  public @Nullable Finding judge(byte[] octets, int length, boolean whole) {
    String missing = expect == null ? null : expect.missing(octets, length);
    if (missing == null) {
      return Finding.of(Code.L7OK, "");
    }
    return whole ? Finding.of(Code.L7RSP, Details.printable(missing)) : null;
  }
}

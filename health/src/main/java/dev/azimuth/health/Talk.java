package dev.azimuth.health;

import dev.azimuth.health.ProbeResult.Code;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * What is said over one connection, and what the answer means: the part of a {@link StreamProbe}
 * that differs by the kind of check. One for each probe. Confined to the loop thread.
 */
abstract class Talk {
  /** Octets that are read of any answer. */
  static final int LONGEST = 80 << 10;

  /**
   * Speaks first. The connection is there, its TLS too. Called again, on another connection, when a
   * kept one proves broken.
   */
  abstract void begin(StreamProbe probe, Wire wire);

  /**
   * Takes what has come, but for frames, which have handlers of their own.
   *
   * @param octets read from, and the caller's before and after
   * @return what a whole answer means; null while there must be more
   */
  @Nullable Finding heard(ByteBuf octets) {
    return null;
  }

  /** What holds though the rest of the answer never came; null for nothing. */
  @Nullable Finding standing() {
    return null;
  }

  /** What it means that {@link #LONGEST} octets have come without an end. */
  Finding flooded() {
    return Finding.of(Code.L7RSP, "no end in " + LONGEST + " octets");
  }

  /** What it means that the other side closed the connection, in good order, before the end. */
  Finding closed() {
    return Finding.of(Code.L7RSP, "closed before a whole answer");
  }

  /** Whether the connection, as it is now, can serve the next probe. */
  boolean keeps() {
    return false;
  }

  /** The protocol to agree on by ALPN (RFC 7301); null for none. */
  @Nullable String protocol() {
    return null;
  }

  /** Whether it speaks in frames, which needs a {@link ChannelWire}. */
  boolean framed() {
    return false;
  }
}

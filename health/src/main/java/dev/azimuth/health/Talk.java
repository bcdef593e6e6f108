package dev.azimuth.health;

import dev.azimuth.health.ProbeResult.Code;
import io.netty.channel.ChannelPipeline;
import org.jspecify.annotations.Nullable;

/**
 * What is said over one connection, and what the answer means: the part of a {@link StreamProbe}
 * that differs by the kind of check. One for each probe. Confined to the loop thread.
 */
abstract class Talk {
  /** Octets that are read of any answer. */
  static final int LONGEST = 80 << 10;

  /**
   * Speaks first, and puts what reads the answer in front of {@link StreamProbe#END}. The
   * connection is there, its TLS too. Called again, on another connection, when a kept one proves
   * broken.
   */
  abstract void begin(StreamProbe probe, ChannelPipeline pipeline);

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

  /** Takes out of the pipeline what is of this probe alone. */
  void rest(ChannelPipeline pipeline) {}
}

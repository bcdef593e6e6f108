package dev.azimuth.balancer;

import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;

/**
 * How much is read at once: little at first, more where a read takes all there is room for, and
 * less while memory is short.
 */
@SuppressWarnings("deprecation") // the interface is the only one that there is
final class Reads extends DefaultMaxMessagesRecvByteBufAllocator {
  private static final int LEAST = 4 * 1024;
  private static final int MOST = 64 * 1024;
  private static final int MOST_WHEN_TIGHT = 16 * 1024;

  private final Loop loop;

  Reads(Loop loop) {
    this.loop = loop;
  }

  @Override
  public RecvByteBufAllocator.Handle newHandle() {
    return new Guess();
  }

  /** The guess of one channel. */
  private final class Guess extends MaxMessageHandle {
    private int size = LEAST;
    private boolean small;

    @Override
    public int guess() {
      return Math.min(size, loop.tight() ? MOST_WHEN_TIGHT : MOST);
    }

    @Override
    public void lastBytesRead(int octets) {
      if (octets == attemptedBytesRead() && octets >= size) {
        size = Math.min(MOST, 4 * size);
        small = false;
      }
      super.lastBytesRead(octets);
    }

    @Override
    public void readComplete() {
      // Only the second small round in a row says that the time of large ones is over.
      boolean now = size > LEAST && totalBytesRead() <= size / 4;
      if (now && small) {
        size /= 2;
      }
      small = now;
    }
  }
}

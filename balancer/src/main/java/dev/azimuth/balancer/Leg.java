package dev.azimuth.balancer;

import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * One side of a connection. What comes in is handed to the other side at once; while that has too
 * much to write, nothing more is read here. Belongs to a loop.
 */
abstract sealed class Leg permits SocketLeg, ChannelLeg {
  final Connection connection;

  /** Null before there is a backend. */
  private @Nullable Leg other;

  private boolean ended;

  Leg(Connection connection) {
    this.connection = connection;
  }

  /** From now on what comes in goes there. */
  final void pour(Leg into) {
    other = into;
  }

  final @Nullable Leg other() {
    return other;
  }

  /** Whether this side has sent its end. */
  final boolean ended() {
    return ended;
  }

  /**
   * Octets came in.
   *
   * @param octets the caller's, before and after
   * @return whether more may be read
   */
  final boolean received(ByteBuf octets) {
    Leg into = other;
    if (into == null) {
      return connection.early(octets);
    }
    connection.read(this, octets.readableBytes());
    return into.take(octets);
  }

  /** The end of this side came, after all octets. */
  final void receivedEnd() {
    if (!ended) {
      ended = true;
      connection.ended(this);
    }
  }

  /** There is room again for what the other side has. */
  final void drained() {
    if (other != null && !connection.over()) {
      other.resume();
    }
  }

  /**
   * Sends octets, or keeps what cannot be sent yet.
   *
   * @param octets read from, and the caller's before and after
   * @return false when no more should come before {@link #drained}
   */
  abstract boolean take(ByteBuf octets);

  /** Sends the end once everything before it is sent; then {@link Connection#passed}. */
  abstract void end();

  /** Sends what is kept; then {@link Connection#passed}, upon which it is closed. */
  abstract void finish();

  /** Reads, at once if something is there. */
  abstract void resume();

  /** Closes in the ordinary way; what is not sent is lost. */
  abstract void close();

  /** Closes so that the other end sees RST. */
  abstract void reset();

  /** Memory is short, or no longer. */
  abstract void tighten();

  /** The address of this end; null when the system has not given one. */
  abstract @Nullable InetSocketAddress localAddress();
}

package dev.azimuth.balancer;

import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/**
 * One side of a connection. What comes in is handed to the other side at once; while that has too
 * much to write, nothing more is read here. Belongs to a loop.
 */
abstract sealed class Leg permits SocketLeg, ChannelLeg {
  final Connection connection;

  /** Null before there is a backend. */
  private @Nullable Leg other;

  /** Null where octets pass as they are. */
  private @Nullable Tls tls;

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
   * From now on everything is inside of TLS, which shakes hands first; {@code shaken} is run then.
   */
  final void secure(SSLEngine engine, Runnable shaken) {
    Tls its = new Tls(this, engine, shaken);
    tls = its;
    its.begin();
  }

  /**
   * Octets came in.
   *
   * @param octets the caller's, before and after; what is in them may change
   * @return whether more may be read
   */
  final boolean received(ByteBuf octets) {
    Tls its = tls;
    return its == null ? pass(octets) : its.received(octets);
  }

  /** Whether octets pass as they are. */
  final boolean isPlain() {
    return tls == null;
  }

  /** Has this done, {@link #guarded}, after what is being done now. */
  final void soon(Runnable what) {
    connection.loop().events.execute(guarded(what));
  }

  /** Does this, but a fault in it costs the connection alone. */
  final Runnable guarded(Runnable what) {
    return () -> {
      try {
        what.run();
      } catch (RuntimeException | OutOfMemoryError fault) {
        connection.loop().fault(fault);
        connection.gone(this);
      }
    };
  }

  /** Passes octets on; whether more may be read. */
  final boolean pass(ByteBuf octets) {
    Leg into = other;
    if (into == null) {
      return connection.early(octets);
    }
    connection.read(this, octets.readableBytes());
    return into.take(octets);
  }

  /** The end of the socket came, after all octets. */
  final void receivedEnd() {
    if (isWhole()) {
      hasEnded();
    } else {
      connection.cutOff(this);
    }
  }

  /** Whether what has come is all that was to come, as far as can be known. */
  final boolean isWhole() {
    return tls == null || ended;
  }

  /** Whether TLS has said that nothing more will come (RFC 8446 section 6.1). */
  final boolean saidItsEnd() {
    return tls != null && ended;
  }

  /** Nothing more will come from this side. */
  final void hasEnded() {
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
  final boolean take(ByteBuf octets) {
    Tls its = tls;
    return its == null ? write(octets) : its.take(octets);
  }

  /** Sends the end once everything before it is sent; then {@link Connection#passed}. */
  final void end() {
    if (tls != null) {
      tls.end();
    }
    shut();
  }

  /** Sends what is kept; then {@link Connection#passed}, upon which it is closed. */
  final void finish() {
    if (tls != null) {
      tls.end();
    }
    empty();
  }

  /**
   * Sends what is kept, reads nothing more and waits until all of it has arrived; then {@link
   * Connection#passed}, upon which it is closed.
   *
   * @param broken whether the other end then sees RST instead of an end
   */
  final void leave(boolean broken) {
    if (tls != null && !broken) {
      tls.end();
    }
    linger(broken);
  }

  /** Reads, at once if something is there. */
  final void resume() {
    if (tls == null || tls.goOn()) {
      readOn();
    }
  }

  /** What is to be said before closing in the ordinary way; null for nothing. */
  final @Nullable ByteBuf farewell() {
    ByteBuf last = tls == null ? null : tls.farewell();
    return last != null && last.isReadable() ? last : null;
  }

  /** Keeps nothing that came. */
  final void forget() {
    if (tls != null) {
      tls.release();
    }
  }

  /** Sends octets as they are; else like {@link #take}. Calls nobody back before it returns. */
  abstract boolean write(ByteBuf octets);

  /** Sends the end of the socket once everything is sent; then {@link Connection#passed}. */
  abstract void shut();

  /** Sends what is kept; then {@link Connection#passed}. */
  abstract void empty();

  /**
   * Sends what is kept, reads nothing more and waits until all of it has arrived; then {@link
   * Connection#passed}, upon which it is closed, or broken off.
   */
  abstract void linger(boolean broken);

  /** Whether it is noticed only while something is read that the other end has broken off. */
  abstract boolean isBlind();

  /** Reads from the socket. */
  abstract void readOn();

  /** Closes in the ordinary way; what is not sent is lost. */
  abstract void close();

  /** Closes so that the other end sees RST. */
  abstract void reset();

  /** Memory is short, or no longer. */
  abstract void tighten();

  /** The address of this end; null when the system has not given one. */
  abstract @Nullable InetSocketAddress localAddress();
}

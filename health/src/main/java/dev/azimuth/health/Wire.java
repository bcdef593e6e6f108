package dev.azimuth.health;

import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * A connection over TCP, with TLS where that is asked for: the part of a {@link StreamProbe} that
 * differs by how the machine's sockets are used. Its user changes: a probe, or whoever keeps it
 * until the next one. Confined to the loop thread.
 */
abstract class Wire {
  /** When it was opened, in milliseconds of the steady clock. */
  final long opened;

  private User user;

  /** Hears how a connection fares. Failures may be told within a call that causes them. */
  interface User {
    /** It is there; where TLS is asked for, the handshake begins. */
    void connected(Wire wire);

    /** The handshake of TLS has succeeded. */
    void secured(Wire wire);

    /**
     * Octets have come, but for connections of frames.
     *
     * @param octets the caller's, before and after
     */
    void heard(Wire wire, ByteBuf octets);

    /** So many octets have come of frames, which others read. */
    void counted(Wire wire, int octets);

    /** The other side wants no more requests on it. */
    void leaving(Wire wire);

    /** The other side has ended it, in good order. */
    void ended(Wire wire);

    /**
     * It is no more.
     *
     * @param ours whether it failed for want of what this machine should have, such as a port
     */
    void failed(Wire wire, Throwable cause, boolean ours);
  }

  /**
   * @param opened in milliseconds of the steady clock
   */
  Wire(User user, long opened) {
    this.user = user;
    this.opened = opened;
  }

  final User user() {
    return user;
  }

  final void use(User by) {
    user = by;
  }

  /**
   * Connects; the user is told how that went. Called once.
   *
   * @throws RuntimeException when this machine cannot even try
   */
  abstract void connect(InetSocketAddress to);

  /**
   * The system has refused an attempt to connect before anybody else had a say: for want of a port
   * or memory, which says nothing of the target, or of a route, which waiting does not mend.
   */
  final void failedAtOnce(Throwable cause) {
    if (cause instanceof NoRouteToHostException) {
      user.failed(this, new NoRouteToHostException("no route from here"), false);
    } else {
      user.failed(this, cause, true);
    }
  }

  /** Sends octets, all that are to be sent at this time. */
  abstract void say(byte[] octets);

  /** Whether it may serve another probe, as far as is known. */
  abstract boolean alive();

  /** What the handshake came to; null without TLS. */
  abstract @Nullable SSLSession session();

  /** What was agreed on by ALPN (RFC 7301); null for nothing. */
  abstract @Nullable String protocol();

  /**
   * Ends it by a reset: TIME_WAIT would use up the local ports. The user hears no more of it but
   * what tells that it is closed.
   */
  abstract void close();
}

package dev.azimuth.resolver;

import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * What the octets of a {@link TcpConnection} come and go through. It hands over what comes in, and
 * then the end of that, or that it is closed. Used by the loop's thread.
 */
sealed interface TcpSocket permits BareSocket, ChannelSocket {

  /** Sends octets, all of them, and keeps what cannot be sent yet; fewer when it gets closed. */
  void send(ByteBuf octets);

  /**
   * Whether more than the limit would be kept with so many octets more. Who was told so hears of
   * {@link TcpConnection#drained} once half of the limit or less is kept.
   */
  boolean full(int more);

  /** Hands over nothing more before {@link #resume}, and no end either. */
  void pause();

  /** Goes on handing over what comes; not before this returns. */
  void resume();

  /** Closes once everything kept is sent. Nothing that comes is wanted any more. */
  void finish();

  /** Closes; what is kept is lost. */
  void close();

  /** Where the client is connected to; null when that cannot be found out any more. */
  @Nullable InetSocketAddress localAddress();
}

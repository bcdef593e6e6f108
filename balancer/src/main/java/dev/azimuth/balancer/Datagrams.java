package dev.azimuth.balancer;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Moves datagrams of any length between UDP sockets, none of which blocks. The way of use: {@link
 * #receive}, and {@link #pass} what came on before the next. Belongs to a loop: for its thread.
 */
public interface Datagrams {
  /** Instead of a count: the network says that the peer of a connected socket is not there. */
  int UNREACHABLE = -1;

  /** A socket. */
  interface Socket extends AutoCloseable {
    /** The number of the open file, to be watched; the socket's for all its life. -1 for none. */
    int descriptor();

    @Override
    void close();
  }

  /** One that clients send to. It outlives who reads it, and perhaps the process. */
  interface Bound extends Socket {
    /** The local address and port in effect, never port 0. */
    InetSocketAddress localAddress();
  }

  /**
   * Opens a socket and connects it.
   *
   * @param to resolved
   * @param from the local address, of the same family; null for whichever leads there
   * @throws java.net.NoRouteToHostException when there is no way there
   * @throws IOException when this machine cannot do its part
   */
  Socket connect(InetSocketAddress to, @Nullable InetAddress from) throws IOException;

  /**
   * Takes some of the datagrams that are there, without waiting.
   *
   * @return how many; 0 when there are none, and on a passing error; {@link #UNREACHABLE} once for
   *     each time that the network says so
   * @throws IOException when the socket cannot be used
   */
  int receive(Socket from) throws IOException;

  /** The length of a received datagram, in octets, at least 0. */
  int length(int index);

  /** Who sent a datagram that came to a bound socket, and to which address. */
  void tuple(int index, Tuple into);

  /**
   * Passes received datagrams on to the peer of a connected socket, without waiting.
   *
   * @param first index of those
   * @param end index behind the last
   * @return how many were sent, the others are lost; {@link #UNREACHABLE} as for {@link #receive}
   * @throws IOException when the socket cannot be used
   */
  int pass(int first, int end, Socket over) throws IOException;

  /**
   * Passes received datagrams on to a client, from the address that it asked.
   *
   * @return as of the other
   * @throws IOException when the socket cannot be used
   */
  int pass(int first, int end, Bound over, Tuple to) throws IOException;
}

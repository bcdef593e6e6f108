package dev.azimuth.net;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.SocketException;

/**
 * A TCP socket that listens, by our own calls: Linux only, where {@link
 * DatagramPorts#nativeAvailable}. Connections are accepted by whoever takes a {@link #duplicate};
 * they wait in the kernel until then, and as long as any descriptor of the socket is open in any
 * process. Safe for use by any number of threads.
 */
public final class StreamPort implements AutoCloseable {
  private static final int BACKLOG = 4096;

  private final NativeSocket socket;
  private final InetSocketAddress localAddress;

  private StreamPort(NativeSocket socket) throws IOException {
    this.socket = socket;
    this.localAddress = socket.localAddress();
  }

  /**
   * Binds and listens. A wildcard address is of its own family only.
   *
   * @param local resolved; port 0 picks a free port
   * @param shared whether another socket may have the port that is {@linkplain Descriptor#share
   *     shared} too
   * @param receiveBuffer of each connection, in octets, at least 1: what a client can make the
   *     kernel hold
   * @throws BindFailure when the address is in use, is not one of this machine or may not be bound
   * @throws IOException when the socket cannot be made
   */
  public static StreamPort open(InetSocketAddress local, boolean shared, int receiveBuffer)
      throws IOException {
    NativeSocket socket =
        NativeSocket.open(
            NativeSocket.family(local.getAddress()),
            SocketDescriptor.SOCK_STREAM | SocketDescriptor.SOCK_NONBLOCK);
    try {
      // Old connections that wait for their end must not keep a new process from listening.
      socket.set(SocketDescriptor.SOL_SOCKET, SocketDescriptor.SO_REUSEADDR, 1);
      if (shared) {
        socket.set(SocketDescriptor.SOL_SOCKET, SocketDescriptor.SO_REUSEPORT, 1);
      }
      socket.set(SocketDescriptor.SOL_SOCKET, SocketDescriptor.SO_RCVBUF, receiveBuffer);
      if (local.getAddress() instanceof Inet6Address) {
        socket.set(SocketDescriptor.IPPROTO_IPV6, SocketDescriptor.IPV6_V6ONLY, 1);
      }
      socket.bind(local, Protocol.TCP);
      try {
        socket.listen(BACKLOG);
      } catch (SocketException e) {
        // Of two that bound the address at the same time, one may listen.
        throw new BindFailure(Protocol.TCP, local, e);
      }
      return new StreamPort(socket);
    } catch (IOException | RuntimeException | Error failure) {
      socket.close();
      throw failure;
    }
  }

  /**
   * Takes over a socket that listens, perhaps from another process. Who waits to be accepted stays.
   *
   * @param handed closed with the port, or when this fails
   * @throws IOException when native calls cannot be made here or it is no such socket
   */
  public static StreamPort adopt(Descriptor handed) throws IOException {
    NativeSocket socket = NativeSocket.adopt(handed, SocketDescriptor.SOCK_STREAM);
    try {
      if (socket.get(SocketDescriptor.SOL_SOCKET, SocketDescriptor.SO_ACCEPTCONN) == 0) {
        throw new SocketException("the descriptor is of a socket that does not listen");
      }
      return new StreamPort(socket);
    } catch (IOException | RuntimeException | Error failure) {
      socket.close();
      throw failure;
    }
  }

  /** The local address and port in effect, never port 0. */
  public InetSocketAddress localAddress() {
    return localAddress;
  }

  /**
   * A second descriptor of the socket, which does not block.
   *
   * @return owned by the caller, who closes it
   * @throws IOException when the port is closed
   */
  public Descriptor duplicate() throws IOException {
    return socket.duplicate();
  }

  /** Closes this descriptor of the socket; others stay open. */
  @Override
  public void close() {
    socket.close();
  }
}

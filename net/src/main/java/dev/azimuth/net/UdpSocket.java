package dev.azimuth.net;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * A UDP socket that never blocks, for one who learns from the descriptor when to read: see {@link
 * UdpExchange}. Linux only, where {@link DatagramPorts#nativeAvailable}. {@link #localAddress} and
 * {@link #duplicate} may be called by any thread, the rest belongs to one at a time.
 */
public final class UdpSocket implements AutoCloseable {
  final NativeSocket socket;

  private final InetSocketAddress localAddress;

  private UdpSocket(NativeSocket socket) throws IOException {
    this.socket = socket;
    localAddress = socket.localAddress();
  }

  /**
   * Binds. A wildcard address is of its own family only.
   *
   * @param local resolved; port 0 picks a free port
   * @param receiveBuffer wanted, in octets, at least 1; the kernel may give less
   * @throws BindFailure when the address is in use, is not one of this machine or may not be bound
   * @throws IOException when the socket cannot be made
   */
  public static UdpSocket bind(InetSocketAddress local, int receiveBuffer) throws IOException {
    NativeSocket socket =
        NativeSocket.open(
            NativeSocket.family(local.getAddress()),
            SocketDescriptor.SOCK_DGRAM | SocketDescriptor.SOCK_NONBLOCK);
    try {
      socket.set(SocketDescriptor.SOL_SOCKET, SocketDescriptor.SO_RCVBUF, receiveBuffer);
      boolean wildcard = local.getAddress().isAnyLocalAddress();
      if (local.getAddress() instanceof Inet6Address) {
        socket.set(SocketDescriptor.IPPROTO_IPV6, SocketDescriptor.IPV6_V6ONLY, 1);
        if (wildcard) {
          socket.set(SocketDescriptor.IPPROTO_IPV6, SocketDescriptor.IPV6_RECVPKTINFO, 1);
        }
      } else if (wildcard) {
        socket.set(SocketDescriptor.IPPROTO_IP, SocketDescriptor.IP_PKTINFO, 1);
      }
      socket.bind(local, Protocol.UDP);
      return new UdpSocket(socket);
    } catch (IOException | RuntimeException | Error failure) {
      socket.close();
      throw failure;
    }
  }

  /**
   * Takes over a socket that {@link #bind} opened, perhaps in another process. What is queued in it
   * is kept.
   *
   * @param handed closed with the socket, or when this fails
   * @throws IOException when native calls cannot be made here or it is no such socket
   */
  public static UdpSocket adopt(Descriptor handed) throws IOException {
    NativeSocket socket = NativeSocket.adopt(handed, SocketDescriptor.SOCK_DGRAM);
    try {
      return new UdpSocket(socket);
    } catch (IOException | RuntimeException | Error failure) {
      socket.close();
      throw failure;
    }
  }

  /**
   * One that is connected: only what the peer sends comes in, and what the network says of it is
   * heard.
   *
   * @param calls of the thread that will use it
   * @param from the local address; null for whichever leads there
   */
  static UdpSocket connect(LinuxCalls calls, InetSocketAddress peer, @Nullable InetAddress from)
      throws IOException {
    NativeSocket socket =
        NativeSocket.open(
            calls,
            NativeSocket.family(peer.getAddress()),
            SocketDescriptor.SOCK_DGRAM | SocketDescriptor.SOCK_NONBLOCK);
    try {
      if (from != null) {
        socket.bind(new InetSocketAddress(from, 0), Protocol.UDP);
      }
      socket.connect(peer);
      return new UdpSocket(socket);
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
   * The number of the open file, to be watched, not to be closed; the socket's for all its life.
   */
  public int descriptor() {
    return socket.descriptor();
  }

  /**
   * A second descriptor of the socket.
   *
   * @return owned by the caller, who closes it
   * @throws IOException when the socket is closed
   */
  public Descriptor duplicate() throws IOException {
    return socket.duplicate();
  }

  /** Closes this descriptor of the socket; once is enough. */
  @Override
  public void close() {
    socket.close();
  }
}

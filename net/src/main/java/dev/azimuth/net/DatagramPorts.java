package dev.azimuth.net;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;

/** Opens UDP sockets. Safe for use by any number of threads. */
public final class DatagramPorts {

  private DatagramPorts() {}

  /** Whether {@link Transport#NATIVE} can be had in this process. */
  public static boolean nativeAvailable() {
    return Platform.HAS_NATIVE_CALLS;
  }

  /**
   * Does beforehand what the first {@link #open} would have to do: linking the native calls takes a
   * cold JVM a tenth of a second. Does nothing where there are none.
   */
  public static void prepare() {
    if (nativeAvailable()) {
      try (NativeSocket socket =
          NativeSocket.open(SocketDescriptor.AF_INET, SocketDescriptor.SOCK_DGRAM)) {
        socket.prefer(SocketDescriptor.SOL_SOCKET, SocketDescriptor.SO_REUSEPORT, 1);
      } catch (IOException e) {
        // Whoever opens a port will be told.
      }
    }
  }

  /**
   * Opens a UDP socket and binds it. The thread that opens it need not be the worker that uses it.
   *
   * <p>A wildcard address is of its own family only: {@code ::} takes no IPv4. A reply always
   * leaves from the address that was asked. For that NIO, which cannot see the address asked, opens
   * one socket for each address that the machine has at this moment: it serves none that is added
   * later, and of 127.0.0.0/8 only 127.0.0.1.
   *
   * @param local resolved; port 0 picks a free port, which {@link DatagramPort#localAddress} tells
   * @param reusePort whether several ports of this process may share the address, between which the
   *     kernel spreads the clients
   * @param receiveBuffer wanted, in octets, at least 1; the kernel may give less (see {@link
   *     DatagramPort#receiveBuffer})
   * @throws BindFailure when the address is in use, is not one of this machine or may not be bound
   *     by this process
   * @throws IOException when the transport cannot be had or the socket cannot be made
   * @throws IllegalArgumentException when {@code local} is unresolved or {@code receiveBuffer} is
   *     below 1
   */
  public static DatagramPort open(
      InetSocketAddress local, boolean reusePort, int receiveBuffer, Transport wanted)
      throws IOException {
    if (local.isUnresolved()) {
      throw new IllegalArgumentException("unresolved address " + local);
    }
    if (receiveBuffer < 1) {
      throw new IllegalArgumentException("receive buffer of " + receiveBuffer + " octets");
    }
    return switch (wanted) {
      case AUTO ->
          nativeAvailable()
              ? NativeDatagramPort.open(local, reusePort, receiveBuffer)
              : NioDatagramPort.open(local, reusePort, receiveBuffer);
      case NATIVE -> {
        if (!nativeAvailable()) {
          throw new IOException(
              "the native transport needs Linux on x86-64 or aarch64 and a JVM started with"
                  + " --enable-native-access");
        }
        yield NativeDatagramPort.open(local, reusePort, receiveBuffer);
      }
      case NIO -> NioDatagramPort.open(local, reusePort, receiveBuffer);
    };
  }

  /**
   * Takes over a UDP socket that was opened by a port of the native transport, perhaps in another
   * process. What is queued in it is kept.
   *
   * @param handed closed with the port, or when this fails
   * @param reusePort whether more ports are to share the address; one that is shared stays so
   * @param receiveBuffer as for {@link #open}
   * @throws IOException when native calls cannot be made here or it is no such socket
   */
  public static DatagramPort adopt(Descriptor handed, boolean reusePort, int receiveBuffer)
      throws IOException {
    return NativeDatagramPort.adopt(handed, reusePort, receiveBuffer);
  }

  /** An address as an operator writes it: {@code 192.0.2.1:53}, {@code [0:0:0:0:0:0:0:1]:53}. */
  static String text(InetSocketAddress address) {
    String host = address.getAddress().getHostAddress();
    boolean v6 = address.getAddress() instanceof Inet6Address;
    return (v6 ? "[" + host + "]:" : host + ":") + address.getPort();
  }
}

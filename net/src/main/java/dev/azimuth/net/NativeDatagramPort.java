package dev.azimuth.net;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Objects;

/** A port on {@code recvmmsg} and {@code sendmmsg}: two system calls a batch. */
final class NativeDatagramPort implements DatagramPort {

  private static final int WAIT_MILLIS = 200;

  private final NativeSocket socket;
  private final InetSocketAddress localAddress;
  private final int receiveBuffer;

  /** Whether we must ask for, and say, the local address of each datagram. */
  private final boolean wildcard;

  private final boolean v4;

  private final MessageBatch batch = new MessageBatch(BATCH, PAYLOAD);
  private final Replies replies;
  private int count;

  /** The first index that may be replied to. */
  private int next;

  private long oversized;

  private NativeDatagramPort(NativeSocket socket) throws IOException {
    this.socket = socket;
    this.localAddress = socket.localAddress();
    this.wildcard = localAddress.getAddress().isAnyLocalAddress();
    this.v4 = !(localAddress.getAddress() instanceof Inet6Address); // such a socket has no others
    // The kernel doubles what it is asked for, to pay for its own overhead, and tells the double.
    this.receiveBuffer = socket.get(SocketDescriptor.SOL_SOCKET, SocketDescriptor.SO_RCVBUF) / 2;
    boolean segments = socket.has(SocketDescriptor.IPPROTO_UDP, SocketDescriptor.UDP_SEGMENT);
    this.replies = new Replies(batch, wildcard, segments);
    batch.prepare(BATCH, wildcard);
  }

  static NativeDatagramPort open(InetSocketAddress local, boolean reusePort, int receiveBuffer)
      throws IOException {
    NativeSocket socket =
        NativeSocket.open(NativeSocket.family(local.getAddress()), SocketDescriptor.SOCK_DGRAM);
    try {
      if (local.getAddress() instanceof Inet6Address) {
        socket.set(SocketDescriptor.IPPROTO_IPV6, SocketDescriptor.IPV6_V6ONLY, 1);
      }
      setOptions(socket, local, reusePort, receiveBuffer);
      socket.bind(local, Protocol.UDP);
      return new NativeDatagramPort(socket);
    } catch (IOException | RuntimeException | Error failure) {
      socket.close();
      throw failure;
    }
  }

  static NativeDatagramPort adopt(Descriptor handed, boolean reusePort, int receiveBuffer)
      throws IOException {
    NativeSocket socket = NativeSocket.adopt(handed, SocketDescriptor.SOCK_DGRAM);
    try {
      setOptions(socket, socket.localAddress(), reusePort, receiveBuffer);
      return new NativeDatagramPort(socket);
    } catch (IOException | RuntimeException | Error failure) {
      socket.close();
      throw failure;
    }
  }

  /** Those that can be set before and after the socket is bound. */
  private static void setOptions(
      NativeSocket socket, InetSocketAddress local, boolean reusePort, int receiveBuffer)
      throws IOException {
    boolean wildcard = local.getAddress().isAnyLocalAddress();
    if (reusePort) {
      socket.set(SocketDescriptor.SOL_SOCKET, SocketDescriptor.SO_REUSEPORT, 1);
    }
    socket.set(SocketDescriptor.SOL_SOCKET, SocketDescriptor.SO_RCVBUF, receiveBuffer);
    socket.setReceiveTimeout(WAIT_MILLIS);
    // A forged "fragmentation needed" must not make us, and no router on the way may, fragment
    // answers (RFC 9715): they fit an MTU of 1280, below which IPv6 has none. Containers may lack
    // the options.
    if (local.getAddress() instanceof Inet6Address) {
      socket.prefer(
          SocketDescriptor.IPPROTO_IPV6,
          SocketDescriptor.IPV6_MTU_DISCOVER,
          SocketDescriptor.PMTUDISC_OMIT);
      if (wildcard) {
        socket.set(SocketDescriptor.IPPROTO_IPV6, SocketDescriptor.IPV6_RECVPKTINFO, 1);
      }
    } else {
      socket.prefer(
          SocketDescriptor.IPPROTO_IP,
          SocketDescriptor.IP_MTU_DISCOVER,
          SocketDescriptor.PMTUDISC_PROBE);
      if (wildcard) {
        socket.set(SocketDescriptor.IPPROTO_IP, SocketDescriptor.IP_PKTINFO, 1);
      }
    }
  }

  @Override
  public InetSocketAddress localAddress() {
    return localAddress;
  }

  @Override
  public String transport() {
    return "recvmmsg";
  }

  @Override
  public int receiveBuffer() {
    return receiveBuffer;
  }

  @Override
  public Descriptor duplicate() throws IOException {
    return socket.duplicate();
  }

  /** A socket that has a peer takes nothing of others: this one is its own, or of its machine. */
  @Override
  public void giveWay() {
    InetAddress address = localAddress.getAddress();
    boolean v6 = address instanceof Inet6Address;
    InetAddress peer =
        address.isAnyLocalAddress() ? InetAddress.ofLiteral(v6 ? "::1" : "127.0.0.1") : address;
    try {
      socket.connect(new InetSocketAddress(peer, localAddress.getPort()));
    } catch (IOException e) {
      // The machine has given the address up: nothing comes to it.
    }
  }

  @Override
  public int receive() throws IOException {
    batch.renew(count, wildcard);
    replies.begin();
    count = 0;
    next = 0;
    int result = socket.receive(batch.from(0), BATCH, SocketDescriptor.MSG_WAITFORONE);
    if (result < 0) {
      NativeSocket.throwIfBroken(result);
      return 0;
    }
    count = result;
    for (int i = 0; i < count; i++) {
      if (batch.isTruncated(i)) {
        oversized++;
      }
    }
    return count;
  }

  @Override
  public int copy(int index, byte[] into) {
    Objects.checkIndex(index, count);
    return batch.isTruncated(index) ? -1 : batch.copy(index, into);
  }

  @Override
  public boolean sourceIsV4(int index) {
    Objects.checkIndex(index, count);
    return v4;
  }

  @Override
  public long sourceHigh(int index) {
    Objects.checkIndex(index, count);
    return v4 ? 0 : batch.v6High(index);
  }

  @Override
  public long sourceLow(int index) {
    Objects.checkIndex(index, count);
    return v4 ? Integer.toUnsignedLong(batch.v4Address(index)) : batch.v6Low(index);
  }

  @Override
  public int sourcePort(int index) {
    return batch.port(Objects.checkIndex(index, count));
  }

  @Override
  public void reply(int index, byte[] from, int length) {
    Objects.checkIndex(index - next, count - next);
    Objects.checkIndex(length - 1, PAYLOAD);
    replies.add(index, from, length);
    next = index + 1;
  }

  @Override
  public int flush() throws IOException {
    return replies.send(socket);
  }

  @Override
  public long oversized() {
    return oversized;
  }

  @Override
  public long joined() {
    return replies.joined();
  }

  @Override
  public long unsent() {
    return replies.unsent();
  }

  @Override
  public void close() {
    socket.close();
  }
}

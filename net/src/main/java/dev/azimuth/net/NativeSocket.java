package dev.azimuth.net;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import org.jspecify.annotations.Nullable;

/**
 * A socket made by our own calls. It belongs to one thread at a time; whoever hands it to another
 * thread does so with a happens-before edge, such as starting that thread. Only {@link #duplicate}
 * may be called by any thread at any time.
 */
final class NativeSocket implements AutoCloseable {

  private static final int CLOSED = -1;

  private final LinuxCalls calls;
  private int descriptor;

  private NativeSocket(LinuxCalls calls, int descriptor) {
    this.calls = calls;
    this.descriptor = descriptor;
  }

  /**
   * @param family AF_INET, AF_INET6 or AF_UNIX
   * @param type such as SOCK_DGRAM, with SOCK_NONBLOCK where it is wanted
   */
  static NativeSocket open(int family, int type) throws IOException {
    return open(family, type, /* protocol= */ 0);
  }

  /**
   * @param protocol of the family; 0 for the usual one of the type
   */
  static NativeSocket open(int family, int type, int protocol) throws IOException {
    return open(new LinuxCalls(), family, type, protocol);
  }

  /**
   * @param calls of the thread that the socket will belong to, shared with others of that thread
   */
  static NativeSocket open(LinuxCalls calls, int family, int type) throws IOException {
    return open(calls, family, type, /* protocol= */ 0);
  }

  private static NativeSocket open(LinuxCalls calls, int family, int type, int protocol)
      throws IOException {
    int descriptor = calls.socket(family, type | SocketDescriptor.SOCK_CLOEXEC, protocol);
    if (descriptor < 0) {
      throw new SocketException("cannot make a socket of family " + family + errno(descriptor));
    }
    return new NativeSocket(calls, descriptor);
  }

  /**
   * Takes a socket that was opened elsewhere.
   *
   * @param type what it must be, without flags; closed when it is anything else
   */
  static NativeSocket adopt(Descriptor handed, int type) throws IOException {
    NativeSocket socket = new NativeSocket(new LinuxCalls(), handed.release());
    try {
      if (socket.get(SocketDescriptor.SOL_SOCKET, SocketDescriptor.SO_TYPE) != type) {
        throw new SocketException("the descriptor is of a socket of another type");
      }
      return socket;
    } catch (IOException | RuntimeException | Error failure) {
      socket.close();
      throw failure;
    }
  }

  /** The number, which stays ours. */
  int descriptor() {
    return descriptor;
  }

  /** A second descriptor of this socket, which its owner closes. */
  synchronized Descriptor duplicate() throws IOException {
    if (descriptor == CLOSED) {
      throw new SocketException("the socket is closed");
    }
    return Descriptor.duplicateOf(descriptor);
  }

  static int family(InetAddress address) {
    return address instanceof Inet6Address ? SocketDescriptor.AF_INET6 : SocketDescriptor.AF_INET;
  }

  void set(int level, int option, int value) throws IOException {
    set(calls, descriptor, level, option, value);
  }

  static void set(LinuxCalls calls, int descriptor, int level, int option, int value)
      throws IOException {
    int result = setsockopt(calls, descriptor, level, option, value);
    if (result < 0) {
      throw new SocketException("cannot set socket option " + level + "/" + option + errno(result));
    }
  }

  /** Sets an option that not every kernel has and that we can do without. */
  void prefer(int level, int option, int value) {
    int _ = setsockopt(calls, descriptor, level, option, value);
  }

  private static int setsockopt(
      LinuxCalls calls, int descriptor, int level, int option, int value) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocateFrom(JAVA_INT, value);
      return calls.setsockopt(descriptor, level, option, memory, Integer.BYTES);
    }
  }

  int get(int level, int option) throws SocketException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocate(JAVA_INT);
      MemorySegment length = arena.allocateFrom(JAVA_INT, Integer.BYTES);
      int result = calls.getsockopt(descriptor, level, option, value, length);
      if (result < 0) {
        throw new SocketException("no socket option " + level + "/" + option + errno(result));
      }
      return value.get(JAVA_INT, 0);
    }
  }

  /** Whether the kernel has an option. */
  boolean has(int level, int option) {
    try {
      int _ = get(level, option);
      return true;
    } catch (SocketException e) {
      return false;
    }
  }

  /** Makes a receive, or an accept, that finds nothing end after this time. */
  void setReceiveTimeout(int millis) throws IOException {
    setTimeout(SocketDescriptor.SO_RCVTIMEO, millis);
  }

  /** Makes a send that finds no room end after this time. */
  void setSendTimeout(int millis) throws IOException {
    setTimeout(SocketDescriptor.SO_SNDTIMEO, millis);
  }

  private void setTimeout(int option, int millis) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment time = arena.allocate(SocketDescriptor.TIMEVAL_SIZE, Long.BYTES);
      time.set(JAVA_LONG, 0, millis / 1000);
      time.set(JAVA_LONG, SocketDescriptor.TIMEVAL_MICROS, millis % 1000 * 1000L);
      int result =
          calls.setsockopt(
              descriptor, SocketDescriptor.SOL_SOCKET, option, time, (int) time.byteSize());
      if (result < 0) {
        throw new SocketException("the kernel refuses a time-out" + errno(result));
      }
    }
  }

  /**
   * @param protocol which this socket is of, for the message of a failure
   */
  void bind(InetSocketAddress local, Protocol protocol) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = name(arena, local);
      int result = bind(name);
      if (result < 0) {
        throw bindFailure(protocol, local, -result);
      }
    }
  }

  /** As {@link LinuxCalls#bind}. */
  int bind(MemorySegment name) {
    return calls.bind(descriptor, name, (int) name.byteSize());
  }

  /** As {@link LinuxCalls#connect}. */
  int connect(MemorySegment name) {
    return calls.connect(descriptor, name, (int) name.byteSize());
  }

  /** Lets peers connect to a bound socket. */
  void listen(int backlog) throws IOException {
    int result = calls.listen(descriptor, backlog);
    if (result < 0) {
      throw new SocketException("the socket cannot listen" + errno(result));
    }
  }

  /** The next connection to a listening socket; null when there is none within the time-out. */
  @Nullable NativeSocket accept() throws IOException {
    int result = calls.accept4(descriptor, SocketDescriptor.SOCK_CLOEXEC);
    if (result == -SocketDescriptor.EAGAIN || result == -SocketDescriptor.EINTR) {
      return null;
    }
    if (result < 0) {
      throw new SocketException("no connection can be accepted" + errno(result));
    }
    return new NativeSocket(new LinuxCalls(), result);
  }

  /** Who may connect to a unix socket that is bound next: permissions as of a file. */
  void setPermissions(int mode) throws IOException {
    int result = calls.fchmod(descriptor, mode);
    if (result < 0) {
      throw new SocketException("the socket takes no permissions" + errno(result));
    }
  }

  /** The user that the process at the other end of a unix socket had when it connected. */
  int peerUser() throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocate(SocketDescriptor.CREDENTIALS_SIZE, Integer.BYTES);
      MemorySegment length = arena.allocateFrom(JAVA_INT, SocketDescriptor.CREDENTIALS_SIZE);
      int result =
          calls.getsockopt(
              descriptor, SocketDescriptor.SOL_SOCKET, SocketDescriptor.SO_PEERCRED, value, length);
      if (result < 0) {
        throw new SocketException("the peer has no credentials" + errno(result));
      }
      return value.get(JAVA_INT, SocketDescriptor.CREDENTIALS_USER);
    }
  }

  /** The user of this process. */
  int ownUser() {
    return calls.geteuid();
  }

  /** Fixes the peer: datagrams go to it and only those that it sent come in. */
  void connect(InetSocketAddress peer) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      int result = connect(name(arena, peer));
      if (result == -SocketDescriptor.ENETUNREACH || result == -SocketDescriptor.EHOSTUNREACH) {
        throw new NoRouteToHostException("no way to " + DatagramPorts.text(peer) + errno(result));
      }
      if (result < 0) {
        throw new SocketException(
            "cannot connect to UDP address " + DatagramPorts.text(peer) + errno(result));
      }
    }
  }

  private static IOException bindFailure(Protocol protocol, InetSocketAddress local, int errno) {
    return switch (errno) {
      case SocketDescriptor.EADDRINUSE -> new BindFailure(protocol, local, "already in use");
      case SocketDescriptor.EADDRNOTAVAIL ->
          new BindFailure(protocol, local, "not an address of this machine");
      case SocketDescriptor.EACCES ->
          new BindFailure(
              protocol, local, "no permission (a port below 1024 needs CAP_NET_BIND_SERVICE)");
      default ->
          new SocketException(
              "cannot bind " + protocol + " address " + DatagramPorts.text(local) + errno(-errno));
    };
  }

  InetSocketAddress localAddress() throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = arena.allocate(SocketDescriptor.NAME_V6_SIZE, Integer.BYTES);
      MemorySegment length = arena.allocateFrom(JAVA_INT, SocketDescriptor.NAME_V6_SIZE);
      int result = calls.getsockname(descriptor, name, length);
      if (result < 0) {
        throw new SocketException("the socket has no name" + errno(result));
      }
      int port =
          Short.toUnsignedInt(name.get(SocketDescriptor.NET_SHORT, SocketDescriptor.NAME_PORT));
      return new InetSocketAddress(address(name), port);
    }
  }

  private static InetAddress address(MemorySegment name) throws IOException {
    if (name.get(JAVA_SHORT, SocketDescriptor.NAME_FAMILY) == SocketDescriptor.AF_INET) {
      return InetAddress.getByAddress(
          name.asSlice(SocketDescriptor.NAME_V4_ADDRESS, 4).toArray(JAVA_BYTE));
    }
    byte[] octets = name.asSlice(SocketDescriptor.NAME_V6_ADDRESS, 16).toArray(JAVA_BYTE);
    int scope = name.get(JAVA_INT, SocketDescriptor.NAME_V6_SCOPE);
    return Inet6Address.getByAddress(null, octets, scope == 0 ? -1 : scope);
  }

  static MemorySegment name(Arena arena, InetSocketAddress of) {
    InetAddress address = of.getAddress();
    boolean v6 = address instanceof Inet6Address;
    MemorySegment name =
        arena.allocate(
            v6 ? SocketDescriptor.NAME_V6_SIZE : SocketDescriptor.NAME_V4_SIZE, Integer.BYTES);
    name.set(JAVA_SHORT, SocketDescriptor.NAME_FAMILY, (short) family(address));
    name.set(SocketDescriptor.NET_SHORT, SocketDescriptor.NAME_PORT, (short) of.getPort());
    byte[] octets = address.getAddress();
    long at = v6 ? SocketDescriptor.NAME_V6_ADDRESS : SocketDescriptor.NAME_V4_ADDRESS;
    MemorySegment.copy(octets, 0, name, JAVA_BYTE, at, octets.length);
    if (address instanceof Inet6Address scoped) {
      name.set(JAVA_INT, SocketDescriptor.NAME_V6_SCOPE, scoped.getScopeId());
    }
    return name;
  }

  /** As {@link LinuxCalls#recvmmsg}. */
  int receive(MemorySegment messages, int count, int flags) {
    return calls.recvmmsg(descriptor, messages, count, flags);
  }

  /** As {@link LinuxCalls#sendmmsg}. */
  int send(MemorySegment messages, int count, int flags) {
    return calls.sendmmsg(descriptor, messages, count, flags);
  }

  /** As {@link LinuxCalls#sendmsg}. */
  int sendMessage(MemorySegment message, int flags) {
    return calls.sendmsg(descriptor, message, flags);
  }

  /** As {@link LinuxCalls#recvmsg}. */
  int receiveMessage(MemorySegment message, int flags) {
    return calls.recvmsg(descriptor, message, flags);
  }

  /** As {@link LinuxCalls#sendto}. */
  int sendTo(MemorySegment payload, MemorySegment name, int flags) {
    return calls.sendto(descriptor, payload, flags, name, (int) name.byteSize());
  }

  /**
   * Throws when a receive or send says that the socket or our memory is unusable. All else passes:
   * a time-out, a signal, the echo of an ICMP error, a full buffer, a destination that the kernel
   * will not send to (a stranger chooses those).
   *
   * @param result negated errno
   */
  static void throwIfBroken(int result) throws IOException {
    switch (-result) {
      case SocketDescriptor.EBADF, SocketDescriptor.EFAULT, SocketDescriptor.ENOTSOCK ->
          throw new SocketException("the socket is unusable" + errno(result));
      default -> {
        // An errno is an open set: whatever else it is, the next datagram may be well.
      }
    }
  }

  static String errno(int result) {
    return " (errno " + -result + ")";
  }

  @Override
  public synchronized void close() {
    if (descriptor != CLOSED) {
      int closing = descriptor;
      descriptor = CLOSED;
      int _ = calls.close(closing);
    }
  }
}

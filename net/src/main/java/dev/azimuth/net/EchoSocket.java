package dev.azimuth.net;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import org.jspecify.annotations.Nullable;

/**
 * Sends ICMP echo requests and receives what comes back (RFC 792, RFC 4443 section 4), for one
 * address family. Linux only, where the system allows it: to the groups of {@code
 * net.ipv4.ping_group_range}, or with CAP_NET_RAW. One thread may send while another receives.
 */
public final class EchoSocket implements AutoCloseable {
  /** The octets that a request carries and a reply brings back. */
  public static final int PAYLOAD = 16;

  private static final int HEADER = 8;
  private static final int REQUEST_V4 = 8;
  private static final int REPLY_V4 = 0;
  private static final int REQUEST_V6 = 128;
  private static final int REPLY_V6 = 129;

  /** Room for any reply of ours behind the longest IPv4 header. */
  private static final int ROOM = 60 + HEADER + PAYLOAD;

  private final boolean v4;

  /** Whether the kernel leaves to us what comes before and in the header of IPv4. */
  private final boolean raw;

  private final NativeSocket sending;

  /** The same socket for the thread that receives. */
  private final NativeSocket receiving;

  private EchoSocket(boolean v4, boolean raw, NativeSocket sending, NativeSocket receiving) {
    this.v4 = v4;
    this.raw = raw;
    this.sending = sending;
    this.receiving = receiving;
  }

  /**
   * Opens one.
   *
   * @param v4 for IPv4; else for IPv6
   * @throws IOException when the system does not allow it, or native calls cannot be made here
   */
  public static EchoSocket open(boolean v4) throws IOException {
    if (!Platform.HAS_NATIVE_CALLS) {
      throw new SocketException("no native calls can be made here");
    }
    try {
      return open(v4, /* raw= */ false);
    } catch (IOException notAllowed) {
      try {
        return open(v4, /* raw= */ true);
      } catch (IOException neither) {
        throw new SocketException(
            "ICMP is allowed neither by net.ipv4.ping_group_range nor by CAP_NET_RAW", neither);
      }
    }
  }

  private static EchoSocket open(boolean v4, boolean raw) throws IOException {
    int type = raw ? SocketDescriptor.SOCK_RAW : SocketDescriptor.SOCK_DGRAM;
    NativeSocket socket =
        v4
            ? NativeSocket.open(SocketDescriptor.AF_INET, type, SocketDescriptor.IPPROTO_ICMP)
            : NativeSocket.open(SocketDescriptor.AF_INET6, type, SocketDescriptor.IPPROTO_ICMPV6);
    try {
      return new EchoSocket(v4, raw, socket, NativeSocket.adopt(socket.duplicate(), type));
    } catch (IOException | RuntimeException | Error failure) {
      socket.close();
      throw failure;
    }
  }

  /**
   * Sends a request.
   *
   * @param to of this socket's family
   * @param payload {@link #PAYLOAD} octets
   * @throws NoRouteToHostException when there is no way to that address
   * @throws IOException when the system does not send it for any other reason: it is not allowed,
   *     or buffers have run out
   */
  public void send(InetAddress to, byte[] payload) throws IOException {
    if (payload.length != PAYLOAD) {
      throw new IllegalArgumentException(payload.length + " octets");
    }
    byte[] packet = new byte[HEADER + PAYLOAD];
    packet[0] = (byte) (v4 ? REQUEST_V4 : REQUEST_V6);
    System.arraycopy(payload, 0, packet, HEADER, PAYLOAD);
    if (raw && v4) {
      int checksum = checksum(packet);
      packet[2] = (byte) (checksum >> 8);
      packet[3] = (byte) checksum;
    }
    try (Arena arena = Arena.ofConfined()) {
      int result =
          sending.sendTo(
              arena.allocateFrom(JAVA_BYTE, packet),
              NativeSocket.name(arena, new InetSocketAddress(to, 0)),
              SocketDescriptor.MSG_DONTWAIT);
      if (result < 0) {
        throw unsent(-result);
      }
    }
  }

  /** Why a request was not sent; an errno is an open set. */
  static SocketException unsent(int errno) {
    String errors = NativeSocket.errno(-errno);
    return switch (errno) {
      case SocketDescriptor.EADDRNOTAVAIL ->
          new NoRouteToHostException("no local address of this family" + errors);
      case SocketDescriptor.ENETDOWN, SocketDescriptor.ENETUNREACH ->
          new NoRouteToHostException("network is unreachable" + errors);
      case SocketDescriptor.EHOSTDOWN, SocketDescriptor.EHOSTUNREACH ->
          new NoRouteToHostException("no route to host" + errors);
      default -> new SocketException("no echo request can be sent" + errors);
    };
  }

  /**
   * Waits for a message.
   *
   * @param millis how long, at least 1
   * @return what an echo reply brought back, {@link #PAYLOAD} octets, which may answer another
   *     process; null when none came, or something else
   * @throws IOException when the socket is unusable, as after {@link #close}
   */
  public byte @Nullable [] receive(int millis) throws IOException {
    receiving.setReceiveTimeout(millis);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment room = arena.allocate(ROOM);
      MemorySegment vector = arena.allocate(SocketDescriptor.VECTOR_SIZE, Long.BYTES);
      vector.set(ADDRESS, SocketDescriptor.VECTOR_BASE, room);
      vector.set(JAVA_LONG, SocketDescriptor.VECTOR_LENGTH, room.byteSize());
      MemorySegment message = arena.allocate(SocketDescriptor.MESSAGE_SIZE, Long.BYTES);
      message.set(ADDRESS, SocketDescriptor.MESSAGE_VECTOR, vector);
      message.set(JAVA_LONG, SocketDescriptor.MESSAGE_VECTOR_COUNT, 1);
      int length = receiving.receiveMessage(message, 0);
      if (length < 0) {
        NativeSocket.throwIfBroken(length);
        return null;
      }
      return reply(room.asSlice(0, Math.min(length, ROOM)).toArray(JAVA_BYTE), v4, raw);
    }
  }

  /** What a reply carries; null for any other packet. */
  static byte @Nullable [] reply(byte[] packet, boolean v4, boolean raw) {
    // A raw socket gives IPv4 packets with their header, whose length is in units of 4 octets.
    int at = raw && v4 && packet.length > 0 ? (packet[0] & 0x0f) * 4 : 0;
    if (packet.length != at + HEADER + PAYLOAD
        || (packet[at] & 0xff) != (v4 ? REPLY_V4 : REPLY_V6)) {
      return null;
    }
    byte[] payload = new byte[PAYLOAD];
    System.arraycopy(packet, at + HEADER, payload, 0, PAYLOAD);
    return payload;
  }

  /** The Internet checksum (RFC 1071) of an even number of octets. */
  static int checksum(byte[] octets) {
    int sum = 0;
    for (int i = 0; i < octets.length; i += 2) {
      sum += (octets[i] & 0xff) << 8 | (octets[i + 1] & 0xff);
    }
    sum = (sum >>> 16) + (sum & 0xffff);
    return ~(sum + (sum >>> 16)) & 0xffff;
  }

  /** Closes it; whoever waits for a message learns of that when its time is over. */
  @Override
  public void close() {
    sending.close();
    receiving.close();
  }
}

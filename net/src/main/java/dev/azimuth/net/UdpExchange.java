package dev.azimuth.net;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Moves datagrams of any length from one {@link UdpSocket} to another, in batches and without a
 * copy. Linux only. The way of use: {@link #receive}, and {@link #pass} each of what came on before
 * the next. Receiving and passing allocate nothing. For one thread.
 */
public final class UdpExchange {
  /** The most datagrams received at a time. */
  public static final int BATCH = 24;

  /** Instead of a count: the network says that the peer of a connected socket is not there. */
  public static final int UNREACHABLE = -1;

  /** More than any datagram has: UDP counts its length in 16 bits, its header included. */
  private static final int PAYLOAD = 1 << 16;

  private final LinuxCalls calls = new LinuxCalls();
  private final MessageBatch batch = new MessageBatch(BATCH, PAYLOAD);
  private int count = BATCH;

  /** Takes memory for a batch, of which the system gives what is used. */
  public UdpExchange() {}

  /**
   * Opens a socket of the peer's family and connects it.
   *
   * @param peer resolved
   * @param from the local address, of the same family; null for whichever leads there
   * @throws java.net.NoRouteToHostException when there is no way to the peer
   * @throws IOException when the socket cannot be made, or the local address cannot be had
   */
  public UdpSocket connect(InetSocketAddress peer, @Nullable InetAddress from) throws IOException {
    return UdpSocket.connect(calls, peer, from);
  }

  /**
   * Takes datagrams that are there, without waiting.
   *
   * @return how many, 0 to {@link #BATCH}; 0 also on a passing error of the socket; {@link
   *     #UNREACHABLE} once for each time that the network says so
   * @throws IOException when the socket cannot be used
   */
  public int receive(UdpSocket from) throws IOException {
    // With room for control data whether this socket has any: the next one may.
    batch.prepare(count, true);
    count = 0;
    int result = from.socket.receive(batch.from(0), BATCH, SocketDescriptor.MSG_DONTWAIT);
    if (result < 0) {
      return failed(result);
    }
    count = result;
    return count;
  }

  /** The length of a received datagram, 0 to 65527 octets. */
  public int length(int index) {
    return batch.length(index);
  }

  /** Who sent a datagram that was received by a bound socket. */
  public void sender(int index, Correspondent into) {
    into.v4 = batch.isV4(index);
    into.port = batch.port(index);
    into.high = into.v4 ? 0 : batch.v6High(index);
    into.low = into.v4 ? Integer.toUnsignedLong(batch.v4Address(index)) : batch.v6Low(index);
    into.scope = into.v4 ? 0 : batch.scope(index);
    into.askedKnown = batch.hasAddressAsked(index);
    into.askedHigh = 0;
    into.askedLow = 0;
    if (into.askedKnown) {
      into.askedHigh = into.v4 ? 0 : batch.v6HighAsked(index);
      into.askedLow =
          into.v4 ? Integer.toUnsignedLong(batch.v4AddressAsked(index)) : batch.v6LowAsked(index);
    }
  }

  /**
   * Passes received datagrams on to the peer of a connected socket, without waiting.
   *
   * @param first index of those
   * @param end index behind the last
   * @return how many were sent, the others are lost; {@link #UNREACHABLE} as for {@link #receive}
   * @throws IOException when the socket cannot be used
   */
  public int pass(int first, int end, UdpSocket over) throws IOException {
    for (int i = first; i < end; i++) {
      batch.pass(i);
    }
    return send(first, end, over);
  }

  /**
   * Passes received datagrams on to somebody, without waiting.
   *
   * @param over bound
   * @return as of the other
   * @throws IOException when the socket cannot be used
   */
  public int pass(int first, int end, UdpSocket over, Correspondent to) throws IOException {
    for (int i = first; i < end; i++) {
      batch.pass(i, to);
    }
    return send(first, end, over);
  }

  private int send(int first, int end, UdpSocket over) throws IOException {
    int sent = 0;
    int at = first;
    while (at < end) {
      int result = over.socket.send(batch.from(at), end - at, SocketDescriptor.MSG_DONTWAIT);
      if (result > 0) {
        sent += result;
        at += result;
      } else if (result != -SocketDescriptor.EINTR) {
        if (failed(result) == UNREACHABLE) {
          return UNREACHABLE;
        }
        at++;
      }
    }
    return sent;
  }

  private static int failed(int result) throws IOException {
    return switch (-result) {
      case SocketDescriptor.ECONNREFUSED,
          SocketDescriptor.EHOSTUNREACH,
          SocketDescriptor.EHOSTDOWN,
          SocketDescriptor.ENETUNREACH ->
          UNREACHABLE;
      default -> {
        NativeSocket.throwIfBroken(result);
        yield 0;
      }
    };
  }
}

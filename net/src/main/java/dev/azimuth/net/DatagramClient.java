package dev.azimuth.net;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Objects;

/**
 * A UDP socket connected to one server, which sends and receives in batches: {@link DatagramPort}
 * seen from the other side. Linux only. Nothing between {@link #connect} and {@link #close}
 * allocates. For one thread.
 */
public final class DatagramClient implements AutoCloseable {

  /** The most datagrams queued, or received at a time. */
  public static final int BATCH = 64;

  private static final int WAIT_MILLIS = 20;

  private final NativeSocket socket;
  private final MessageBatch received = new MessageBatch(BATCH, DatagramPort.PAYLOAD);
  private final MessageBatch queries = new MessageBatch(BATCH, DatagramPort.PAYLOAD);
  private int count;
  private int queued;

  private DatagramClient(NativeSocket socket) {
    this.socket = socket;
    received.prepare(BATCH, /* withControl= */ false);
  }

  /**
   * Connects from a free local port.
   *
   * @param server resolved
   * @param receiveBuffer wanted, in octets, at least 1; the kernel may give less
   * @throws IOException when native calls cannot be made here (see {@link
   *     DatagramPorts#nativeAvailable}) or the server's address cannot be reached from here
   */
  public static DatagramClient connect(InetSocketAddress server, int receiveBuffer)
      throws IOException {
    if (!DatagramPorts.nativeAvailable()) {
      throw new IOException("a DatagramClient needs Linux on x86-64 or aarch64");
    }
    NativeSocket socket =
        NativeSocket.open(NativeSocket.family(server.getAddress()), SocketDescriptor.SOCK_DGRAM);
    try {
      socket.set(SocketDescriptor.SOL_SOCKET, SocketDescriptor.SO_RCVBUF, receiveBuffer);
      socket.setReceiveTimeout(WAIT_MILLIS);
      socket.connect(server);
      return new DatagramClient(socket);
    } catch (IOException | RuntimeException | Error failure) {
      socket.close();
      throw failure;
    }
  }

  /**
   * Queues a datagram.
   *
   * @param length 1 to {@link DatagramPort#PAYLOAD} octets
   * @throws IndexOutOfBoundsException when {@link #BATCH} are queued
   */
  public void put(byte[] from, int length) {
    Objects.checkIndex(queued, BATCH);
    Objects.checkIndex(length - 1, DatagramPort.PAYLOAD);
    queries.put(queued, from, length);
    queued++;
  }

  /**
   * Sends what is queued. The echo of an ICMP error is passed over; what the kernel does not take
   * otherwise is lost, as it may be under way.
   *
   * @return how many were sent
   * @throws IOException when the socket can no longer be used
   */
  public int flush() throws IOException {
    int sent = 0;
    int at = 0;
    int refusals = 0;
    while (at < queued) {
      int result = socket.send(queries.from(at), queued - at, /* flags= */ 0);
      if (result > 0) {
        sent += result;
        at += result;
        refusals = 0;
      } else if (result != -SocketDescriptor.EINTR) {
        NativeSocket.throwIfBroken(result);
        // The first refusal may be the echo of an earlier datagram and says nothing of this one.
        at += refusals;
        refusals = 1 - refusals;
      }
    }
    queued = 0;
    return sent;
  }

  /**
   * Takes the datagrams that are there.
   *
   * @param wait whether to wait for the first one, at most 20 ms
   * @return how many, 0 to {@link #BATCH}; 0 as well on a passing error, such as a port unreachable
   * @throws IOException when the socket can no longer be used
   */
  public int receive(boolean wait) throws IOException {
    received.prepare(count, /* withControl= */ false);
    count = 0;
    int flags = wait ? SocketDescriptor.MSG_WAITFORONE : SocketDescriptor.MSG_DONTWAIT;
    int result = socket.receive(received.from(0), BATCH, flags);
    if (result < 0) {
      NativeSocket.throwIfBroken(result);
      return 0;
    }
    count = result;
    return count;
  }

  /**
   * Copies the payload of one datagram of the last {@link #receive}.
   *
   * @param into at least {@link DatagramPort#PAYLOAD} octets long
   * @return its length in octets; what does not fit into a payload is cut off
   */
  public int copy(int index, byte[] into) {
    return received.copy(Objects.checkIndex(index, count), into);
  }

  @Override
  public void close() {
    socket.close();
  }
}

package dev.azimuth.net;

import java.io.IOException;
import java.net.InetSocketAddress;

/**
 * A bound UDP socket that receives and sends datagrams in batches.
 *
 * <p>The way of use is a loop: {@link #receive()}, then for each index below the returned count
 * {@link #copy} and perhaps {@link #reply}, then {@link #flush()}. What an index says is valid
 * until the next {@code receive}. None of the methods between two batches allocates.
 *
 * <p>Threads: everything but {@link #localAddress()} and {@link #duplicate()} belongs to the one
 * worker thread, which also closes the port. A call of {@code close} by another thread neither
 * wakes the worker nor is safe.
 */
public interface DatagramPort extends AutoCloseable {

  /**
   * The most datagrams in one batch. For every 32 packets that one core frees and another made, the
   * Linux kernel interrupts the other: fewer than that at a time, and it collects them by itself.
   */
  int BATCH = 24;

  /** The longest payload received, in octets; a longer datagram is dropped and counted. */
  int PAYLOAD = 4096;

  /** The local address and port in effect, never port 0. */
  InetSocketAddress localAddress();

  /** The transport in words for the log: {@code recvmmsg} or {@code nio}. */
  String transport();

  /**
   * A second descriptor of the socket, to hand to another process. For any thread, at any time.
   *
   * @return owned by the caller, who closes it
   * @throws IOException when the port is closed, or is not one of the native transport
   */
  Descriptor duplicate() throws IOException;

  /** The size of the kernel's receive buffer in effect, in octets. */
  int receiveBuffer();

  /**
   * Waits at most 200 ms for datagrams and takes those that are there.
   *
   * @return how many, 0 to {@link #BATCH}; 0 on time-out, interruption or a passing socket error
   * @throws IOException when the socket can no longer be used
   */
  int receive() throws IOException;

  /**
   * Copies the payload of one datagram.
   *
   * @param into at least {@link #PAYLOAD} octets long
   * @return its length in octets, 0 to {@link #PAYLOAD}; -1 when it was truncated and must be
   *     dropped
   */
  int copy(int index, byte[] into);

  /** Whether the sender of this datagram has an IPv4 address. */
  boolean sourceIsV4(int index);

  /** The upper 64 bits of the sender's IPv6 address; 0 for IPv4. */
  long sourceHigh(int index);

  /**
   * The lower 64 bits of the sender's IPv6 address; the whole IPv4 address in the lower 32 bits.
   */
  long sourceLow(int index);

  /** The sender's port, 0 to 65535. */
  int sourcePort(int index);

  /**
   * Queues a reply to the sender of the datagram with this index, from the address that it was sent
   * to. At most one reply an index, and none to a lower index than the last.
   *
   * @param length 1 to {@link #PAYLOAD} octets
   */
  void reply(int index, byte[] from, int length);

  /**
   * Sends the queued replies without waiting. One that the kernel does not take is skipped.
   *
   * @return how many were sent
   * @throws IOException when the socket can no longer be used
   */
  int flush() throws IOException;

  /**
   * Datagrams dropped because they were longer than {@link #PAYLOAD}, since the port was opened.
   */
  long oversized();

  /**
   * Replies that left together with others, in one message to the socket that had asked for all of
   * them, since the port was opened. It has them as a datagram each.
   */
  long joined();

  /** Replies that the kernel did not take, since the port was opened. */
  long unsent();

  @Override
  void close();

  /**
   * Lets other sockets of the same port have what comes from now on; what is queued stays to be
   * received. For ports that are about to be closed, and are no other process's too. Does nothing
   * where it cannot be done, as with the JDK's sockets.
   */
  default void giveWay() {}
}

package dev.azimuth.net;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Up to {@value #MOST} messages as {@code recvmmsg} and {@code sendmmsg} take them, with everything
 * that their headers point to, in one piece of memory outside the heap: headers, vectors, names,
 * control data, payloads.
 *
 * <p>The memory is of an automatic arena, because the thread that opens a port is not its worker: a
 * confined arena would tie it to the former, a shared one costs two atomic operations a call and a
 * handshake with all threads at close. It is freed some time after the port is unreachable.
 */
final class MessageBatch {

  /** How many messages there is room for. */
  static final int MOST = 64;

  private static final int PAYLOAD = DatagramPort.PAYLOAD;
  private static final long NAME_ROOM = 32;
  private static final long CONTROL_ROOM = 64;

  /**
   * From one payload to the next. Were it a whole page, the beginnings of all payloads, where short
   * packets are, would share a few lines of the processor's first cache and evict each other.
   */
  private static final long PAYLOAD_ROOM = PAYLOAD + 3 * 64;

  private static final long VECTORS = MOST * SocketDescriptor.MESSAGE_SIZE;
  private static final long NAMES = VECTORS + MOST * SocketDescriptor.VECTOR_SIZE;
  private static final long CONTROLS = NAMES + MOST * NAME_ROOM;
  private static final long PAYLOADS = CONTROLS + MOST * CONTROL_ROOM;
  private static final long SIZE = PAYLOADS + MOST * PAYLOAD_ROOM;

  private final MemorySegment memory = Arena.ofAuto().allocate(SIZE, 64);

  MessageBatch() {
    for (int i = 0; i < MOST; i++) {
      setAddress(vector(i) + SocketDescriptor.VECTOR_BASE, payload(i));
      setAddress(header(i) + SocketDescriptor.MESSAGE_VECTOR, vector(i));
      memory.set(JAVA_LONG, header(i) + SocketDescriptor.MESSAGE_VECTOR_COUNT, 1);
    }
  }

  /** The headers, from the one with this index on. Allocates unless the index is 0. */
  MemorySegment from(int index) {
    return index == 0 ? memory : memory.asSlice(header(index));
  }

  /** Makes the first messages ready to receive: the kernel overwrites the lengths it is given. */
  void prepare(int count, boolean withControl) {
    for (int i = 0; i < count; i++) {
      long header = header(i);
      setAddress(header + SocketDescriptor.MESSAGE_VECTOR, vector(i)); // a reply may have moved it
      setAddress(header + SocketDescriptor.MESSAGE_NAME, name(i));
      memory.set(
          JAVA_INT, header + SocketDescriptor.MESSAGE_NAME_LENGTH, SocketDescriptor.NAME_V6_SIZE);
      setLength(i, PAYLOAD);
      if (withControl) {
        setAddress(header + SocketDescriptor.MESSAGE_CONTROL, control(i));
        memory.set(JAVA_LONG, header + SocketDescriptor.MESSAGE_CONTROL_LENGTH, CONTROL_ROOM);
      }
    }
  }

  boolean isTruncated(int index) {
    int flags = memory.get(JAVA_INT, header(index) + SocketDescriptor.MESSAGE_FLAGS);
    return (flags & SocketDescriptor.MSG_TRUNC) != 0;
  }

  /** Copies the payload of a received message and gives its length. */
  int copy(int index, byte[] into) {
    int length = memory.get(JAVA_INT, header(index) + SocketDescriptor.MESSAGE_LENGTH);
    MemorySegment.copy(memory, JAVA_BYTE, payload(index), into, 0, length);
    return length;
  }

  boolean isV4(int index) {
    return memory.get(JAVA_SHORT, name(index) + SocketDescriptor.NAME_FAMILY)
        == SocketDescriptor.AF_INET;
  }

  int port(int index) {
    return Short.toUnsignedInt(
        memory.get(SocketDescriptor.NET_SHORT, name(index) + SocketDescriptor.NAME_PORT));
  }

  int v4Address(int index) {
    return memory.get(SocketDescriptor.NET_INT, name(index) + SocketDescriptor.NAME_V4_ADDRESS);
  }

  long v6High(int index) {
    return memory.get(SocketDescriptor.NET_LONG, name(index) + SocketDescriptor.NAME_V6_ADDRESS);
  }

  long v6Low(int index) {
    return memory.get(
        SocketDescriptor.NET_LONG, name(index) + SocketDescriptor.NAME_V6_ADDRESS + Long.BYTES);
  }

  /** Fills a message for the peer of a connected socket: without name and control data. */
  void put(int index, byte[] from, int length) {
    MemorySegment.copy(from, 0, memory, JAVA_BYTE, payload(index), length);
    setLength(index, length);
  }

  /**
   * Makes a received message its own reply: it leaves for where it came from, and from the address
   * that was asked.
   *
   * @param to where its header goes, at most {@code index}: {@code sendmmsg} takes no gaps
   */
  void reply(int index, int to, byte[] from, int length) {
    MemorySegment.copy(from, 0, memory, JAVA_BYTE, payload(index), length);
    setLength(index, length);
    leaveFromAddressAsked(index);
    if (to != index) {
      MemorySegment.copy(memory, header(index), memory, header(to), SocketDescriptor.MESSAGE_SIZE);
    }
  }

  /**
   * Turns the packet information of a received message into that of its reply. The interface is
   * left to the routing table, but for a link-local address, which means nothing without one.
   */
  private void leaveFromAddressAsked(int index) {
    long length = memory.get(JAVA_LONG, header(index) + SocketDescriptor.MESSAGE_CONTROL_LENGTH);
    long control = control(index);
    if (length == SocketDescriptor.PKTINFO_V4_SPACE) {
      memory.set(JAVA_INT, control + SocketDescriptor.PKTINFO_V4_INTERFACE, 0);
    } else if (length == SocketDescriptor.PKTINFO_V6_SPACE) {
      int start =
          memory.get(SocketDescriptor.NET_INT, control + SocketDescriptor.PKTINFO_V6_ADDRESS);
      boolean linkLocal = (start & 0xFFC00000) == 0xFE800000; // fe80::/10
      if (!linkLocal) {
        memory.set(JAVA_INT, control + SocketDescriptor.PKTINFO_V6_INTERFACE, 0);
      }
    }
  }

  private void setLength(int index, int length) {
    memory.set(JAVA_LONG, vector(index) + SocketDescriptor.VECTOR_LENGTH, length);
  }

  private void setAddress(long at, long offset) {
    memory.set(JAVA_LONG, at, memory.address() + offset);
  }

  private static long header(int index) {
    return index * SocketDescriptor.MESSAGE_SIZE;
  }

  private static long vector(int index) {
    return VECTORS + index * SocketDescriptor.VECTOR_SIZE;
  }

  private static long name(int index) {
    return NAMES + index * NAME_ROOM;
  }

  private static long control(int index) {
    return CONTROLS + index * CONTROL_ROOM;
  }

  private static long payload(int index) {
    return PAYLOADS + index * PAYLOAD_ROOM;
  }
}

package dev.azimuth.net;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Messages as {@code recvmmsg} and {@code sendmmsg} take them, with everything that their headers
 * point to, in one piece of memory outside the heap: headers, vectors, names, control data,
 * payloads.
 *
 * <p>What every message needs is read and written with layouts that promise no alignment: what they
 * need not promise need not be checked each time.
 *
 * <p>The memory is of an automatic arena, because the thread that opens a port is not its worker: a
 * confined arena would tie it to the former, a shared one costs two atomic operations a call and a
 * handshake with all threads at close. It is freed some time after the port is unreachable.
 */
final class MessageBatch {

  private static final long NAME_ROOM = 32;
  private static final long CONTROL_ROOM = 64;

  /**
   * Between two payloads. Were it a whole page from one to the next, the beginnings of all
   * payloads, where short packets are, would share a few lines of the processor's first cache and
   * evict each other.
   */
  private static final long GAP = 3 * 64;

  /** Up to so many octets a copy by words is quicker than the call of a copying routine. */
  private static final int SHORT = 128;

  private static final VarHandle WORD =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

  private final int payload;
  private final long vectors;
  private final long names;
  private final long controls;
  private final long payloads;

  /** A header and its vector, for a reply that is sent {@link #alone}. */
  private final long spare;

  private final MemorySegment memory;

  /** The headers, from each one on. */
  private final MemorySegment[] from;

  private final MemorySegment alone;

  /**
   * @param most how many messages there is room for
   * @param payload the longest, in octets, a multiple of 64
   */
  MessageBatch(int most, int payload) {
    this.payload = payload;
    vectors = most * SocketDescriptor.MESSAGE_SIZE;
    names = vectors + most * SocketDescriptor.VECTOR_SIZE;
    controls = names + most * NAME_ROOM;
    payloads = controls + most * CONTROL_ROOM;
    spare = payloads + most * (payload + GAP);
    memory =
        Arena.ofAuto()
            .allocate(spare + SocketDescriptor.MESSAGE_SIZE + SocketDescriptor.VECTOR_SIZE, 64);
    alone = memory.asSlice(spare);
    from = new MemorySegment[most];
    for (int i = 0; i < most; i++) {
      from[i] = memory.asSlice(header(i));
      setAddress(vector(i) + SocketDescriptor.VECTOR_BASE, payload(i));
      setAddress(header(i) + SocketDescriptor.MESSAGE_VECTOR, vector(i));
      memory.set(JAVA_LONG, header(i) + SocketDescriptor.MESSAGE_VECTOR_COUNT, 1);
    }
  }

  /** The headers, from the one with this index on. */
  MemorySegment from(int index) {
    return from[index];
  }

  /**
   * Makes the first messages ready to receive, whatever was done to them: the kernel overwrites the
   * lengths it is given, a reply may have altered headers.
   */
  void prepare(int count, boolean withControl) {
    for (int i = 0; i < count; i++) {
      prepareOne(i, withControl);
    }
  }

  /** The same for one of them. */
  void prepareOne(int index, boolean withControl) {
    long header = header(index);
    setAddress(header + SocketDescriptor.MESSAGE_VECTOR, vector(index));
    setAddress(header + SocketDescriptor.MESSAGE_NAME, name(index));
    memory.set(
        JAVA_INT, header + SocketDescriptor.MESSAGE_NAME_LENGTH, SocketDescriptor.NAME_V6_SIZE);
    setLength(index, payload);
    setAddress(header + SocketDescriptor.MESSAGE_CONTROL, control(index));
    setControlLength(header, withControl ? CONTROL_ROOM : 0);
  }

  /**
   * The same for messages of which no header was altered. The kernel gives back the lengths of
   * their names as they were: all senders of a socket are of one family.
   */
  void renew(int count, boolean withControl) {
    for (int i = 0; i < count; i++) {
      setLength(i, payload);
      if (withControl) {
        setControlLength(header(i), CONTROL_ROOM);
      }
    }
  }

  boolean isTruncated(int index) {
    int flags = memory.get(JAVA_INT_UNALIGNED, header(index) + SocketDescriptor.MESSAGE_FLAGS);
    return (flags & SocketDescriptor.MSG_TRUNC) != 0;
  }

  /** Copies the payload of a received message and gives its length. */
  int copy(int index, byte[] into) {
    int length = length(index);
    long from = payload(index);
    if (length < Long.BYTES || length > SHORT) {
      MemorySegment.copy(memory, JAVA_BYTE, from, into, 0, length);
      return length;
    }
    int last = length - Long.BYTES;
    for (int at = 0; at < last; at += Long.BYTES) {
      WORD.set(into, at, memory.get(JAVA_LONG_UNALIGNED, from + at));
    }
    WORD.set(into, last, memory.get(JAVA_LONG_UNALIGNED, from + last));
    return length;
  }

  /** How many octets the payload of a received message has. */
  int length(int index) {
    return memory.get(JAVA_INT_UNALIGNED, header(index) + SocketDescriptor.MESSAGE_LENGTH);
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

  /** The interface of a link-local IPv6 sender; 0 for any other. */
  int scope(int index) {
    return memory.get(JAVA_INT, name(index) + SocketDescriptor.NAME_V6_SCOPE);
  }

  /** Whether it is known to which address a received message came. */
  boolean hasAddressAsked(int index) {
    long length = controlLength(header(index));
    return length == SocketDescriptor.PKTINFO_V4_SPACE
        || length == SocketDescriptor.PKTINFO_V6_SPACE;
  }

  int v4AddressAsked(int index) {
    return memory.get(
        SocketDescriptor.NET_INT, control(index) + SocketDescriptor.PKTINFO_V4_ADDRESS);
  }

  long v6HighAsked(int index) {
    return memory.get(
        SocketDescriptor.NET_LONG, control(index) + SocketDescriptor.PKTINFO_V6_ADDRESS);
  }

  long v6LowAsked(int index) {
    return memory.get(
        SocketDescriptor.NET_LONG,
        control(index) + SocketDescriptor.PKTINFO_V6_ADDRESS + Long.BYTES);
  }

  /** Passes a received message on: to the peer of a connected socket. */
  void pass(int index) {
    long header = header(index);
    memory.set(JAVA_LONG, header + SocketDescriptor.MESSAGE_NAME, 0);
    memory.set(JAVA_INT, header + SocketDescriptor.MESSAGE_NAME_LENGTH, 0);
    setControlLength(header, 0);
    setLength(index, length(index));
  }

  /** Passes a received message on, to another address than it came from. */
  void pass(int index, Correspondent to) {
    pass(index);
    long header = header(index);
    long name = name(index);
    setAddress(header + SocketDescriptor.MESSAGE_NAME, name);
    memory.set(SocketDescriptor.NET_SHORT, name + SocketDescriptor.NAME_PORT, (short) to.port);
    if (to.v4) {
      memory.set(JAVA_SHORT, name + SocketDescriptor.NAME_FAMILY, (short) SocketDescriptor.AF_INET);
      memory.set(SocketDescriptor.NET_INT, name + SocketDescriptor.NAME_V4_ADDRESS, (int) to.low);
    } else {
      memory.set(
          JAVA_SHORT, name + SocketDescriptor.NAME_FAMILY, (short) SocketDescriptor.AF_INET6);
      long address = name + SocketDescriptor.NAME_V6_ADDRESS;
      memory.set(JAVA_INT, name + SocketDescriptor.NAME_V6_FLOW, 0);
      memory.set(SocketDescriptor.NET_LONG, address, to.high);
      memory.set(SocketDescriptor.NET_LONG, address + Long.BYTES, to.low);
      memory.set(JAVA_INT, name + SocketDescriptor.NAME_V6_SCOPE, to.scope);
    }
    memory.set(
        JAVA_INT,
        header + SocketDescriptor.MESSAGE_NAME_LENGTH,
        to.v4 ? SocketDescriptor.NAME_V4_SIZE : SocketDescriptor.NAME_V6_SIZE);
    if (to.askedKnown) {
      setControlLength(header, ControlData.leaveFrom(memory, control(index), to));
    }
  }

  /** Fills a message for the peer of a connected socket: without name and control data. */
  void put(int index, byte[] from, int length) {
    fill(index, from, length);
  }

  /**
   * Makes a received message its own reply: it leaves for where it came from, and from the address
   * that was asked.
   *
   * @param to where its header goes, at most {@code index}: {@code sendmmsg} takes no gaps
   * @param withControl whether it was received with control data
   */
  void reply(int index, int to, byte[] from, int length, boolean withControl) {
    fill(index, from, length);
    if (withControl) {
      leaveFromAddressAsked(index);
    }
    if (to != index) {
      MemorySegment.copy(memory, header(index), memory, header(to), SocketDescriptor.MESSAGE_SIZE);
    }
  }

  /** A number for the sender of a received message, the same for the same one. */
  long senderMark(int index) {
    return memory.get(JAVA_LONG_UNALIGNED, name(index)); // the family, the port, all of IPv4
  }

  /** Whether two received messages have one sender. */
  boolean sameSender(int one, int other) {
    long difference = senderMark(one) ^ senderMark(other);
    if (difference == 0 && !isV4(one)) {
      difference |= v6High(one) ^ v6High(other);
      difference |= v6Low(one) ^ v6Low(other);
      difference |= scope(one) ^ scope(other);
    }
    return difference == 0;
  }

  /**
   * Whether a reply would leave from the same address as one that has been made, both of messages
   * that were received with control data.
   *
   * @param made one whose reply has been made
   * @param other one without a reply yet
   */
  boolean sameAddressAsked(int made, int other) {
    if (!hasAddressAsked(other)) {
      return false;
    }
    leaveFromAddressAsked(other);
    return ControlData.sameAddress(memory, control(made), control(other), isV4(other));
  }

  /**
   * Appends one more reply to one that has been made, to where that goes.
   *
   * @param index of that one
   * @param at how many octets it has
   */
  void append(int index, int at, byte[] from, int length) {
    setLength(index, at + length);
    write(payload(index) + at, from, length);
  }

  /**
   * Makes the kernel send a reply, to which others are going to be appended, as a datagram for
   * each.
   *
   * @param to where its header is
   * @param length of each but the last, which may be shorter
   */
  void segment(int index, int to, int length) {
    long header = header(to);
    long before = controlLength(header);
    long more = ControlData.segment(memory, control(index) + before, length);
    setControlLength(header, before + more);
  }

  /**
   * One segment as a message of its own.
   *
   * @param to where the header of all is
   * @param at where it begins in the payload of the reply with this index
   */
  MemorySegment alone(int index, int to, int at, int length) {
    long vector = spare + SocketDescriptor.MESSAGE_SIZE;
    setAddress(vector + SocketDescriptor.VECTOR_BASE, payload(index) + at);
    memory.set(JAVA_LONG, vector + SocketDescriptor.VECTOR_LENGTH, length);
    MemorySegment.copy(memory, header(to), memory, spare, SocketDescriptor.MESSAGE_SIZE);
    setAddress(spare + SocketDescriptor.MESSAGE_VECTOR, vector);
    setControlLength(spare, controlLength(spare) - SocketDescriptor.SEGMENT_SPACE);
    return alone;
  }

  private void leaveFromAddressAsked(int index) {
    ControlData.leaveFromAddressAsked(memory, control(index), controlLength(header(index)));
  }

  private void fill(int index, byte[] from, int length) {
    setLength(index, length);
    write(payload(index), from, length);
  }

  private void write(long to, byte[] from, int length) {
    if (length < Long.BYTES || length > SHORT) {
      MemorySegment.copy(from, 0, memory, JAVA_BYTE, to, length);
      return;
    }
    int last = length - Long.BYTES;
    for (int at = 0; at < last; at += Long.BYTES) {
      memory.set(JAVA_LONG_UNALIGNED, to + at, (long) WORD.get(from, at));
    }
    memory.set(JAVA_LONG_UNALIGNED, to + last, (long) WORD.get(from, last));
  }

  private void setLength(int index, int length) {
    memory.set(JAVA_LONG_UNALIGNED, vector(index) + SocketDescriptor.VECTOR_LENGTH, length);
  }

  private long controlLength(long header) {
    return memory.get(JAVA_LONG, header + SocketDescriptor.MESSAGE_CONTROL_LENGTH);
  }

  private void setControlLength(long header, long length) {
    memory.set(JAVA_LONG, header + SocketDescriptor.MESSAGE_CONTROL_LENGTH, length);
  }

  private void setAddress(long at, long offset) {
    memory.set(JAVA_LONG, at, memory.address() + offset);
  }

  private static long header(int index) {
    return index * SocketDescriptor.MESSAGE_SIZE;
  }

  private long vector(int index) {
    return vectors + index * SocketDescriptor.VECTOR_SIZE;
  }

  private long name(int index) {
    return names + index * NAME_ROOM;
  }

  private long control(int index) {
    return controls + index * CONTROL_ROOM;
  }

  private long payload(int index) {
    return payloads + index * (payload + GAP);
  }
}

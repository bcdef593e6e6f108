package dev.azimuth.net;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemorySegment;

/**
 * What is said of a message beside its payload: from which local address it leaves, and into how
 * long datagrams it is cut. All methods take the memory and where in it the control data begin.
 */
final class ControlData {
  private ControlData() {}

  /**
   * Says from which local address a message leaves.
   *
   * @return the octets taken
   */
  static long leaveFrom(MemorySegment memory, long at, Correspondent to) {
    if (to.v4) {
      head(
          memory,
          at,
          SocketDescriptor.PKTINFO_V4_LENGTH,
          SocketDescriptor.IPPROTO_IP,
          SocketDescriptor.IP_PKTINFO);
      memory.set(JAVA_INT, at + SocketDescriptor.PKTINFO_V4_INTERFACE, 0);
      memory.set(
          SocketDescriptor.NET_INT, at + SocketDescriptor.PKTINFO_V4_ADDRESS, (int) to.askedLow);
      return SocketDescriptor.PKTINFO_V4_SPACE;
    }
    head(
        memory,
        at,
        SocketDescriptor.PKTINFO_V6_LENGTH,
        SocketDescriptor.IPPROTO_IPV6,
        SocketDescriptor.IPV6_PKTINFO);
    long address = at + SocketDescriptor.PKTINFO_V6_ADDRESS;
    memory.set(SocketDescriptor.NET_LONG, address, to.askedHigh);
    memory.set(SocketDescriptor.NET_LONG, address + Long.BYTES, to.askedLow);
    // A link-local address means nothing without an interface, which the client's has.
    memory.set(JAVA_INT, at + SocketDescriptor.PKTINFO_V6_INTERFACE, to.scope);
    return SocketDescriptor.PKTINFO_V6_SPACE;
  }

  /**
   * Turns the packet information of a received message into that of its reply. The interface is
   * left to the routing table, but for a link-local address, which means nothing without one.
   *
   * @param length of all control data; what is not as long as packet information is none
   */
  static void leaveFromAddressAsked(MemorySegment memory, long at, long length) {
    if (length == SocketDescriptor.PKTINFO_V4_SPACE) {
      memory.set(JAVA_INT, at + SocketDescriptor.PKTINFO_V4_INTERFACE, 0);
    } else if (length == SocketDescriptor.PKTINFO_V6_SPACE) {
      int start = memory.get(SocketDescriptor.NET_INT, at + SocketDescriptor.PKTINFO_V6_ADDRESS);
      boolean linkLocal = (start & 0xFFC00000) == 0xFE800000; // fe80::/10
      if (!linkLocal) {
        memory.set(JAVA_INT, at + SocketDescriptor.PKTINFO_V6_INTERFACE, 0);
      }
    }
  }

  /** Whether two replies leave from the same address. */
  static boolean sameAddress(MemorySegment memory, long one, long other, boolean v4) {
    if (v4) {
      return memory.get(SocketDescriptor.NET_INT, one + SocketDescriptor.PKTINFO_V4_ADDRESS)
          == memory.get(SocketDescriptor.NET_INT, other + SocketDescriptor.PKTINFO_V4_ADDRESS);
    }
    long a = one + SocketDescriptor.PKTINFO_V6_ADDRESS;
    long b = other + SocketDescriptor.PKTINFO_V6_ADDRESS;
    return memory.get(JAVA_LONG, a) == memory.get(JAVA_LONG, b)
        && memory.get(JAVA_LONG, a + Long.BYTES) == memory.get(JAVA_LONG, b + Long.BYTES)
        && memory.get(JAVA_INT, one + SocketDescriptor.PKTINFO_V6_INTERFACE)
            == memory.get(JAVA_INT, other + SocketDescriptor.PKTINFO_V6_INTERFACE);
  }

  /**
   * Makes the kernel cut a message into datagrams.
   *
   * @param length of each but the last, which may be shorter
   * @return the octets taken
   */
  static long segment(MemorySegment memory, long at, int length) {
    head(
        memory,
        at,
        SocketDescriptor.SEGMENT_LENGTH,
        SocketDescriptor.IPPROTO_UDP,
        SocketDescriptor.UDP_SEGMENT);
    memory.set(JAVA_SHORT, at + SocketDescriptor.CONTROL_DATA, (short) length);
    return SocketDescriptor.SEGMENT_SPACE;
  }

  private static void head(MemorySegment memory, long at, long length, int level, int type) {
    memory.set(JAVA_LONG, at + SocketDescriptor.CONTROL_LENGTH, length);
    memory.set(JAVA_INT, at + SocketDescriptor.CONTROL_LEVEL, level);
    memory.set(JAVA_INT, at + SocketDescriptor.CONTROL_TYPE, type);
  }
}

package dev.azimuth.net;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/** The names of unix sockets: {@code struct sockaddr_un}. */
final class UnixName {
  private UnixName() {}

  /**
   * Whether a path can be the name of a socket: absolute, and at most 107 octets long.
   *
   * @param path one in the abstract namespace begins with {@code @}
   */
  static boolean fits(String path) {
    return (path.startsWith("/") || path.startsWith("@"))
        && path.getBytes(StandardCharsets.UTF_8).length < SocketDescriptor.NAME_UNIX_PATH_ROOM;
  }

  /**
   * @param path that {@link #fits}
   */
  static MemorySegment of(Arena arena, String path) {
    byte[] name = path.getBytes(StandardCharsets.UTF_8);
    if (path.startsWith("@")) {
      name[0] = 0;
    }
    // An abstract name is as long as the address says; a path may go without its final NUL.
    MemorySegment address =
        arena.allocate(SocketDescriptor.NAME_UNIX_PATH + name.length, Short.BYTES);
    address.set(JAVA_SHORT, SocketDescriptor.NAME_FAMILY, (short) SocketDescriptor.AF_UNIX);
    MemorySegment.copy(name, 0, address, JAVA_BYTE, SocketDescriptor.NAME_UNIX_PATH, name.length);
    return address;
  }
}

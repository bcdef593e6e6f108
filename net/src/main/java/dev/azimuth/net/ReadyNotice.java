package dev.azimuth.net;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/**
 * Tells the service manager how the process is: the protocol of {@code sd_notify}, a datagram to
 * the AF_UNIX socket that the environment names in {@code NOTIFY_SOCKET}.
 */
public final class ReadyNotice {

  private ReadyNotice() {}

  /**
   * Sends a state. Safe for use by any number of threads.
   *
   * @param state assignments, one a line, such as {@code READY=1}
   * @return false when nobody asked (no {@code NOTIFY_SOCKET}), when native calls cannot be made
   *     here, or when it could not be delivered
   */
  public static boolean send(String state) {
    String socket = System.getenv("NOTIFY_SOCKET");
    return socket != null && send(state, socket);
  }

  /**
   * @param path of the socket; one in the abstract namespace begins with {@code @}
   */
  static boolean send(String state, String path) {
    byte[] name = path.getBytes(StandardCharsets.UTF_8);
    boolean known = path.startsWith("/") || path.startsWith("@");
    if (!Platform.HAS_NATIVE_CALLS
        || !known
        || name.length >= SocketDescriptor.NAME_UNIX_PATH_ROOM) {
      return false;
    }
    if (path.startsWith("@")) {
      name[0] = 0;
    }
    try (NativeSocket socket = NativeSocket.open(SocketDescriptor.AF_UNIX);
        Arena arena = Arena.ofConfined()) {
      // An abstract name is as long as the address says; a path may go without its final NUL.
      MemorySegment address =
          arena.allocate(SocketDescriptor.NAME_UNIX_PATH + name.length, Short.BYTES);
      address.set(JAVA_SHORT, SocketDescriptor.NAME_FAMILY, (short) SocketDescriptor.AF_UNIX);
      MemorySegment.copy(name, 0, address, JAVA_BYTE, SocketDescriptor.NAME_UNIX_PATH, name.length);
      byte[] octets = state.getBytes(StandardCharsets.UTF_8);
      MemorySegment payload = arena.allocateFrom(JAVA_BYTE, octets);
      int flags = SocketDescriptor.MSG_NOSIGNAL | SocketDescriptor.MSG_DONTWAIT;
      return socket.sendTo(payload, address, flags) == octets.length;
    } catch (IOException e) {
      return false;
    }
  }
}

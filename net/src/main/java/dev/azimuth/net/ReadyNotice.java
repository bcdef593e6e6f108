package dev.azimuth.net;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

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
    if (!Platform.HAS_NATIVE_CALLS || !UnixName.fits(path)) {
      return false;
    }
    try (NativeSocket socket =
            NativeSocket.open(SocketDescriptor.AF_UNIX, SocketDescriptor.SOCK_DGRAM);
        Arena arena = Arena.ofConfined()) {
      MemorySegment address = UnixName.of(arena, path);
      byte[] octets = state.getBytes(StandardCharsets.UTF_8);
      MemorySegment payload = arena.allocateFrom(JAVA_BYTE, octets);
      int flags = SocketDescriptor.MSG_NOSIGNAL | SocketDescriptor.MSG_DONTWAIT;
      return socket.sendTo(payload, address, flags) == octets.length;
    } catch (IOException e) {
      return false;
    }
  }
}

package dev.azimuth.net;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A unix socket in the file system to which other processes of the same user may connect. Linux
 * only, where {@link DatagramPorts#nativeAvailable}. For one thread at a time.
 */
public final class LocalListener implements AutoCloseable {
  private static final int OWNER_ONLY = 0600;
  private static final int BACKLOG = 4;

  private final NativeSocket socket;

  private LocalListener(NativeSocket socket) {
    this.socket = socket;
  }

  /**
   * Listens, in the place of whatever was there.
   *
   * @param path absolute, at most 107 octets; the file stays when the listener is closed
   * @param acceptMillis how long {@link #accept} waits, at least 1
   * @throws IOException when the path is too long or its folder cannot be written
   */
  public static LocalListener open(Path path, int acceptMillis) throws IOException {
    String name = path.toString();
    if (!UnixName.fits(name)) {
      throw new SocketException(name + " is too long for the name of a unix socket");
    }
    Files.deleteIfExists(path);
    NativeSocket socket =
        NativeSocket.open(SocketDescriptor.AF_UNIX, SocketDescriptor.SOCK_SEQPACKET);
    try (Arena arena = Arena.ofConfined()) {
      // Before it is bound: so nobody else can connect in between.
      socket.setPermissions(OWNER_ONLY);
      socket.setReceiveTimeout(acceptMillis);
      int result = socket.bind(UnixName.of(arena, name));
      if (result < 0) {
        throw new SocketException("cannot bind " + name + NativeSocket.errno(result));
      }
      socket.listen(BACKLOG);
      return new LocalListener(socket);
    } catch (IOException | RuntimeException | Error failure) {
      socket.close();
      throw failure;
    }
  }

  /**
   * Waits for a connection.
   *
   * @return null when none came in time
   * @throws IOException when none can be had now, such as for want of descriptors
   */
  public @Nullable LocalConnection accept() throws IOException {
    NativeSocket accepted = socket.accept();
    return accepted == null ? null : new LocalConnection(accepted);
  }

  @Override
  public void close() {
    socket.close();
  }
}

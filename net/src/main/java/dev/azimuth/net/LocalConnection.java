package dev.azimuth.net;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Messages, and open descriptors with them (SCM_RIGHTS of unix(7)), between two processes of one
 * machine. Linux only, where {@link DatagramPorts#nativeAvailable}. For one thread at a time.
 */
public final class LocalConnection implements AutoCloseable {
  /** The longest message, in octets of UTF-8. */
  public static final int LONGEST = 4096;

  /** The most descriptors with one message. The kernel's own limit is 253. */
  public static final int MOST_DESCRIPTORS = 128;

  private static final int SEND_MILLIS = 5_000;

  private final NativeSocket socket;

  LocalConnection(NativeSocket socket) {
    this.socket = socket;
  }

  /**
   * Connects to a {@link LocalListener}.
   *
   * @param path absolute
   * @throws NoSuchFileException when there is no such file, or its name is too long for a socket
   * @throws ConnectException when nobody listens there any more
   * @throws IOException when it may not be connected to
   */
  public static LocalConnection connect(Path path) throws IOException {
    String name = path.toString();
    if (!UnixName.fits(name)) {
      throw new NoSuchFileException(name);
    }
    NativeSocket socket =
        NativeSocket.open(SocketDescriptor.AF_UNIX, SocketDescriptor.SOCK_SEQPACKET);
    try (Arena arena = Arena.ofConfined()) {
      int result = socket.connect(UnixName.of(arena, name));
      switch (-result) {
        case SocketDescriptor.ENOENT -> throw new NoSuchFileException(name);
        case SocketDescriptor.ECONNREFUSED ->
            throw new ConnectException("nobody listens on " + name);
        default -> {
          if (result < 0) {
            throw new SocketException("cannot connect to " + name + NativeSocket.errno(result));
          }
        }
      }
      return new LocalConnection(socket);
    } catch (IOException | RuntimeException | Error failure) {
      socket.close();
      throw failure;
    }
  }

  /** Whether the process at the other end was of the same user as this one when it connected. */
  public boolean sameUser() throws IOException {
    return socket.peerUser() == socket.ownUser();
  }

  /**
   * Sends a message.
   *
   * @param text not empty, at most {@link #LONGEST} octets
   * @param descriptors at most {@link #MOST_DESCRIPTORS}; they stay the caller's
   * @throws IOException when the other end is closed or takes nothing for five seconds
   */
  public void send(String text, List<Descriptor> descriptors) throws IOException {
    byte[] octets = text.getBytes(StandardCharsets.UTF_8);
    if (octets.length < 1 || octets.length > LONGEST || descriptors.size() > MOST_DESCRIPTORS) {
      throw new IllegalArgumentException(
          octets.length + " octets, " + descriptors.size() + " descriptors");
    }
    try (Arena arena = Arena.ofConfined()) {
      socket.setSendTimeout(SEND_MILLIS);
      MemorySegment message = message(arena, arena.allocateFrom(JAVA_BYTE, octets));
      if (!descriptors.isEmpty()) {
        attach(message, control(arena, descriptors));
      }
      int result = socket.sendMessage(message, SocketDescriptor.MSG_NOSIGNAL);
      if (result < 0) {
        throw new SocketException("the other process is gone" + NativeSocket.errno(result));
      }
    }
  }

  /**
   * Waits for a message.
   *
   * @param millis how long, at least 1
   * @throws SocketTimeoutException when none came
   * @throws EOFException when the other end is closed
   * @throws IOException when what came is too large; its descriptors are closed
   */
  public LocalMessage receive(int millis) throws IOException {
    socket.setReceiveTimeout(millis);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment payload = arena.allocate(LONGEST);
      MemorySegment control = arena.allocate(space(MOST_DESCRIPTORS), Long.BYTES);
      MemorySegment message = message(arena, payload);
      attach(message, control);
      int length = socket.receiveMessage(message, SocketDescriptor.MSG_CMSG_CLOEXEC);
      if (length == -SocketDescriptor.EAGAIN || length == -SocketDescriptor.EINTR) {
        throw new SocketTimeoutException("the other process says nothing");
      }
      if (length < 0) {
        throw new SocketException("the other process is gone" + NativeSocket.errno(length));
      }
      long filled = message.get(JAVA_LONG, SocketDescriptor.MESSAGE_CONTROL_LENGTH);
      List<Descriptor> descriptors = descriptors(control, filled);
      int cut = SocketDescriptor.MSG_TRUNC | SocketDescriptor.MSG_CTRUNC;
      if ((message.get(JAVA_INT, SocketDescriptor.MESSAGE_FLAGS) & cut) != 0) {
        descriptors.forEach(Descriptor::close);
        throw new SocketException("the other process sends more than is agreed on");
      }
      if (length == 0) {
        throw new EOFException("the other process has closed the connection");
      }
      byte[] octets = payload.asSlice(0, length).toArray(JAVA_BYTE);
      return new LocalMessage(new String(octets, StandardCharsets.UTF_8), descriptors);
    }
  }

  private static MemorySegment message(Arena arena, MemorySegment payload) {
    MemorySegment vector = arena.allocate(SocketDescriptor.VECTOR_SIZE, Long.BYTES);
    vector.set(ADDRESS, SocketDescriptor.VECTOR_BASE, payload);
    vector.set(JAVA_LONG, SocketDescriptor.VECTOR_LENGTH, payload.byteSize());
    MemorySegment message = arena.allocate(SocketDescriptor.MESSAGE_SIZE, Long.BYTES);
    message.set(ADDRESS, SocketDescriptor.MESSAGE_VECTOR, vector);
    message.set(JAVA_LONG, SocketDescriptor.MESSAGE_VECTOR_COUNT, 1);
    return message;
  }

  private static void attach(MemorySegment message, MemorySegment control) {
    message.set(ADDRESS, SocketDescriptor.MESSAGE_CONTROL, control);
    message.set(JAVA_LONG, SocketDescriptor.MESSAGE_CONTROL_LENGTH, control.byteSize());
  }

  private static MemorySegment control(Arena arena, List<Descriptor> descriptors) {
    MemorySegment control = arena.allocate(space(descriptors.size()), Long.BYTES);
    long used = SocketDescriptor.CONTROL_DATA + (long) Integer.BYTES * descriptors.size();
    control.set(JAVA_LONG, SocketDescriptor.CONTROL_LENGTH, used);
    control.set(JAVA_INT, SocketDescriptor.CONTROL_LEVEL, SocketDescriptor.SOL_SOCKET);
    control.set(JAVA_INT, SocketDescriptor.CONTROL_TYPE, SocketDescriptor.SCM_RIGHTS);
    for (int i = 0; i < descriptors.size(); i++) {
      long at = SocketDescriptor.CONTROL_DATA + (long) Integer.BYTES * i;
      control.set(JAVA_INT, at, descriptors.get(i).number());
    }
    return control;
  }

  /** The one header that the kernel makes of all descriptors of a message. */
  private static List<Descriptor> descriptors(MemorySegment control, long filled) {
    List<Descriptor> descriptors = new ArrayList<>();
    if (filled >= SocketDescriptor.CONTROL_DATA
        && control.get(JAVA_INT, SocketDescriptor.CONTROL_LEVEL) == SocketDescriptor.SOL_SOCKET
        && control.get(JAVA_INT, SocketDescriptor.CONTROL_TYPE) == SocketDescriptor.SCM_RIGHTS) {
      long end = control.get(JAVA_LONG, SocketDescriptor.CONTROL_LENGTH);
      for (long at = SocketDescriptor.CONTROL_DATA;
          at + Integer.BYTES <= end;
          at += Integer.BYTES) {
        descriptors.add(new Descriptor(control.get(JAVA_INT, at)));
      }
    }
    return descriptors;
  }

  /** CMSG_SPACE of so many descriptors. */
  private static long space(int descriptors) {
    return SocketDescriptor.CONTROL_DATA + ((long) Integer.BYTES * descriptors + 7) / 8 * 8;
  }

  @Override
  public void close() {
    socket.close();
  }
}

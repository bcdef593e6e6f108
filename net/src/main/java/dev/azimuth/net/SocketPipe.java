package dev.azimuth.net;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * A pipe through which octets go from one TCP socket to another without being copied (splice(2)).
 * Linux only, where {@link DatagramPorts#nativeAvailable}. The way of use: {@link #fill} while it
 * is empty, then {@link #drain}, and {@link #empty} for what the other socket does not take. None
 * of them waits, and unless they fail the first two allocate nothing. For one thread at a time.
 */
public final class SocketPipe implements AutoCloseable {
  /** Instead of a count: the system does not do this with such a socket, or at all. */
  public static final int UNABLE = -1;

  /**
   * Wanted, in octets, and the most that the system gives to everybody by default ({@code
   * fs.pipe-max-size}): a place for each 4 KiB, which one packet fills, whatever its length.
   */
  private static final int ROOM = 1 << 20;

  /** With less, which is what a user gets who has too many pipes, copying is cheaper. */
  private static final int LEAST = 1 << 16;

  private static final int FLAGS =
      SocketDescriptor.SPLICE_F_MOVE | SocketDescriptor.SPLICE_F_NONBLOCK;

  private static final int CLOSED = -1;

  private final LinuxCalls calls;

  /** Where octets come out. */
  private int out;

  /** Where they go in. */
  private int in;

  private int held;

  private SocketPipe(LinuxCalls calls, int out, int in) {
    this.calls = calls;
    this.out = out;
    this.in = in;
  }

  /**
   * Opens one.
   *
   * @throws IOException when no descriptor or too little room is left, or native calls cannot be
   *     made here
   */
  public static SocketPipe open() throws IOException {
    if (!Platform.HAS_NATIVE_CALLS) {
      throw new IOException("no native calls can be made here");
    }
    LinuxCalls calls = new LinuxCalls();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment ends = arena.allocate(JAVA_INT, 2);
      int result = calls.pipe2(ends, SocketDescriptor.O_NONBLOCK | SocketDescriptor.O_CLOEXEC);
      if (result < 0) {
        throw new IOException("no pipe can be had" + NativeSocket.errno(result));
      }
      SocketPipe pipe =
          new SocketPipe(calls, ends.getAtIndex(JAVA_INT, 0), ends.getAtIndex(JAVA_INT, 1));
      pipe.widen();
      return pipe;
    }
  }

  private void widen() throws IOException {
    int _ = calls.fcntl(in, SocketDescriptor.F_SETPIPE_SZ, ROOM); // else what there is may do
    int room = calls.fcntl(in, SocketDescriptor.F_GETPIPE_SZ, 0);
    if (room < LEAST) {
      close();
      throw new IOException("no pipe of use can be had: see fs.pipe-user-pages-soft");
    }
  }

  /** How many octets are in it. */
  public int held() {
    return held;
  }

  /**
   * Takes octets out of a socket.
   *
   * @param socket descriptor of a TCP socket that does not block
   * @param most how many, at least 1
   * @return how many; 0 when none come this way now, of which only reading tells whether there are
   *     none or none will come any more; {@link #UNABLE}
   * @throws IOException when the socket has failed, as reading would
   * @throws IllegalStateException when the pipe is not empty: whether the socket is empty or the
   *     pipe is full could not be told apart
   */
  public int fill(int socket, int most) throws IOException {
    if (held != 0) {
      throw new IllegalStateException(held + " octets are in the pipe");
    }
    int moved = calls.splice(socket, in, most, FLAGS);
    if (moved >= 0) {
      held = moved;
      return moved;
    }
    return switch (-moved) {
      case SocketDescriptor.EAGAIN, SocketDescriptor.EINTR, SocketDescriptor.ENOMEM -> 0;
      case SocketDescriptor.EINVAL, SocketDescriptor.ENOSYS, SocketDescriptor.EPERM -> UNABLE;
      default -> throw failed(moved);
    };
  }

  /**
   * Gives octets that are in it to a socket, in their order.
   *
   * @param socket descriptor of a TCP socket that does not block
   * @return how many; 0 when it takes none now, or the pipe is empty
   * @throws IOException when the socket has failed, as writing would
   */
  public int drain(int socket) throws IOException {
    if (held == 0) {
      return 0;
    }
    int moved = calls.splice(out, socket, held, FLAGS);
    if (moved >= 0) {
      held -= moved;
      return moved;
    }
    return switch (-moved) {
      case SocketDescriptor.EAGAIN, SocketDescriptor.EINTR, SocketDescriptor.ENOMEM -> 0;
      default -> throw failed(moved);
    };
  }

  /**
   * Copies what is in it, all of which must find room.
   *
   * @param into from its position on, which is moved
   * @throws IOException when the pipe cannot be read
   * @throws IllegalArgumentException when it is not direct or has too little room
   */
  public void empty(ByteBuffer into) throws IOException {
    if (!into.isDirect() || into.remaining() < held) {
      throw new IllegalArgumentException("no room for " + held + " octets");
    }
    while (held > 0) {
      int read = calls.read(out, MemorySegment.ofBuffer(into), held);
      if (read > 0) {
        into.position(into.position() + read);
        held -= read;
      } else if (read != -SocketDescriptor.EINTR) {
        throw new IOException(
            held + " octets cannot be read from a pipe" + NativeSocket.errno(read));
      }
    }
  }

  private static IOException failed(int result) {
    return new IOException("the socket has failed" + NativeSocket.errno(result));
  }

  /** Closes it, and throws away what is in it; once is enough. */
  @Override
  public void close() {
    if (in != CLOSED) {
      int _ = calls.close(in);
      int _ = calls.close(out);
      in = CLOSED;
      out = CLOSED;
      held = 0;
    }
  }
}

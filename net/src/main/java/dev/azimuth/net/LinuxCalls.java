package dev.azimuth.net;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;

/**
 * The system calls we make. Each method is the call of its name and gives what the call gives, or
 * the negated errno where that is -1. None allocates.
 *
 * <p>An instance owns the memory in which errno is captured, so it belongs to one thread at a time.
 * No call is "critical" in the linker's sense: one that blocks would hold up every safepoint.
 */
final class LinuxCalls {

  private static final Linker LINKER = Linker.nativeLinker();
  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final long ERRNO =
      STATE.byteOffset(MemoryLayout.PathElement.groupElement("errno"));

  private static final MethodHandle SOCKET = call("socket", JAVA_INT, JAVA_INT, JAVA_INT);
  private static final MethodHandle BIND = call("bind", JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle CONNECT = call("connect", JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle GETSOCKNAME = call("getsockname", JAVA_INT, ADDRESS, ADDRESS);
  private static final MethodHandle SETSOCKOPT =
      call("setsockopt", JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle GETSOCKOPT =
      call("getsockopt", JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS);
  private static final MethodHandle RECVMMSG =
      call("recvmmsg", JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS);
  private static final MethodHandle SENDMMSG =
      call("sendmmsg", JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);
  private static final MethodHandle SENDTO =
      call(
          "sendto",
          FunctionDescriptor.of(
              JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle LISTEN = call("listen", JAVA_INT, JAVA_INT);
  private static final MethodHandle ACCEPT4 = call("accept4", JAVA_INT, ADDRESS, ADDRESS, JAVA_INT);
  private static final MethodHandle SENDMSG =
      call("sendmsg", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle RECVMSG =
      call("recvmsg", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle FCHMOD = call("fchmod", JAVA_INT, JAVA_INT);
  private static final MethodHandle GETEUID = call("geteuid");
  private static final MethodHandle FCNTL =
      call(
          "fcntl",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT),
          Linker.Option.firstVariadicArg(2));
  private static final MethodHandle CLOSE = call("close", JAVA_INT);

  /** Apart, since linking a call takes a cold JVM milliseconds, and few need these. */
  private static final class Pipes {
    private static final MethodHandle READ =
        call("read", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
    private static final MethodHandle PIPE2 = call("pipe2", ADDRESS, JAVA_INT);
    private static final MethodHandle SPLICE =
        call(
            "splice",
            FunctionDescriptor.of(
                JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
  }

  private final MemorySegment state = Arena.ofAuto().allocate(STATE);

  private static MethodHandle call(String name, MemoryLayout... parameters) {
    return call(name, FunctionDescriptor.of(JAVA_INT, parameters));
  }

  // Restricted because a wrong descriptor can crash the JVM: these are checked against socket(2).
  @SuppressWarnings("restricted")
  private static MethodHandle call(
      String name, FunctionDescriptor descriptor, Linker.Option... more) {
    Linker.Option[] options = Arrays.copyOf(more, more.length + 1);
    options[more.length] = Linker.Option.captureCallState("errno");
    return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), descriptor, options);
  }

  int socket(int family, int type, int protocol) {
    try {
      return result((int) SOCKET.invokeExact(state, family, type, protocol));
    } catch (Throwable thrown) {
      throw unchecked(thrown);
    }
  }

  int bind(int descriptor, MemorySegment name, int length) {
    try {
      return result((int) BIND.invokeExact(state, descriptor, name, length));
    } catch (Throwable thrown) {
      throw unchecked(thrown);
    }
  }

  int connect(int descriptor, MemorySegment name, int length) {
    try {
      return result((int) CONNECT.invokeExact(state, descriptor, name, length));
    } catch (Throwable thrown) {
      throw unchecked(thrown);
    }
  }

  int getsockname(int descriptor, MemorySegment name, MemorySegment length) {
    try {
      return result((int) GETSOCKNAME.invokeExact(state, descriptor, name, length));
    } catch (Throwable thrown) {
      throw unchecked(thrown);
    }
  }

  int setsockopt(int descriptor, int level, int option, MemorySegment value, int length) {
    try {
      return result((int) SETSOCKOPT.invokeExact(state, descriptor, level, option, value, length));
    } catch (Throwable thrown) {
      throw unchecked(thrown);
    }
  }

  int getsockopt(int descriptor, int level, int option, MemorySegment value, MemorySegment length) {
    try {
      return result((int) GETSOCKOPT.invokeExact(state, descriptor, level, option, value, length));
    } catch (Throwable thrown) {
      throw unchecked(thrown);
    }
  }

  /** Without the time-out of the call, which is only looked at after a datagram came. */
  int recvmmsg(int descriptor, MemorySegment messages, int count, int flags) {
    try {
      return result(
          (int)
              RECVMMSG.invokeExact(state, descriptor, messages, count, flags, MemorySegment.NULL));
    } catch (Throwable thrown) {
      throw unchecked(thrown);
    }
  }

  int sendmmsg(int descriptor, MemorySegment messages, int count, int flags) {
    try {
      return result((int) SENDMMSG.invokeExact(state, descriptor, messages, count, flags));
    } catch (Throwable thrown) {
      throw unchecked(thrown);
    }
  }

  int sendto(int descriptor, MemorySegment payload, int flags, MemorySegment name, int length) {
    try {
      long sent =
          (long)
              SENDTO.invokeExact(
                  state, descriptor, payload, payload.byteSize(), flags, name, length);
      return result((int) sent);
    } catch (Throwable thrown) {
      throw unchecked(thrown);
    }
  }

  int listen(int descriptor, int backlog) {
    try {
      return result((int) LISTEN.invokeExact(state, descriptor, backlog));
    } catch (Throwable thrown) {
      throw unchecked(thrown);
    }
  }

  /** Without asking for the peer's name. */
  int accept4(int descriptor, int flags) {
    try {
      return result(
          (int)
              ACCEPT4.invokeExact(
                  state, descriptor, MemorySegment.NULL, MemorySegment.NULL, flags));
    } catch (Throwable thrown) {
      throw unchecked(thrown);
    }
  }

  int sendmsg(int descriptor, MemorySegment message, int flags) {
    try {
      long sent = (long) SENDMSG.invokeExact(state, descriptor, message, flags);
      return result((int) sent);
    } catch (Throwable thrown) {
      throw unchecked(thrown);
    }
  }

  int recvmsg(int descriptor, MemorySegment message, int flags) {
    try {
      long received = (long) RECVMSG.invokeExact(state, descriptor, message, flags);
      return result((int) received);
    } catch (Throwable thrown) {
      throw unchecked(thrown);
    }
  }

  int fchmod(int descriptor, int mode) {
    try {
      return result((int) FCHMOD.invokeExact(state, descriptor, mode));
    } catch (Throwable thrown) {
      throw unchecked(thrown);
    }
  }

  int geteuid() {
    try {
      return (int) GETEUID.invokeExact(state);
    } catch (Throwable thrown) {
      throw unchecked(thrown);
    }
  }

  /** {@code fcntl(descriptor, F_DUPFD_CLOEXEC, 0)}: a second number for the same open file. */
  int duplicate(int descriptor) {
    return fcntl(descriptor, SocketDescriptor.F_DUPFD_CLOEXEC, 0);
  }

  /** With a command whose argument is a number. */
  int fcntl(int descriptor, int command, int argument) {
    try {
      return result((int) FCNTL.invokeExact(state, descriptor, command, argument));
    } catch (Throwable thrown) {
      throw unchecked(thrown);
    }
  }

  /**
   * @param ends room for two numbers: where octets come out, and where they go in
   */
  int pipe2(MemorySegment ends, int flags) {
    try {
      return result((int) Pipes.PIPE2.invokeExact(state, ends, flags));
    } catch (Throwable thrown) {
      throw unchecked(thrown);
    }
  }

  /** Without offsets, which sockets and pipes do not have. */
  int splice(int from, int into, int most, int flags) {
    try {
      long moved =
          (long)
              Pipes.SPLICE.invokeExact(
                  state, from, MemorySegment.NULL, into, MemorySegment.NULL, (long) most, flags);
      return result((int) moved);
    } catch (Throwable thrown) {
      throw unchecked(thrown);
    }
  }

  /**
   * @param most at most as long as {@code into}
   */
  int read(int descriptor, MemorySegment into, int most) {
    try {
      return result((int) (long) Pipes.READ.invokeExact(state, descriptor, into, (long) most));
    } catch (Throwable thrown) {
      throw unchecked(thrown);
    }
  }

  int close(int descriptor) {
    try {
      return result((int) CLOSE.invokeExact(state, descriptor));
    } catch (Throwable thrown) {
      throw unchecked(thrown);
    }
  }

  private int result(int returned) {
    return returned >= 0 ? returned : -state.get(JAVA_INT, ERRNO);
  }

  /** The calls throw nothing themselves; what comes is of the JVM and goes on as it is. */
  private static RuntimeException unchecked(Throwable thrown) {
    return switch (thrown) {
      case RuntimeException exception -> exception;
      case Error error -> throw error;
      default -> throw new AssertionError(thrown);
    };
  }
}

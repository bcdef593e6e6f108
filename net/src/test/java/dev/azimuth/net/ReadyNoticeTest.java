package dev.azimuth.net;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ReadyNoticeTest {

  @Test
  void aSocketInTheFileSystemGetsTheState(@TempDir Path directory) throws Throwable {
    String path = directory.resolve("notify").toString();
    try (Manager manager = new Manager(path)) {
      assertThat(ReadyNotice.send("READY=1\nSTATUS=well", path)).isTrue();
      assertThat(manager.receive()).isEqualTo("READY=1\nSTATUS=well");
    }
  }

  @Test
  void anAbstractSocketGetsTheState() throws Throwable {
    String path = "@azimuth-test-" + ProcessHandle.current().pid();
    try (Manager manager = new Manager(path)) {
      assertThat(ReadyNotice.send("STOPPING=1", path)).isTrue();
      assertThat(manager.receive()).isEqualTo("STOPPING=1");
    }
  }

  @Test
  void nobodyToTellIsNoFailure(@TempDir Path directory) {
    assertThat(ReadyNotice.send("READY=1", directory.resolve("nobody").toString())).isFalse();
    assertThat(ReadyNotice.send("READY=1", "vsock:2:1234")).isFalse();
    assertThat(ReadyNotice.send("READY=1", "/" + "x".repeat(200))).isFalse();
  }

  /** The receiving side, which the JDK lacks too. */
  private static final class Manager implements AutoCloseable {
    private final LinuxCalls calls = new LinuxCalls();
    private final int descriptor =
        calls.socket(SocketDescriptor.AF_UNIX, SocketDescriptor.SOCK_DGRAM, 0);

    Manager(String path) {
      byte[] name = path.getBytes(StandardCharsets.UTF_8);
      boolean isAbstract = name[0] == '@';
      if (isAbstract) {
        name[0] = 0;
      }
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment address = arena.allocate(110, 2);
        address.set(JAVA_SHORT, 0, (short) SocketDescriptor.AF_UNIX);
        MemorySegment.copy(name, 0, address, JAVA_BYTE, 2, name.length);
        int length = 2 + name.length + (isAbstract ? 0 : 1);
        assertThat(calls.bind(descriptor, address, length)).isZero();
      }
    }

    String receive() throws Throwable {
      Linker linker = Linker.nativeLinker();
      @SuppressWarnings("restricted") // the test needs what the product does not
      MethodHandle recv =
          linker.downcallHandle(
              linker.defaultLookup().findOrThrow("recv"),
              FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment buffer = arena.allocate(1000);
        long length =
            (long) recv.invokeExact(descriptor, buffer, 1000L, SocketDescriptor.MSG_DONTWAIT);
        assertThat(length).isPositive();
        return new String(buffer.asSlice(0, length).toArray(JAVA_BYTE), StandardCharsets.UTF_8);
      }
    }

    @Override
    public void close() {
      assertThat(calls.close(descriptor)).isZero();
    }
  }
}

package dev.azimuth.app.host;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keeps two nodes from using one state directory. The kernel gives the lock back when the process
 * ends, however it ends; the text in the file only says whose it is.
 */
public final class StateLock implements AutoCloseable {
  private static final int LONGEST_TEXT = 200;

  private final FileLock lock;

  private StateLock(FileLock lock) {
    this.lock = lock;
  }

  /**
   * Takes the lock of a state directory.
   *
   * @param pid of this process
   * @param now for whoever finds the lock taken
   * @throws Held when another node has it; the message says which
   * @throws IOException when the directory cannot be written
   */
  public static StateLock take(Path stateDir, long pid, Instant now) throws IOException, Held {
    Path file = stateDir.resolve("lock");
    FileChannel channel =
        StateFolder.open(
            file,
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE));
    try {
      FileLock lock = tryLock(channel);
      if (lock == null) {
        throw new Held(
            "%s is in use by another node (%s): stop it, take over from it with azimuth run --takeover, or give this one a state_dir of its own"
                .formatted(stateDir, holder(channel)));
      }
      String text = "pid %d, started %s\n".formatted(pid, now.truncatedTo(ChronoUnit.SECONDS));
      channel.truncate(0);
      channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), 0);
      return new StateLock(lock);
    } catch (Held e) {
      channel.close();
      throw e;
    } catch (IOException e) {
      channel.close();
      throw new FileSystemException(file.toString(), null, IoWords.of(e));
    }
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  private static String holder(FileChannel channel) throws IOException {
    ByteBuffer text = ByteBuffer.allocate(LONGEST_TEXT);
    channel.read(text, 0);
    String said = new String(text.array(), 0, text.position(), StandardCharsets.UTF_8).strip();
    return said.isEmpty() ? "which has not said its name" : Printable.of(said);
  }

  /**
   * Gives the lock back; once is enough, more does nothing. The file stays: removing it would let
   * two nodes lock two files.
   */
  @Override
  public void close() throws IOException {
    lock.acquiredBy().close();
  }

  /** Another node has the state directory. */
  public static final class Held extends Exception {
    private static final long serialVersionUID = 1L;

    Held(String message) {
      super(message);
    }
  }
}

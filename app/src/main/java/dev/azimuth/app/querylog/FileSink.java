package dev.azimuth.app.querylog;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A file that is appended to. New ones have the mode 0640. */
final class FileSink implements Sink {
  private final Path path;
  private final BooleanSupplier ours;
  private final FileChannel channel;
  private final @Nullable Object key;

  private FileSink(Path path, BooleanSupplier ours, FileChannel channel, @Nullable Object key) {
    this.path = path;
    this.ours = ours;
    this.channel = channel;
    this.key = key;
  }

  /**
   * Opens the file, or makes it.
   *
   * @param fresh whether it must be empty: what is there is then moved to {@code path.old}
   * @param ours whether this process may make the file anew when it is moved away
   */
  static FileSink open(Path path, boolean fresh, BooleanSupplier ours) throws IOException {
    if (Files.exists(path)) {
      if (!Files.isRegularFile(path)) {
        throw new IOException(path + " is no regular file");
      }
      if (fresh && Files.size(path) > 0) {
        Files.move(
            path,
            path.resolveSibling(path.getFileName() + ".old"),
            StandardCopyOption.REPLACE_EXISTING);
      }
    }
    FileChannel channel =
        FileChannel.open(
            path, Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND), permissions());
    try {
      return new FileSink(path, ours, channel, key(path));
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  private static FileAttribute<?>[] permissions() {
    return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r-----"))
        }
        : new FileAttribute<?>[0];
  }

  private static @Nullable Object key(Path path) throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
  }

  @Override
  public void write(ByteBuffer octets) throws IOException {
    while (octets.hasRemaining()) {
      channel.write(octets);
    }
  }

  @Override
  public boolean stale() {
    if (!ours.getAsBoolean()) {
      return false;
    }
    try {
      return !Objects.equals(key, key(path));
    } catch (NoSuchFileException e) {
      return true;
    } catch (IOException e) {
      return false; // what cannot be looked at may still be written
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}

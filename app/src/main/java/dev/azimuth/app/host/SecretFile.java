package dev.azimuth.app.host;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What holds for every file with a secret in it. */
public final class SecretFile {
  private SecretFile() {}

  /**
   * What is wrong with the permissions of a file; null when nothing is, when it cannot be looked
   * at, and where the file system has no such permissions. A group may read it: that is how several
   * operators, or a service and its operators, share one.
   *
   * @param what the secret is, such as {@code the token}
   */
  public static @Nullable String exposed(String what, Path file) {
    try {
      Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
      boolean open =
          permissions.contains(PosixFilePermission.OTHERS_READ)
              || permissions.contains(PosixFilePermission.OTHERS_WRITE)
              || permissions.contains(PosixFilePermission.GROUP_WRITE);
      return open ? "%s in %s is no secret: chmod g-w,o= %s".formatted(what, file, file) : null;
    } catch (IOException | UnsupportedOperationException e) {
      return null;
    }
  }

  /**
   * Writes a file that only its owner can read, on disk when this returns; visible whole or not at
   * all.
   *
   * @param text ASCII
   */
  public static void create(Path file, String text) throws IOException {
    Path fresh =
        Files.createTempFile(
            file.toAbsolutePath().getParent(),
            String.valueOf(file.getFileName()),
            ".new",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try (var channel = FileChannel.open(fresh, Set.of(StandardOpenOption.WRITE))) {
      channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
      channel.force(true);
    } catch (IOException e) {
      Files.deleteIfExists(fresh);
      throw new FileSystemException(file.toString(), null, IoWords.of(e));
    }
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
  }
}

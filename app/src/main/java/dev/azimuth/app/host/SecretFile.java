package dev.azimuth.app.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
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
}

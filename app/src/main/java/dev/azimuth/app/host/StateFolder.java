package dev.azimuth.app.host;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** The state directory: what is in it is the business of the user alone that the node runs as. */
public final class StateFolder {
  private static final Set<PosixFilePermission> OWN = PosixFilePermissions.fromString("rw-------");
  private static final FileAttribute<?> OWN_FILE = PosixFilePermissions.asFileAttribute(OWN);
  private static final FileAttribute<?> OWN_FOLDER =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  /** What a node writes itself, but for the token, which its owner may share with a group. */
  private static final String WRITTEN = "{health.json,orders.json,serials.json}*";

  private StateFolder() {}

  /**
   * Makes the directory where there is none, with permissions for its owner alone; those of one
   * that is there are its owner's to say. Files in it that an older version left readable for
   * others are so no more.
   *
   * @throws IOException when there can be no such directory
   */
  public static void prepare(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      Path parent = folder.toAbsolutePath().getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
      Files.createDirectory(folder, OWN_FOLDER);
      return;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, WRITTEN)) {
      for (Path file : files) {
        close(file);
      }
    }
  }

  private static void close(Path file) {
    try {
      if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
          && !Files.getPosixFilePermissions(file).equals(OWN)) {
        Files.setPosixFilePermissions(file, OWN);
      }
    } catch (IOException e) {
      // Another user's, or gone meanwhile: the next write puts an own one in its place.
    }
  }

  /**
   * Opens a file of the directory; one that this makes is for its owner alone.
   *
   * @throws IOException when it cannot be opened so
   */
  public static FileChannel open(Path file, Set<? extends OpenOption> options) throws IOException {
    return FileChannel.open(file, options, OWN_FILE);
  }
}

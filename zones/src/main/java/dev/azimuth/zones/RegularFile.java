package dev.azimuth.zones;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Opens files that an operator names: whatever else has a path may keep a reader for ever. */
public final class RegularFile {
  private RegularFile() {}

  /** Something has the path of a file and is none, such as a named pipe. */
  public static final class NotRegular extends FileSystemException {
    private static final long serialVersionUID = 1;

    NotRegular(Path path, String what) {
      super(path.toString(), null, what);
    }
  }

  /**
   * Opens a regular file, also through symbolic links. Never waits for somebody who writes.
   *
   * @throws NotRegular when it is a folder, a pipe, a socket or a device
   * @throws IOException when it cannot be opened
   */
  public static InputStream open(Path path) throws IOException {
    if (Files.isDirectory(path)) {
      throw new NotRegular(path, "it is a folder");
    }
    if (Files.exists(path) && !Files.isRegularFile(path)) {
      throw new NotRegular(path, "it is no regular file");
    }
    return Files.newInputStream(path);
  }

  /**
   * As {@link #open}; takes also what a shell hands to a command: {@code /dev/stdin} and {@code
   * /dev/fd/N}.
   */
  public static InputStream openOrHanded(Path path) throws IOException {
    boolean handed = path.equals(Path.of("/dev/stdin")) || path.startsWith("/dev/fd");
    return handed ? Files.newInputStream(path) : open(path);
  }
}

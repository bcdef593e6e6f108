package dev.azimuth.app.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateFolderTest {
  private @TempDir Path folder;

  private static String permissions(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  private static Path open(Path file) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    return file;
  }

  @Test
  void oneThatIsMadeAndTheLockInItAreTheOwnersAlone() throws Exception {
    Path made = folder.resolve("lib/azimuth");
    StateFolder.prepare(made);
    assertThat(permissions(made)).isEqualTo("rwx------");
    StateLock.take(made, 1, Instant.EPOCH).close();
    assertThat(permissions(made.resolve("lock"))).isEqualTo("rw-------");
  }

  @Test
  void whatAnOlderVersionLeftOpenIsClosedAndTheRestIsLeftAlone() throws IOException {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-x---"));
    Path health = open(Files.createFile(folder.resolve("health.json")));
    Path copy = open(Files.createFile(folder.resolve("orders.json.unreadable.2")));
    Path token = open(Files.createFile(folder.resolve("token")));
    Path elsewhere = open(Files.createFile(folder.resolve("elsewhere")));
    Files.createSymbolicLink(folder.resolve("serials.json"), elsewhere);

    StateFolder.prepare(folder);

    assertThat(permissions(folder)).isEqualTo("rwxr-x---");
    assertThat(permissions(health)).isEqualTo("rw-------");
    assertThat(permissions(copy)).isEqualTo("rw-------");
    assertThat(permissions(token)).isEqualTo("rw-r--r--");
    assertThat(permissions(elsewhere)).isEqualTo("rw-r--r--");
  }

  @Test
  void aFileInItsPlaceIsRefused() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    assertThatThrownBy(() -> StateFolder.prepare(file))
        .isInstanceOf(FileAlreadyExistsException.class);
  }
}

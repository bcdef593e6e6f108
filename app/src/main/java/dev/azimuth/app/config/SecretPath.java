package dev.azimuth.app.config;

import dev.azimuth.app.host.IoWords;
import dev.azimuth.zones.RegularFile;
import java.io.IOException;
import java.nio.file.Path;

/** The path of a file with a secret in it, which the configuration never holds itself. */
final class SecretPath {
  /**
   * Only warns of a file that cannot be read: a configuration may be examined where its secrets are
   * not.
   */
  static final Shape<Path> PATH = Notation.PATH.then(SecretPath::readable);

  private SecretPath() {}

  private static Path readable(Path file, Site site) {
    try {
      RegularFile.open(file).close();
    } catch (IOException e) {
      site.warning(
          Code.NO_SECRET,
          "%s cannot be read here: %s".formatted(file, IoWords.of(e)),
          "a node needs it, and must be allowed to read it");
    }
    return file;
  }
}

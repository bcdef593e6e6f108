package dev.azimuth.app.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The sample configurations of the tests, good and bad, and those that are shipped. */
final class Corpus {
  static final Path FOLDER = Path.of("src/test/resources/config");
  static final Path SAMPLES = Path.of("../deploy/samples");

  private Corpus() {}

  static List<Path> good() {
    return Stream.concat(yaml(FOLDER.resolve("good")), yaml(SAMPLES)).toList();
  }

  static List<Path> bad() {
    return yaml(FOLDER.resolve("bad")).toList();
  }

  static List<Path> all() {
    return Stream.concat(good().stream(), bad().stream()).toList();
  }

  private static Stream<Path> yaml(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether expected texts are to be written instead of compared. */
  static boolean regenerate() {
    return Boolean.getBoolean("azimuth.regenerate");
  }
}

package dev.azimuth.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is said of each file of the corpus stands beside it, with the ending {@code .problems}. */
class CorpusTest {
  static List<Path> good() {
    return Corpus.good();
  }

  static List<Path> bad() {
    return Corpus.bad();
  }

  /** No checkout keeps this, and it is told of where it is otherwise. */
  @BeforeAll
  static void keepKeysFromOthers() throws IOException {
    for (String key : List.of("good/parts/probe-key.pem", "bad/parts/other-key.pem")) {
      Files.setPosixFilePermissions(
          Corpus.FOLDER.resolve(key), PosixFilePermissions.fromString("rw-------"));
    }
  }

  @ParameterizedTest
  @MethodSource("good")
  void goodFilesLoadWithoutErrors(Path file) {
    Loaded loaded = ConfigLoader.load(file);
    assertThat(loaded.config()).as(loaded.print(false)).isNotNull();
    assertThat(loaded.problems()).allMatch(p -> p.severity() == Problem.Severity.WARNING);
  }

  @ParameterizedTest
  @MethodSource("bad")
  void badFilesGiveTheExpectedProblems(Path file) throws IOException {
    Loaded loaded = ConfigLoader.load(file);
    String said =
        loaded
            .print(false)
            .replace(file.getParent().toAbsolutePath().normalize() + "/", "")
            .replace(file.getParent() + "/", "");
    Path expected =
        file.resolveSibling(file.getFileName().toString().replace(".yaml", ".problems"));
    if (Corpus.regenerate()) {
      Files.writeString(expected, said);
    }
    assertThat(loaded.config()).isNull();
    assertThat(said).isEqualTo(Files.readString(expected));
  }

  @ParameterizedTest
  @MethodSource("bad")
  void everyCodeIsDocumented(Path file) {
    List<String> codes = Arrays.stream(Code.values()).map(Code::name).toList();
    assertThat(ConfigLoader.load(file).problems()).allMatch(p -> codes.contains(p.code()));
  }

  @Test
  void everyCodeIsShownByAFile() {
    List<String> seen =
        Corpus.all().stream()
            .flatMap(file -> ConfigLoader.load(file).problems().stream())
            .map(Problem::code)
            .distinct()
            .toList();
    assertThat(seen)
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(Code.values()).map(Code::name).collect(Collectors.toList()));
  }
}

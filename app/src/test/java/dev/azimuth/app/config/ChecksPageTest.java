package dev.azimuth.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChecksPageTest {
  private static final Pattern EXAMPLE = Pattern.compile("(?s)```yaml\n(.*?)```");

  @TempDir private Path folder;

  /** But for the files that they name, which are not here. */
  @Test
  void everyExampleOfThePageIsValid() throws IOException {
    List<String> examples =
        EXAMPLE
            .matcher(Files.readString(Path.of("../docs/checks.md")))
            .results()
            .map((MatchResult example) -> example.group(1))
            .toList();
    assertThat(examples).hasSizeGreaterThan(6);
    for (String example : examples) {
      String zone = "zones: { example.com: { records: \"@ SOA a b 0 1 1 1 1\" } }\n";
      Loaded loaded =
          ConfigLoader.load(Files.writeString(folder.resolve("example.yaml"), example + zone));
      assertThat(loaded.problems())
          .as(loaded.print(false))
          .allMatch(
              problem ->
                  problem.severity() == Problem.Severity.WARNING
                      || problem.code().equals(Code.FILE.name()));
    }
  }
}

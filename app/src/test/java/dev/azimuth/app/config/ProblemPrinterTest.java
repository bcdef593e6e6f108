package dev.azimuth.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProblemPrinterTest {
  private static final Path FILE = Path.of("a.yaml");

  private static String print(String text, int line, int column, String message, boolean colour) {
    Problem problem =
        new Problem(
            FILE, line, column, Problem.Severity.ERROR, "CODE", "pools.eu", message, "a hint");
    return ProblemPrinter.print(List.of(problem), Map.of(FILE, text), colour);
  }

  @Test
  void theMarkStandsBelowThePlace() {
    assertThat(print("x: 1\n\tpools: é😀 wrong\n", 2, 11, "no good", false))
        .isEqualTo(
            """
            a.yaml:2:11: error[CODE] pools.eu: no good
                \tpools: é😀 wrong
                \t         ^
                a hint
            """);
  }

  @Test
  void coloursComeOnlyWhenAskedFor() {
    assertThat(print("x\n", 1, 1, "no good", false)).doesNotContain("\u001b");
    assertThat(print("x\n", 1, 1, "no good", true)).contains("\u001b[31merror\u001b[0m");
  }

  @Test
  void aFileCannotCommandTheTerminal() {
    String shown = print("x: \u001b[2J\u202e\n", 1, 1, "found \"\u001b[2J\nfake: line\"", false);
    assertThat(shown).doesNotContain("\u001b").doesNotContain("\u202e");
    assertThat(shown.lines()).hasSize(4);
  }

  @Test
  void longLinesAreCutAroundThePlace() {
    String line = "a".repeat(5000) + "HERE" + "b".repeat(5000);
    List<String> shown = print(line, 1, 5001, "no", false).lines().toList();
    assertThat(shown.get(1)).hasSizeLessThan(200).contains("HERE");
    assertThat(shown.get(2).indexOf('^')).isEqualTo(shown.get(1).indexOf("HERE"));
  }

  @Test
  void aPlaceOutsideTheTextIsNoHarm() {
    assertThat(print("x\n", 9, 9, "no", false)).startsWith("a.yaml:9:9: error[CODE]");
    assertThat(print("x\n", 1, 99, "no", false)).contains("\n    x\n     ^\n");
  }
}

package dev.azimuth.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ManualTest {
  private static final Path PAGE = Path.of("../docs/configuration.md");

  @Test
  void thePageIsWhatTheDeclarationsSay() throws IOException {
    if (Corpus.regenerate()) {
      Files.writeString(PAGE, Manual.markdown());
    }
    assertThat(Manual.markdown())
        .as("docs/configuration.md is stale; it names the command that makes it anew")
        .isEqualTo(Files.readString(PAGE));
  }

  @Test
  void everyLinkLeadsToASection() {
    String page = Manual.markdown();
    java.util.regex.Pattern.compile("\\]\\(#([^)]*)\\)")
        .matcher(page)
        .results()
        .map(link -> link.group(1))
        .distinct()
        .forEach(
            anchor ->
                assertThat(page.lines())
                    .as(anchor)
                    .anyMatch(
                        line ->
                            line.startsWith("### ")
                                && line.substring(4)
                                    .replaceAll("[^a-z0-9 _-]", "")
                                    .replace(' ', '-')
                                    .equals(anchor)));
  }
}

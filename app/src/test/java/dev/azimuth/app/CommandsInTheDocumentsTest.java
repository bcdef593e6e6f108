package dev.azimuth.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.app.cli.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** What the documents tell to type exists. */
class CommandsInTheDocumentsTest {
  private static final Path ROOT = Path.of("..");

  /** A command line in code: to its end, or to what a shell would run next. */
  private static final Pattern COMMAND =
      Pattern.compile("(?:`|\\$ |/)azimuth ([a-z][a-z-]*)([^`|&;#\n]*)");

  private static final Pattern OPTION = Pattern.compile("(?<=\\s)--?[a-z][a-z0-9-]*");

  private final Map<String, CommandLine> commands =
      Main.commandLine(new NodeEngine(), Terminal.system()).getSubcommands();

  private static List<Path> documents() throws IOException {
    List<Path> all = new ArrayList<>(List.of(ROOT.resolve("README.md")));
    for (String folder : List.of("docs", "deploy")) {
      try (Stream<Path> files = Files.list(ROOT.resolve(folder))) {
        files.filter(file -> file.toString().endsWith(".md")).forEach(all::add);
      }
    }
    return all;
  }

  @Test
  void everyCommandAndOptionOfTheDocumentsExists() throws IOException {
    int seen = 0;
    List<String> wrong = new ArrayList<>();
    for (Path document : documents()) {
      Matcher found = COMMAND.matcher(Files.readString(document));
      while (found.find()) {
        seen++;
        CommandLine command = commands.get(found.group(1));
        if (command == null) {
          wrong.add(document + ": azimuth " + found.group(1));
          continue;
        }
        OPTION
            .matcher(found.group(2))
            .results()
            .map(option -> option.group())
            .filter(option -> command.getCommandSpec().findOption(option) == null)
            .forEach(option -> wrong.add(document + ": " + found.group().strip()));
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(seen).as("command lines in the documents").isGreaterThan(50);
  }
}

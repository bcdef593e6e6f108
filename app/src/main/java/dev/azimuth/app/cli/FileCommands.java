package dev.azimuth.app.cli;

import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Commands about configuration files: they need no running node. */
@Command
public final class FileCommands {
  private final Engine engine;
  private final Terminal terminal;

  public FileCommands(Engine engine, Terminal terminal) {
    this.engine = engine;
    this.terminal = terminal;
  }

  @Command(
      name = "validate",
      description = {
        "Examines a configuration with its includes and zone data, and says everything that is wrong"
            + " with it at once: file, line, column, and what was probably meant.",
        "Nothing is started, resolved or probed.",
      },
      footerHeading = "%nExample%n",
      footer = "  azimuth validate /etc/azimuth/azimuth.yaml && azimuth reload")
  int validate(@Parameters(paramLabel = "FILE", description = "The configuration.") Path config)
      throws Engine.InvalidConfiguration {
    terminal.out().print(engine.validate(config, terminal.ink() == Ink.COLOUR));
    terminal.out().flush();
    return ExitCode.FINE;
  }

  @Command(
      name = "config",
      description =
          "Prints the long form of a configuration: every default filled in, every short form"
              + " expanded. What is printed means the same.",
      footerHeading = "%nExample%n",
      footer = "  azimuth config azimuth.yaml | less")
  int config(@Parameters(paramLabel = "FILE", description = "The configuration.") Path config)
      throws Engine.InvalidConfiguration {
    terminal.out().print(engine.expand(config));
    terminal.out().flush();
    return ExitCode.FINE;
  }

  @Command(
      name = "schema",
      description = "Prints the JSON Schema of configuration files, for editors.",
      footerHeading = "%nExample%n",
      footer = {
        "  azimuth schema > azimuth.schema.json",
        "  then begin the file with: # yaml-language-server: $schema=azimuth.schema.json",
      })
  int schema() {
    terminal.out().println(engine.schema());
    return ExitCode.FINE;
  }

  @Command(name = "version", description = "Prints the version, and that of the Java runtime.")
  int version() {
    terminal
        .out()
        .printf(
            "azimuth %s (Java %s, %s %s)%n",
            engine.version(),
            Runtime.version(),
            System.getProperty("os.name"),
            System.getProperty("os.arch"));
    return ExitCode.FINE;
  }
}

package dev.azimuth.app.cli;

import dev.azimuth.app.node.Node;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Parameters;

/** Commands about configuration files: they need no running node. */
public final class FileCommands {
  private FileCommands() {}

  /** Every one, in the order in which the help lists them. */
  public static List<Callable<Integer>> all(Engine engine, Terminal terminal) {
    return List.of(
        new Validate(engine, terminal),
        new Config(engine, terminal),
        new Schema(engine, terminal),
        new HeartbeatTokens(engine, terminal),
        new Version(engine, terminal));
  }

  @Command(
      name = "validate",
      description = {
        "Examines a configuration file: everything wrong with it at once.",
        "Reads includes and zone data too, and says file, line, column and what was probably meant."
            + " Nothing is started, resolved or probed.",
      },
      footerHeading = "%nExample%n",
      footer = "  azimuth validate /etc/azimuth/azimuth.yaml && azimuth reload")
  private static final class Validate implements Callable<Integer> {
    private final Engine engine;
    private final Terminal terminal;

    @Parameters(
        paramLabel = "FILE",
        description = "The configuration; - for standard input, with paths from this folder.")
    private Path config = Path.of("");

    Validate(Engine engine, Terminal terminal) {
      this.engine = engine;
      this.terminal = terminal;
    }

    @Override
    public Integer call() throws Engine.InvalidConfiguration {
      terminal.print(engine.validate(config, terminal.ink() == Ink.COLOUR));
      return ExitCode.FINE;
    }
  }

  @Command(
      name = "config",
      description = {
        "Prints the long form of a configuration file.",
        "Every default is filled in, every short form expanded. What is printed means the same.",
      },
      footerHeading = "%nExample%n",
      footer = "  azimuth config azimuth.yaml | less")
  private static final class Config implements Callable<Integer> {
    private final Engine engine;
    private final Terminal terminal;

    @Parameters(paramLabel = "FILE", description = "The configuration.")
    private Path config = Path.of("");

    Config(Engine engine, Terminal terminal) {
      this.engine = engine;
      this.terminal = terminal;
    }

    @Override
    public Integer call() throws Engine.InvalidConfiguration {
      terminal.print(engine.expand(config));
      return ExitCode.FINE;
    }
  }

  @Command(
      name = "schema",
      description = "Prints the JSON Schema of configuration files, for editors.",
      footerHeading = "%nExample%n",
      footer = {
        "  azimuth schema > azimuth.schema.json",
        "  # and in the first line of the configuration:",
        "  # yaml-language-server: $schema=azimuth.schema.json",
      })
  private static final class Schema implements Callable<Integer> {
    private final Engine engine;
    private final Terminal terminal;

    Schema(Engine engine, Terminal terminal) {
      this.engine = engine;
      this.terminal = terminal;
    }

    @Override
    public Integer call() {
      terminal.print(engine.schema().stripTrailing() + "\n");
      return ExitCode.FINE;
    }
  }

  @Command(
      name = "heartbeat-token",
      description = {
        "Prints the token with which a backend sends heartbeats.",
        "It speaks for that backend alone. Another secret in health.heartbeats makes others.",
      },
      footerHeading = "%nExample%n",
      footer = {
        "  token=$(azimuth heartbeat-token azimuth.yaml eu/fra1)",
        "  # and on that backend, every few seconds:",
        "  curl -fsS -X POST -H \"Authorization: Bearer $token\" \\",
        "    http://NODE:8054/heartbeat/eu/fra1",
      })
  private static final class HeartbeatTokens implements Callable<Integer> {
    private final Engine engine;
    private final Terminal terminal;

    @Parameters(index = "0", paramLabel = "FILE", description = "The configuration.")
    private Path config = Path.of("");

    @Parameters(index = "1", paramLabel = "POOL/BACKEND", description = "Who is to speak.")
    private String backend = "";

    HeartbeatTokens(Engine engine, Terminal terminal) {
      this.engine = engine;
      this.terminal = terminal;
    }

    @Override
    public Integer call() throws Engine.InvalidConfiguration, Node.Refused {
      terminal.print(engine.heartbeatToken(config, backend) + "\n");
      return ExitCode.FINE;
    }
  }

  @Command(name = "version", description = "Prints the version, and that of the Java runtime.")
  private static final class Version implements Callable<Integer>, IVersionProvider {
    private final Engine engine;
    private final Terminal terminal;

    Version(Engine engine, Terminal terminal) {
      this.engine = engine;
      this.terminal = terminal;
    }

    @Override
    public Integer call() {
      terminal.print(text() + "\n");
      return ExitCode.FINE;
    }

    @Override
    public String[] getVersion() {
      return new String[] {text()};
    }

    private String text() {
      return "azimuth %s (Java %s, %s %s)"
          .formatted(
              engine.version(),
              Runtime.version(),
              System.getProperty("os.name"),
              System.getProperty("os.arch"));
    }
  }
}

package dev.azimuth.app.cli;

import dev.azimuth.app.config.Nearest;
import dev.azimuth.app.host.Durations;
import dev.azimuth.app.host.Printable;
import dev.azimuth.app.node.Node;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command line: {@code azimuth COMMAND …}. Every command says in its help what it is for. */
@Command(
    name = "azimuth",
    description = "DNS-based global load balancing: names that answer with healthy backends.",
    synopsisSubcommandLabel = "COMMAND",
    usageHelpAutoWidth = true,
    exitCodeListHeading = "%nExit codes%n",
    exitCodeList = {
      "0:fine",
      "1:it did not work",
      "2:the command line makes no sense",
      "3:the configuration is not valid",
      "4:the node cannot be reached"
    },
    footerHeading = "%nFirst steps%n",
    footer = {
      "  azimuth demo                     a name server to try, on this machine",
      "  azimuth validate azimuth.yaml    examine a configuration",
      "  azimuth run azimuth.yaml         start a node",
      "  azimuth status                   what it does now",
      "  azimuth drain --help             what a command does, its options, examples",
    })
public final class Azimuth {
  private Azimuth() {}

  /**
   * The command line.
   *
   * @param commands in the order in which the help lists them
   */
  public static CommandLine commandLine(Terminal terminal, List<Callable<Integer>> commands) {
    var root = new CommandLine(new Azimuth());
    root.getCommandSpec()
        .addOption(
            OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .scopeType(ScopeType.INHERIT)
                .description("What the command does, and its options.")
                .build());
    root.getCommandSpec()
        .addOption(
            OptionSpec.builder("-V", "--version")
                .versionHelp(true)
                .description("What the command version prints.")
                .build());
    for (Callable<Integer> command : commands) {
      root.addSubcommand(command);
      if (command instanceof IVersionProvider version) {
        root.getCommandSpec().versionProvider(version);
      }
    }
    root.addSubcommand(new ShowHelp());
    root.registerConverter(Duration.class, Azimuth::duration)
        .registerConverter(int.class, Azimuth::whole)
        .registerConverter(long.class, Azimuth::large)
        .setOut(terminal.out())
        .setErr(terminal.err())
        .setColorScheme(
            Help.defaultColorScheme(
                switch (terminal.ink()) {
                  case PLAIN -> Help.Ansi.OFF;
                  case COLOUR -> Help.Ansi.ON;
                }))
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionStrategy(Azimuth::run)
        .setParameterExceptionHandler((e, arguments) -> misused(e, terminal))
        .setExecutionExceptionHandler((e, command, parsed) -> failed(e, terminal));
    return root;
  }

  @Command(name = "help", description = "Shows this help, or that of a command.")
  private static final class ShowHelp implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "COMMAND", arity = "0..1", description = "The command.")
    private @Nullable String command;

    @Override
    public Integer call() {
      CommandLine own = spec.commandLine();
      CommandLine root = own.getParent();
      if (command == null) {
        root.usage(root.getOut());
        return ExitCode.FINE;
      }
      CommandLine meant = root.getSubcommands().get(command);
      if (meant == null) {
        throw new ParameterException(
            own,
            "there is no command \"%s\"%s"
                .formatted(Printable.of(command), near(command, root.getSubcommands())));
      }
      meant.usage(meant.getOut());
      return ExitCode.FINE;
    }
  }

  /** Runs the command, or shows its help: not where a word beside --help means nothing. */
  private static int run(ParseResult parsed) {
    for (CommandLine command : parsed.asCommandLineList()) {
      List<String> unknown = command.getUnmatchedArguments();
      if (!unknown.isEmpty()) {
        throw new UnmatchedArgumentException(command, unknown);
      }
    }
    return new RunLast().execute(parsed);
  }

  private static int failed(Exception e, Terminal terminal) throws Exception {
    terminal.out().flush();
    return switch (e) {
      case Node.Refused refused -> say(refused, exitCode(refused.kind()), terminal);
      case Engine.NotStarted notStarted -> say(notStarted, ExitCode.FAILED, terminal);
      case Engine.InvalidConfiguration invalid ->
          say(invalid, ExitCode.INVALID_CONFIGURATION, terminal);
      case AdminClient.NotReachable unreachable ->
          say(unreachable, ExitCode.NOT_REACHABLE, terminal);
      default -> throw e;
    };
  }

  private static int exitCode(Node.Refused.Kind kind) {
    return switch (kind) {
      case STATE -> ExitCode.FAILED;
      case CONFIGURATION -> ExitCode.INVALID_CONFIGURATION;
      case QUESTION -> ExitCode.USAGE;
    };
  }

  /** What is wrong and how to see what is right: a whole page of help would hide it. */
  private static int misused(ParameterException e, Terminal terminal) {
    terminal.err().println(words(e));
    terminal
        .err()
        .println("Help: " + e.getCommandLine().getCommandSpec().qualifiedName() + " --help");
    return ExitCode.USAGE;
  }

  private static String words(ParameterException e) {
    if (!(e instanceof UnmatchedArgumentException unmatched)) {
      return String.valueOf(e.getMessage());
    }
    CommandLine command = e.getCommandLine();
    String word = unmatched.getUnmatched().getFirst();
    String quoted = "\"" + Printable.of(word) + "\"";
    if (word.startsWith("-")) {
      return "there is no option " + quoted + near(word, command.getCommandSpec().optionsMap());
    }
    return command.getParent() == null
        ? "there is no command " + quoted + near(word, command.getSubcommands())
        : quoted + " is more than this command takes";
  }

  private static String near(String word, Map<String, ?> known) {
    String hint = Nearest.hint(word, known.keySet());
    return hint == null ? "" : "; " + hint;
  }

  private static int say(Exception e, int code, Terminal terminal) {
    terminal.err().println(e.getMessage());
    return code;
  }

  private static int whole(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new TypeConversionException("\"" + text + "\" is no whole number that can be used");
    }
  }

  private static long large(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new TypeConversionException("\"" + text + "\" is no whole number that can be used");
    }
  }

  private static Duration duration(String text) {
    try {
      return Durations.parse(text);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }
}

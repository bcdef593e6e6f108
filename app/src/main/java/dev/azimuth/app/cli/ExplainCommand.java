package dev.azimuth.app.cli;

import dev.azimuth.app.host.Printable;
import dev.azimuth.app.node.Node;
import dev.azimuth.steering.Explanation;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

@Command(
    name = "explain",
    description = {
      "Says what a client gets for a name, and why.",
      "Rule, pools tried, states, odds, TTL and ECS scope. Asks the running node; with --config it"
          + " works on a file instead, with every backend up but those that --down names.",
    },
    footerHeading = "%nExamples%n",
    footer = {
      "  azimuth explain www.example.com --client 198.51.100.7",
      "  azimuth explain www.example.com --type AAAA --ecs 2001:db8::/48",
      "  azimuth explain www.example.com --config azimuth.yaml --down eu/fra1",
    })
final class ExplainCommand implements Callable<Integer> {
  /** The record types whose answers are steered. */
  enum Type {
    A,
    AAAA
  }

  static final class Steered implements ITypeConverter<Type> {
    @Override
    public Type convert(String text) {
      return switch (text.toUpperCase(Locale.ROOT)) {
        case "A" -> Type.A;
        case "AAAA" -> Type.AAAA;
        default ->
            throw new TypeConversionException(
                "only answers of type A and AAAA are steered, not those of type "
                    + Printable.of(text));
      };
    }
  }

  private final Engine engine;
  private final Terminal terminal;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private final AdminOptions admin = new AdminOptions();

  @Parameters(paramLabel = "NAME", description = "The name that is asked for.")
  private String name = "";

  @Option(
      names = "--type",
      paramLabel = "TYPE",
      converter = Steered.class,
      description = "A or AAAA; ${DEFAULT-VALUE} when not given.")
  private Type type = Type.A;

  @Option(names = "--client", paramLabel = "IP", description = "Who asks; else 127.0.0.1.")
  private @Nullable String client;

  @Option(names = "--ecs", paramLabel = "PREFIX", description = "The client subnet it sends.")
  private @Nullable String subnet;

  @Option(names = "--config", paramLabel = "FILE", description = "Work on this file, offline.")
  private @Nullable Path config;

  @Option(
      names = "--down",
      paramLabel = "BACKEND",
      description = "With --config: take this backend to be down. May be given several times.")
  private List<String> down = List.of();

  @Option(names = "--json", description = "As the admin API gives it.")
  private boolean json;

  ExplainCommand(Engine engine, Terminal terminal) {
    this.engine = engine;
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws Engine.InvalidConfiguration, AdminClient.NotReachable, Node.Refused {
    var question = new Engine.Question(name, type == Type.A, client, subnet);
    Explanation explanation;
    if (config != null) {
      explanation = engine.explain(config, down, question);
    } else if (down.isEmpty()) {
      explanation = admin.client(null).explain(question);
    } else {
      throw new ParameterException(
          spec.commandLine(), "--down needs --config: a running node knows what is down");
    }
    terminal.print(
        json
            ? Terminal.json(explanation)
            : hypothesis() + ExplanationText.of(explanation, terminal.ink()));
    return ExitCode.FINE;
  }

  /** That no node was asked, so that nobody takes a file's answer for one in force. */
  private String hypothesis() {
    return config == null
        ? ""
        : "By %s alone, no running node: everything is taken to be up%s.%n%n"
            .formatted(config, down.isEmpty() ? "" : " but " + String.join(", ", down));
  }
}

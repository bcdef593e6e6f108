package dev.azimuth.app.cli;

import dev.azimuth.app.admin.Messages;
import dev.azimuth.app.host.Durations;
import dev.azimuth.app.node.Node;
import dev.azimuth.app.orders.Preview;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What an operator orders of backends. */
abstract class OrderCommand extends NodeCommand {
  static final String SELECTOR =
      "pool/backend, a pool, a pattern such as 'eu/fra*', tag:NAME, balancer:NAME (drain alone), or"
          + " a backend's name alone where"
          + " that is unambiguous.";
  static final String LASTS = "How long, such as 30m or 2h; until it is taken back when not given.";

  private final String path;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(index = "0", paramLabel = "SELECTOR", description = SELECTOR)
  private String selector = "";

  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      description = "Why, for whoever looks at the status. Needed unless it is a dry run.")
  private @Nullable String reason;

  @Option(names = "--for", paramLabel = "TIME", description = LASTS)
  private @Nullable Duration lasts;

  @Option(
      names = "--at",
      paramLabel = "INSTANT",
      description = "When it begins, such as 2026-11-22T03:00Z; the TTL is lowered in time.")
  private @Nullable String at;

  @Option(
      names = "--in",
      paramLabel = "TIME",
      description = "After how long it begins, such as 2h; the TTL is lowered in time.")
  private @Nullable Duration in;

  @Option(
      names = "--force",
      description =
          "Also where a pool is left below its floor, or where nothing has the name or tag yet.")
  private boolean force;

  @Option(names = "--dry-run", description = "Only say what it would do.")
  private boolean dryRun;

  @Option(names = "--json", description = "What a dry run says, as the admin API gives it.")
  private boolean json;

  private OrderCommand(Tools tools, String path) {
    super(tools);
    this.path = path;
  }

  /** The weight that is ordered; null for an order of state. */
  @Nullable Integer weight() {
    return null;
  }

  @Override
  final String ask(AdminClient client) throws AdminClient.NotReachable, Node.Refused {
    if (reason == null && !dryRun) {
      throw new ParameterException(spec.commandLine(), "Missing required option: '--reason=TEXT'");
    }
    if (json && !dryRun) {
      throw new ParameterException(spec.commandLine(), "--json belongs to --dry-run");
    }
    if (at != null && in != null) {
      throw new ParameterException(spec.commandLine(), "--at and --in exclude each other");
    }
    Messages.Order order =
        new Messages.Order(
            selector,
            weight(),
            reason,
            tools.author(),
            instant(),
            written(in),
            written(lasts),
            force,
            dryRun);
    if (!dryRun) {
      return change(client, path, order);
    }
    Preview preview = client.preview(path, order);
    return json ? Terminal.json(preview) : PreviewText.of(preview, tools.terminal().ink());
  }

  private @Nullable String instant() {
    try {
      return at == null ? null : Durations.instant(at).toString();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  /** As the admin API reads it. */
  static @Nullable String written(@Nullable Duration time) {
    return time == null ? null : time.toMillis() + "ms";
  }

  @Command(
      name = "down",
      description = "Takes backends out of every answer, whatever their checks say.",
      footerHeading = "%nExample%n",
      footer = "  azimuth down eu/fra1 --reason 'disk failing' --for 2h")
  static final class Down extends OrderCommand {
    Down(Tools tools) {
      super(tools, "/down");
    }
  }

  @Command(
      name = "up",
      description = "Counts backends as up, whatever their checks say.",
      footerHeading = "%nExample%n",
      footer = "  azimuth up eu/fra1 --reason 'the check is broken, not the site' --for 1h")
  static final class Up extends OrderCommand {
    Up(Tools tools) {
      super(tools, "/up");
    }
  }

  @Command(
      name = "drain",
      description = {
        "Gives backends to no new client; those that have them may finish.",
        "Refused where it leaves a pool below its floor. A drain that is planned lowers the TTL of"
            + " what it touches in time.",
      },
      footerHeading = "%nExamples%n",
      footer = {
        "  azimuth drain eu/fra1 --reason 'kernel update' --for 30m",
        "  azimuth drain tag:blue --reason 'new release' --at 2026-11-22T03:00Z --for 2h",
        "  azimuth drain 'eu/*' --dry-run",
      })
  static final class Drain extends OrderCommand {
    Drain(Tools tools) {
      super(tools, "/drain");
    }
  }

  @Command(
      name = "weight",
      description = {
        "Gives backends another weight than the configuration does.",
        "Refused where it leaves a pool below its floor.",
      },
      footerHeading = "%nExample%n",
      footer = "  azimuth weight eu/fra1 10 --reason 'new machine, watch it first' --for 1d")
  static final class Weight extends OrderCommand {
    @Parameters(index = "1", paramLabel = "N", description = "1 to 1,000,000.")
    private int weight;

    Weight(Tools tools) {
      super(tools, "/weight");
    }

    @Override
    Integer weight() {
      return weight;
    }
  }
}

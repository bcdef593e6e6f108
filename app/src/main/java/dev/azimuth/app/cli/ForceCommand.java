package dev.azimuth.app.cli;

import dev.azimuth.app.admin.Messages;
import dev.azimuth.app.node.Node;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What an operator says of one backend. */
abstract class ForceCommand extends NodeCommand {
  static final String BACKEND =
      "pool/backend, or the backend's name alone where that is unambiguous.";
  static final String LASTS = "How long, such as 30m or 2h; until it is taken back when not given.";

  private final String path;

  @Parameters(paramLabel = "BACKEND", description = BACKEND)
  private String backend = "";

  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      required = true,
      description = "Why, for whoever looks at the status.")
  private String reason = "";

  @Option(names = "--for", paramLabel = "TIME", description = LASTS)
  private @Nullable Duration lasts;

  private ForceCommand(Tools tools, String path) {
    super(tools);
    this.path = path;
  }

  @Override
  final String ask(AdminClient client) throws AdminClient.NotReachable, Node.Refused {
    return change(
        client, path, new Messages.Force(backend, reason, tools.author(), written(lasts)));
  }

  /** As the admin API reads it. */
  static @Nullable String written(@Nullable Duration lasts) {
    return lasts == null ? null : lasts.toMillis() + "ms";
  }

  @Command(
      name = "down",
      description = "Takes a backend out of every answer, whatever its checks say.",
      footerHeading = "%nExample%n",
      footer = "  azimuth down eu/fra1 --reason 'disk failing' --for 2h")
  static final class Down extends ForceCommand {
    Down(Tools tools) {
      super(tools, "/down");
    }
  }

  @Command(
      name = "up",
      description = "Counts a backend as up, whatever its checks say.",
      footerHeading = "%nExample%n",
      footer = "  azimuth up eu/fra1 --reason 'the check is broken, not the site' --for 1h")
  static final class Up extends ForceCommand {
    Up(Tools tools) {
      super(tools, "/up");
    }
  }

  @Command(
      name = "drain",
      description = "Gives a backend to no new client; those that have it may finish.",
      footerHeading = "%nExample%n",
      footer = "  azimuth drain eu/fra1 --reason 'kernel update' --for 30m")
  static final class Drain extends ForceCommand {
    Drain(Tools tools) {
      super(tools, "/drain");
    }
  }
}

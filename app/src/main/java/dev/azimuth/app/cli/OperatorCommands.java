package dev.azimuth.app.cli;

import dev.azimuth.app.admin.Json;
import dev.azimuth.app.admin.Messages;
import dev.azimuth.app.node.Node;
import dev.azimuth.app.node.Status;
import dev.azimuth.steering.Explanation;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Commands that ask a running node over its admin listener. */
@Command
public final class OperatorCommands {
  private final Engine engine;
  private final Terminal terminal;
  private final InstantSource clock;
  private final String author;

  /**
   * @param clock for ages
   * @param author who changes are said to be made by
   */
  public OperatorCommands(Engine engine, Terminal terminal, InstantSource clock, String author) {
    this.engine = engine;
    this.terminal = terminal;
    this.clock = clock;
    this.author = author;
  }

  /** The record types whose answers are steered. */
  enum Type {
    A,
    AAAA
  }

  @Command(
      name = "status",
      description =
          "Shows what needs attention first (frozen, rejected configuration, pools that do not serve,"
              + " forced backends), then every pool, backend and name.",
      footerHeading = "%nExamples%n",
      footer = {
        "  azimuth status",
        "  azimuth status --json | jq '.pools[] | select(.serves | not)'"
      })
  int status(
      @Mixin NodeOptions node,
      @Option(names = "--json", description = "As the admin API gives it.") boolean json)
      throws Engine.InvalidConfiguration, AdminClient.NotReachable, Node.Refused {
    Status status = node.client(engine).status();
    print(json ? json(status) : StatusText.of(status, clock.instant(), terminal.ink()));
    return ExitCode.FINE;
  }

  @Command(
      name = "explain",
      description = {
        "Says what a client gets for a name and why: rule, pools tried, states, odds, TTL, ECS scope.",
        "Asks the running node; with --config it works on a file instead, with every backend up but"
            + " those that --down names.",
      },
      footerHeading = "%nExamples%n",
      footer = {
        "  azimuth explain www.example.com --client 198.51.100.7",
        "  azimuth explain www.example.com --type AAAA --ecs 2001:db8::/48 --json",
        "  azimuth explain www.example.com --config azimuth.yaml --down eu/fra1 --down eu/fra2",
      })
  int explain(
      @Parameters(paramLabel = "NAME", description = "The name that is asked for.") String name,
      @Option(
              names = "--type",
              paramLabel = "TYPE",
              defaultValue = "A",
              description = "A (the default) or AAAA.")
          Type type,
      @Option(names = "--client", paramLabel = "IP", description = "Who asks; else 127.0.0.1.")
          @Nullable String client,
      @Option(names = "--ecs", paramLabel = "PREFIX", description = "The client subnet it sends.")
          @Nullable String subnet,
      @Option(names = "--config", paramLabel = "FILE", description = "Work on this file, offline.")
          @Nullable Path config,
      @Option(
              names = "--down",
              paramLabel = "BACKEND",
              description = "With --config: take this backend to be down.")
          @Nullable List<String> down,
      @Option(names = "--json", description = "As the admin API gives it.") boolean json,
      @Mixin AdminOptions admin)
      throws Engine.InvalidConfiguration, AdminClient.NotReachable, Node.Refused {
    var question = new Engine.Question(name, type == Type.A, client, subnet);
    if (config == null && down != null) {
      throw new Node.Refused("--down needs --config: a running node knows what is down");
    }
    Explanation explanation =
        config == null
            ? admin.client(null).explain(question)
            : engine.explain(config, down == null ? List.of() : down, question);
    print(json ? json(explanation) : ExplanationText.of(explanation, terminal.ink()));
    return ExitCode.FINE;
  }

  @Command(
      name = "reload",
      description = {
        "Reads the configuration anew and prints what changed. If anything is wrong with it, the old"
            + " one serves on and every problem is printed.",
      },
      footerHeading = "%nExample%n",
      footer = "  azimuth reload")
  int reload(
      @Mixin NodeOptions node,
      @Option(
              names = "--accept-removals",
              description =
                  "Also take up a file that drops a zone, or more than half of the names, pools or"
                      + " backends.")
          boolean acceptRemovals)
      throws Engine.InvalidConfiguration, AdminClient.NotReachable, Node.Refused {
    List<String> changes =
        node.client(engine).change("/reload", new Messages.Reload(acceptRemovals));
    print(changes.isEmpty() ? "nothing changed\n" : String.join("\n", changes) + "\n");
    return ExitCode.FINE;
  }

  @Command(
      name = "down",
      description = "Takes a backend out of every answer at once, whatever its checks say.",
      footerHeading = "%nExample%n",
      footer = "  azimuth down eu/fra1 --reason 'disk failing' --for 2h")
  int down(@Mixin NodeOptions node, @Mixin ForceOptions force)
      throws Engine.InvalidConfiguration, AdminClient.NotReachable, Node.Refused {
    return force(node, "/down", force);
  }

  @Command(
      name = "up",
      description = "Counts a backend as up, whatever its checks say.",
      footerHeading = "%nExample%n",
      footer = "  azimuth up eu/fra1 --reason 'the check is broken, not the site' --for 1h")
  int up(@Mixin NodeOptions node, @Mixin ForceOptions force)
      throws Engine.InvalidConfiguration, AdminClient.NotReachable, Node.Refused {
    return force(node, "/up", force);
  }

  @Command(
      name = "drain",
      description =
          "Gives a backend to no new client; those that have its address may go on using it.",
      footerHeading = "%nExample%n",
      footer = "  azimuth drain eu/fra1 --reason 'kernel update' --for 30m")
  int drain(@Mixin NodeOptions node, @Mixin ForceOptions force)
      throws Engine.InvalidConfiguration, AdminClient.NotReachable, Node.Refused {
    return force(node, "/drain", force);
  }

  @Command(
      name = "clear",
      description = "Takes back what down, up or drain said of a backend: its checks decide again.",
      footerHeading = "%nExample%n",
      footer = "  azimuth clear eu/fra1")
  int clear(
      @Mixin NodeOptions node,
      @Parameters(paramLabel = "BACKEND", description = ForceOptions.BACKEND) String backend)
      throws Engine.InvalidConfiguration, AdminClient.NotReachable, Node.Refused {
    return change(node, "/clear", new Messages.Clear(backend));
  }

  @Command(
      name = "freeze",
      description = "Keeps every answer as it is while probes go on; forced states still act.",
      footerHeading = "%nExample%n",
      footer = "  azimuth freeze --for 30m --reason 'network maintenance'")
  int freeze(
      @Mixin NodeOptions node,
      @Option(names = "--for", paramLabel = "TIME", description = ForceOptions.LASTS)
          @Nullable Duration lasts,
      @Option(
              names = "--reason",
              paramLabel = "TEXT",
              defaultValue = "no reason given",
              description = "Why, for whoever looks at the status.")
          String reason)
      throws Engine.InvalidConfiguration, AdminClient.NotReachable, Node.Refused {
    return change(
        node, "/freeze", new Messages.Freeze(reason, author, ForceOptions.written(lasts)));
  }

  @Command(name = "unfreeze", description = "Ends a freeze: the checks decide again, at once.")
  int unfreeze(@Mixin NodeOptions node)
      throws Engine.InvalidConfiguration, AdminClient.NotReachable, Node.Refused {
    return change(node, "/unfreeze", new Messages.Unfreeze());
  }

  @Command(
      name = "failback",
      description =
          "Lets a recovered pool serve again before its failback hold ends, or at all when its"
              + " failback_hold is manual.",
      footerHeading = "%nExample%n",
      footer = "  azimuth failback eu")
  int failback(
      @Mixin NodeOptions node,
      @Parameters(paramLabel = "POOL", description = "The name of the pool.") String pool)
      throws Engine.InvalidConfiguration, AdminClient.NotReachable, Node.Refused {
    return change(node, "/failback", new Messages.Failback(pool));
  }

  private int force(NodeOptions node, String path, ForceOptions force)
      throws Engine.InvalidConfiguration, AdminClient.NotReachable, Node.Refused {
    return change(node, path, force.body(author));
  }

  private int change(NodeOptions node, String path, Object body)
      throws Engine.InvalidConfiguration, AdminClient.NotReachable, Node.Refused {
    print(String.join("\n", node.client(engine).change(path, body)) + "\n");
    return ExitCode.FINE;
  }

  private void print(String text) {
    terminal.out().print(text);
    terminal.out().flush();
  }

  private static String json(Object value) {
    return new String(Json.write(value), StandardCharsets.UTF_8) + "\n";
  }
}

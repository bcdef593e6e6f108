package dev.azimuth.app.cli;

import dev.azimuth.app.admin.Messages;
import dev.azimuth.app.node.BackendDetail;
import dev.azimuth.app.node.Node;
import dev.azimuth.app.node.Status;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Commands that ask a running node over its admin listener. */
public final class OperatorCommands {
  private OperatorCommands() {}

  /**
   * Every one, in the order in which the help lists them.
   *
   * @param clock for ages
   * @param author who changes are said to be made by
   */
  public static List<Callable<Integer>> all(
      Engine engine, Terminal terminal, InstantSource clock, String author) {
    var tools = new NodeCommand.Tools(engine, terminal, clock, author);
    return List.of(
        new ShowStatus(tools),
        new ExplainCommand(engine, terminal),
        new Reload(tools),
        new OrderCommand.Drain(tools),
        new OrderCommand.Down(tools),
        new OrderCommand.Up(tools),
        new OrderCommand.Weight(tools),
        new Overrides(tools),
        new Clear(tools),
        new Freeze(tools),
        new Unfreeze(tools),
        new Failback(tools));
  }

  @Command(
      name = "status",
      description = {
        "Shows a node: what needs attention, then pools, backends and names; or one pool; or all that"
            + " is known of one backend.",
        "Needs attention: a freeze, a rejected configuration, pools that do not serve, forced"
            + " backends. With --check the exit code is 1 while an operator is needed.",
      },
      footerHeading = "%nExamples%n",
      footer = {
        "  azimuth status",
        "  azimuth status eu",
        "  azimuth status eu/fra1",
        "  azimuth status --json | jq '.pools[] | select(.serves | not)'",
      })
  private static final class ShowStatus extends NodeCommand {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(
        paramLabel = "POOL[/BACKEND]",
        arity = "0..1",
        description = "A pool, or a backend; its name alone where that is unambiguous.")
    private @Nullable String backend;

    @Option(names = "--json", description = "As the admin API gives it.")
    private boolean json;

    private boolean troubled;

    @Option(
        names = "--check",
        description = "Exit code 1 while something does not work that an operator has to mend.")
    private boolean check;

    ShowStatus(Tools tools) {
      super(tools);
    }

    @Override
    int exitCode() {
      return troubled ? ExitCode.FAILED : ExitCode.FINE;
    }

    @Override
    String ask(AdminClient client) throws AdminClient.NotReachable, Node.Refused {
      if (check && backend != null) {
        throw new ParameterException(spec.commandLine(), "--check is about the whole node");
      }
      String pool = backend == null || json ? null : pool(client, backend);
      if (pool != null) {
        return pool;
      }
      if (backend != null) {
        BackendDetail detail = client.backend(backend);
        return json
            ? Terminal.json(detail)
            : BackendText.of(detail, tools.clock().instant(), tools.terminal().ink());
      }
      Status status = client.status();
      troubled = check && StatusText.needsOperator(status);
      return json
          ? Terminal.json(status)
          : StatusText.of(status, tools.clock().instant(), tools.terminal().ink());
    }

    /** Null when no pool is called that. */
    private @Nullable String pool(AdminClient client, String name)
        throws AdminClient.NotReachable, Node.Refused {
      return name.contains("/")
          ? null
          : StatusText.pool(client.status(), name, tools.clock().instant(), tools.terminal().ink());
    }
  }

  @Command(
      name = "reload",
      description = {
        "Reads the configuration anew and prints what changed.",
        "If anything is wrong with it, every problem is printed and the old one serves on; zone data"
            + " and databases are refused each by itself. Either is exit code 1 or 3.",
      },
      footerHeading = "%nExample%n",
      footer = "  azimuth reload")
  private static final class Reload extends NodeCommand {
    @Option(
        names = "--accept-removals",
        description =
            "Also take up a file that drops a zone, or more than half of the names, pools,"
                + " backends or balancers.")
    private boolean acceptRemovals;

    Reload(Tools tools) {
      super(tools);
    }

    @Override
    String ask(AdminClient client) throws AdminClient.NotReachable, Node.Refused {
      List<String> changes = client.change("/reload", new Messages.Reload(acceptRemovals));
      return changes.isEmpty() ? "nothing changed\n" : String.join("\n", changes) + "\n";
    }
  }

  @Command(
      name = "overrides",
      description = {
        "Lists what drain, down, up and weight ordered, the oldest first.",
        "Of several orders for one backend the newest counts, of its state and of its weight each"
            + " by itself.",
      },
      footerHeading = "%nExample%n",
      footer = "  azimuth overrides")
  private static final class Overrides extends NodeCommand {
    @Option(names = "--json", description = "As the admin API gives it.")
    private boolean json;

    Overrides(Tools tools) {
      super(tools);
    }

    @Override
    String ask(AdminClient client) throws AdminClient.NotReachable, Node.Refused {
      List<Status.OverrideStatus> overrides = client.overrides();
      return json
          ? Terminal.json(overrides)
          : OverridesText.of(overrides, tools.clock().instant(), tools.terminal().ink());
    }
  }

  @Command(
      name = "clear",
      description = {
        "Takes back what drain, down, up and weight ordered.",
        "Wider orders that mean a backend too stay: they are cleared as they were given.",
      },
      footerHeading = "%nExamples%n",
      footer = {"  azimuth clear eu/fra1", "  azimuth clear tag:blue", "  azimuth clear --all"})
  private static final class Clear extends NodeCommand {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(
        paramLabel = "SELECTOR",
        arity = "0..1",
        description = "As the order was given for.")
    private @Nullable String selector;

    @Option(names = "--all", description = "Every order, in place of a selector.")
    private boolean all;

    Clear(Tools tools) {
      super(tools);
    }

    @Override
    String ask(AdminClient client) throws AdminClient.NotReachable, Node.Refused {
      if (all == (selector != null)) {
        throw new ParameterException(
            spec.commandLine(),
            "say a SELECTOR as the order was given for, or --all, and not both");
      }
      return change(client, "/clear", new Messages.Clear(selector, all));
    }
  }

  @Command(
      name = "freeze",
      description = "Keeps every answer as it is while probes go on; forced states still act.",
      footerHeading = "%nExample%n",
      footer = "  azimuth freeze --for 30m --reason 'network maintenance'")
  private static final class Freeze extends NodeCommand {
    @Option(names = "--for", paramLabel = "TIME", description = OrderCommand.LASTS)
    private @Nullable Duration lasts;

    @Option(
        names = "--reason",
        paramLabel = "TEXT",
        description = "Why, for whoever looks at the status.")
    private String reason = "no reason given";

    Freeze(Tools tools) {
      super(tools);
    }

    @Override
    String ask(AdminClient client) throws AdminClient.NotReachable, Node.Refused {
      return change(
          client,
          "/freeze",
          new Messages.Freeze(reason, tools.author(), OrderCommand.written(lasts)));
    }
  }

  @Command(name = "unfreeze", description = "Ends a freeze: the checks decide again, at once.")
  private static final class Unfreeze extends NodeCommand {
    Unfreeze(Tools tools) {
      super(tools);
    }

    @Override
    String ask(AdminClient client) throws AdminClient.NotReachable, Node.Refused {
      return change(client, "/unfreeze", new Messages.Unfreeze());
    }
  }

  @Command(
      name = "failback",
      description = {
        "Lets a recovered pool serve again before its hold ends.",
        "The only way back for a pool whose failback_hold is manual.",
      },
      footerHeading = "%nExample%n",
      footer = "  azimuth failback eu")
  private static final class Failback extends NodeCommand {
    @Parameters(paramLabel = "POOL", description = "The name of the pool.")
    private String pool = "";

    Failback(Tools tools) {
      super(tools);
    }

    @Override
    String ask(AdminClient client) throws AdminClient.NotReachable, Node.Refused {
      return change(client, "/failback", new Messages.Failback(pool));
    }
  }
}

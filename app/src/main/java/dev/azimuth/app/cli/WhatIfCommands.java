package dev.azimuth.app.cli;

import dev.azimuth.app.node.Node;
import dev.azimuth.app.whatif.Assumptions;
import dev.azimuth.app.whatif.Forecast;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.DoubleConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Commands about what would become of the clients: they need no running node. */
public final class WhatIfCommands {
  private WhatIfCommands() {}

  /**
   * Both, in the order in which the help lists them.
   *
   * @param nanos a clock that never goes back, in nanoseconds
   */
  public static List<Callable<Integer>> all(Engine engine, Terminal terminal, LongSupplier nanos) {
    return List.of(new Plan(engine, terminal, nanos), new Simulate(engine, terminal, nanos));
  }

  /** What both have in common. */
  private abstract static class WhatIf implements Callable<Integer> {
    final Engine engine;
    private final Terminal terminal;
    private final LongSupplier nanos;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Mixin private final Options options = new Options();

    WhatIf(Engine engine, Terminal terminal, LongSupplier nanos) {
      this.engine = engine;
      this.terminal = terminal;
      this.nanos = nanos;
    }

    abstract Forecast forecast(Assumptions assumptions, DoubleConsumer progress)
        throws Engine.InvalidConfiguration, Node.Refused;

    @Override
    public final Integer call() throws Engine.InvalidConfiguration, Node.Refused {
      if (options.ipv6 && options.clients != null) {
        throw new ParameterException(
            spec.commandLine(), "--ipv6 is for every address: a file of clients says its own");
      }
      Forecast forecast;
      try (var progress = new ProgressLine(terminal, nanos)) {
        forecast = forecast(options.assumptions(spec), progress);
      }
      terminal.print(
          options.json
              ? Terminal.json(forecast)
              : ForecastText.of(forecast, terminal.width(), terminal.ink()));
      return ExitCode.FINE;
    }
  }

  /** Whose clients, how many, of which names. */
  private static final class Options {
    @Option(
        names = "--clients",
        paramLabel = "FILE",
        description = {
          "Who the clients are: lines of PREFIX [WEIGHT], or a query log (text or JSON) of which each"
              + " line counts; - for standard input.",
          "Else every IPv4 address that the geo databases know; without them every public one."
        })
    private @Nullable Path clients;

    @Option(names = "--ipv6", description = "Every IPv6 address in place of every IPv4 address.")
    private boolean ipv6;

    @Option(
        names = "--name",
        paramLabel = "NAME",
        description = {
          "Of this name alone; may be given several times.",
          "Else of all names. Several count alike, however often they are asked for."
        })
    private List<String> names = List.of();

    @Option(
        names = "--load",
        paramLabel = "N",
        description = {
          "All clients together make N queries or connections a second, whichever the \"capacity\" of"
              + " pools is given in: says which pool gets more than it can take."
        })
    private @Nullable Long load;

    @Option(names = "--json", description = "As JSON; docs/what-if.md says of what shape.")
    private boolean json;

    private static final Path STANDARD_INPUT = Path.of("-");
    private static final long MOST_LOAD = 1_000_000_000_000L;

    private static @Nullable Path file(@Nullable Path said) {
      return STANDARD_INPUT.equals(said) ? Path.of("/dev/stdin") : said;
    }

    Assumptions assumptions(CommandSpec spec) {
      if (load != null && (load < 1 || load > MOST_LOAD)) {
        throw new ParameterException(
            spec.commandLine(), "--load is a number from 1 to " + MOST_LOAD);
      }
      return new Assumptions(file(clients), ipv6, names, load == null ? 0 : load);
    }
  }

  @Command(
      name = "plan",
      description = {
        "Says which clients another configuration would send elsewhere.",
        "Shares of pools and backends before and after, who moves, and which pool passes its"
            + " capacity; every backend is taken to be up. Nothing is started, resolved or probed.",
      },
      footerHeading = "%nExamples%n",
      footer = {
        "  azimuth plan azimuth.yaml new.yaml",
        "  azimuth plan azimuth.yaml new.yaml --clients queries.log --load 20000",
      })
  private static final class Plan extends WhatIf {
    @Parameters(index = "0", paramLabel = "OLD", description = "The configuration as it is.")
    private Path before = Path.of("");

    @Parameters(index = "1", paramLabel = "NEW", description = "The configuration to come.")
    private Path after = Path.of("");

    Plan(Engine engine, Terminal terminal, LongSupplier nanos) {
      super(engine, terminal, nanos);
    }

    @Override
    Forecast forecast(Assumptions assumptions, DoubleConsumer progress)
        throws Engine.InvalidConfiguration, Node.Refused {
      return engine.plan(before, after, assumptions, progress);
    }
  }

  @Command(
      name = "simulate",
      description = {
        "Says where clients would go if backends or pools failed.",
        "Shares of pools and backends before and after, who moves, and which pool passes its"
            + " capacity; every other backend is taken to be up. Nothing is started, resolved or"
            + " probed.",
      },
      footerHeading = "%nExamples%n",
      footer = {
        "  azimuth simulate azimuth.yaml --down eu --load 20000",
        "  azimuth simulate azimuth.yaml --down eu/fra1 us/iad1 --name www.example.com",
      })
  private static final class Simulate extends WhatIf {
    @Parameters(paramLabel = "FILE", description = "The configuration.")
    private Path config = Path.of("");

    @Option(
        names = "--down",
        paramLabel = "POOL[/BACKEND]",
        arity = "1..*",
        required = true,
        description =
            "What fails: a pool, pool/backend, a pattern such as '*/fra*', or tag:NAME. Several may"
                + " follow, so FILE stands before.")
    private List<String> down = List.of();

    Simulate(Engine engine, Terminal terminal, LongSupplier nanos) {
      super(engine, terminal, nanos);
    }

    @Override
    Forecast forecast(Assumptions assumptions, DoubleConsumer progress)
        throws Engine.InvalidConfiguration, Node.Refused {
      return engine.simulate(config, down, assumptions, progress);
    }
  }
}

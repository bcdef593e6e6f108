package dev.azimuth.app.cli;

import dev.azimuth.app.host.LogQueue;
import dev.azimuth.app.node.Node;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command that is a node. */
@Command(
    name = "run",
    description = {
      "Starts a node in the foreground.",
      "It runs until it is told to stop (SIGTERM or Ctrl-C; once more for at once); SIGHUP reads"
          + " the configuration anew."
          + " Logs go to standard error, as JSON when AZIMUTH_LOG is json.",
    },
    footerHeading = "%nExamples%n",
    footer = {
      "  azimuth run azimuth.yaml",
      "  AZIMUTH_LOG=json azimuth run /etc/azimuth/azimuth.yaml",
      "  azimuth run --takeover azimuth.yaml",
      "  AZIMUTH_JAVA_OPTS=-Xmx2g azimuth run azimuth.yaml",
    })
public final class RunCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(RunCommand.class);

  private final Engine engine;

  @Parameters(
      paramLabel = "CONFIG",
      arity = "0..1",
      description = "The configuration; ${DEFAULT-VALUE} when none is given.")
  private Path config = Path.of("/etc/azimuth/azimuth.yaml");

  @Option(
      names = "--takeover",
      description = {
        "Takes over from the node that runs on the same state directory, with all of its sockets:"
            + " no query and no connection is lost. That node serves on if anything fails, and"
            + " ends when this one answers. Starts as usual when none runs.",
      })
  private boolean takeOver;

  public RunCommand(Engine engine) {
    this.engine = engine;
  }

  @Override
  public Integer call()
      throws Engine.InvalidConfiguration, Engine.NotStarted, InterruptedException {
    // Signals may come before the node is there: a hang-up then is one to be remembered.
    var started = new CompletableFuture<Engine.Running>();
    if (!Signals.handle("HUP", () -> reload(started.join().node()))) {
      LOG.info("this system has no SIGHUP: use azimuth reload");
    }
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  Engine.Running running = started.getNow(null);
                  if (running != null) {
                    Signals.handle("TERM", running::hurry);
                    Signals.handle("INT", running::hurry);
                    running.close();
                  }
                  LogQueue.end();
                },
                "stop"));
    Engine.Running node = engine.start(config, takeOver);
    started.complete(node);
    node.awaitEnd();
    return ExitCode.FINE;
  }

  private static void reload(Node node) {
    try {
      if (node.reload(false).isEmpty()) {
        LOG.info("configuration read anew: nothing changed");
      }
    } catch (Node.Refused e) {
      // The node logs what changed and what was refused, whoever asked.
    }
  }
}

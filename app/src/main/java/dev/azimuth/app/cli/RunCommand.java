package dev.azimuth.app.cli;

import dev.azimuth.app.node.Node;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** The command that is a node. */
@Command
public final class RunCommand {
  private static final Logger LOG = LoggerFactory.getLogger(RunCommand.class);

  private final Engine engine;

  public RunCommand(Engine engine) {
    this.engine = engine;
  }

  @Command(
      name = "run",
      description = {
        "Starts a node in the foreground and runs until it is told to stop (SIGTERM or Ctrl-C).",
        "SIGHUP reads the configuration anew. Logs go to standard error, as JSON when AZIMUTH_LOG is"
            + " json.",
      },
      footerHeading = "%nExamples%n",
      footer = {
        "  azimuth run azimuth.yaml",
        "  AZIMUTH_LOG=json AZIMUTH_JAVA_OPTS=-Xmx2g azimuth run /etc/azimuth/azimuth.yaml",
      })
  int run(
      @Parameters(
              paramLabel = "CONFIG",
              arity = "0..1",
              defaultValue = "/etc/azimuth/azimuth.yaml",
              description = "The configuration; ${DEFAULT-VALUE} when none is given.")
          Path config)
      throws Engine.InvalidConfiguration, Engine.NotStarted, InterruptedException {
    Engine.Running running = engine.start(config);
    Runtime.getRuntime().addShutdownHook(new Thread(running::close, "stop"));
    Hangup.handle(() -> reload(running.node()));
    new CountDownLatch(1).await();
    return ExitCode.FINE;
  }

  /** What changed and what was refused is logged by the node, whoever asked. */
  private static void reload(Node node) {
    try {
      node.reload(false);
    } catch (Node.Refused e) {
      LOG.warn("SIGHUP: the old configuration serves on: {}", e.getMessage());
    }
  }
}

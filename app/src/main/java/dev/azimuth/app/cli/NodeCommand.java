package dev.azimuth.app.cli;

import dev.azimuth.app.node.Node;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;

/** A command that asks a running node. */
abstract class NodeCommand implements Callable<Integer> {
  private static final Duration SOON = Duration.ofSeconds(1);

  /** What every such command works with. */
  record Tools(Engine engine, Terminal terminal, InstantSource clock, String author) {}

  protected final Tools tools;

  @Mixin private final NodeOptions node = new NodeOptions();

  NodeCommand(Tools tools) {
    this.tools = tools;
  }

  @Override
  public final Integer call()
      throws Engine.InvalidConfiguration, AdminClient.NotReachable, Node.Refused {
    String answer;
    try (var _ = new WaitingLine(tools.terminal(), SOON)) {
      answer = ask(node.client(tools.engine()));
    }
    tools.terminal().print(answer);
    return ExitCode.FINE;
  }

  /** Asks, and says what is printed. */
  abstract String ask(AdminClient client) throws AdminClient.NotReachable, Node.Refused;

  /** Asks for a change and gives what was done, a line each. */
  static String change(AdminClient client, String path, Object body)
      throws AdminClient.NotReachable, Node.Refused {
    return String.join("\n", client.change(path, body)) + "\n";
  }
}

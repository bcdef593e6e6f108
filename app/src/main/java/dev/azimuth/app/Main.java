package dev.azimuth.app;

import dev.azimuth.app.cli.Azimuth;
import dev.azimuth.app.cli.Engine;
import dev.azimuth.app.cli.FileCommands;
import dev.azimuth.app.cli.OperatorCommands;
import dev.azimuth.app.cli.RunCommand;
import dev.azimuth.app.cli.Terminal;
import dev.azimuth.app.cli.WhatIfCommands;
import dev.azimuth.app.demo.DemoCommand;
import dev.azimuth.app.host.LogQueue;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import picocli.CommandLine;

/** Where the process begins, and the only place where it ends itself. */
public final class Main {
  private Main() {}

  /**
   * @param args the command and its arguments
   */
  public static void main(String[] args) {
    int code = commandLine(new NodeEngine(), Terminal.system()).execute(args);
    LogQueue.end();
    System.exit(code);
  }

  /** Every command there is. */
  static CommandLine commandLine(Engine engine, Terminal terminal) {
    var commands = new ArrayList<Callable<Integer>>();
    commands.add(new DemoCommand(engine, terminal, System.in, InstantSource.system()));
    commands.add(new RunCommand(engine));
    commands.addAll(FileCommands.all(engine, terminal));
    commands.addAll(WhatIfCommands.all(engine, terminal, System::nanoTime));
    commands.addAll(
        OperatorCommands.all(
            engine, terminal, InstantSource.system(), System.getProperty("user.name", "unknown")));
    return Azimuth.commandLine(terminal, commands);
  }
}

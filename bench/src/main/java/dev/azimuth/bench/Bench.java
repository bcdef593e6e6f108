package dev.azimuth.bench;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The tools of the scripts: each prints lines of {@code key=value} words. */
@Command(
    name = "bench",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      LoadCommand.class,
      TcpCommand.class,
      StartCommand.class,
      FailoverCommand.class,
      ZoneCommand.class,
      PlacesCommand.class,
      GeoCommand.class,
      AlikeCommand.class,
      ScaleCommand.class,
      HangCommand.class,
      DetectCommand.class,
      LossCommand.class,
      HoldCommand.class
    })
final class Bench {
  private Bench() {}

  /**
   * @param args a command and its options
   */
  public static void main(String[] args) {
    System.exit(new CommandLine(new Bench()).execute(args));
  }
}

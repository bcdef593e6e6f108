package dev.azimuth.bench;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;

/** The options of commands that start a node of their own, and how they do. */
final class Child {
  @Option(names = "--server", required = true, description = "ADDRESS:PORT where it will answer")
  private String server = "";

  @Option(names = "--azimuth", required = true, description = "the program to run")
  private Path azimuth = Path.of("");

  @Option(names = "--folder", required = true, description = "for its configuration and state")
  private Path folder = Path.of("");

  /** Writes what is peculiar to a configuration. */
  interface Body {
    void write(Writer out) throws IOException;
  }

  /** Where it will answer. */
  String server() {
    return server;
  }

  /**
   * Starts it.
   *
   * @param checksAndPools a block of YAML, or several
   * @param names the lines of {@code names} of the zone {@code bench.example}, indented by six
   */
  Server start(Body checksAndPools, Body names) throws IOException {
    Path config = folder.resolve("node.yaml");
    try (Writer out = Files.newBufferedWriter(config)) {
      out.write(
          "server: { listen: [ \"%s\" ], workers: 1, state_dir: %s }%n"
              .formatted(server, folder.resolve("state")));
      checksAndPools.write(out);
      out.write(
          """
          zones:
            bench.example:
              records: |
                @ SOA ns1 hostmaster 1 3600 900 604800 60
                @ NS ns1
                ns1 A 203.0.113.53
              names:
          """);
      names.write(out);
    }
    return Server.start(
        List.of(azimuth.toString(), "run", config.toString()), folder.resolve("node.log"));
  }
}

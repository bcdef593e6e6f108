package dev.azimuth.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Makes a large zone, the same for the same options, and questions to it. */
@Command(
    name = "zone",
    description = "Writes a master file, and lists of names that it has and has not.",
    mixinStandardHelpOptions = true)
final class ZoneCommand implements Callable<Integer> {
  private static final int QUESTIONS = 20_000;
  private static final int GROUPS = 1000;

  @Option(names = "--records", description = "how many; ${DEFAULT-VALUE}")
  private int records = 1_000_000;

  @Option(names = "--serial", description = "of the SOA; ${DEFAULT-VALUE}")
  private long serial = 1;

  @Option(names = "--folder", required = true, description = "gets zone.SERIAL, hits and misses")
  private Path folder = Path.of("");

  @Override
  public Integer call() throws IOException {
    int hosts;
    try (var zone = open("zone." + serial)) {
      zone.print("$ORIGIN big.example.\n$TTL 3600\n@ SOA ns1 hostmaster ");
      zone.print(serial + " 3600 900 604800 60\n@ NS ns1\nns1 A 203.0.113.53\n");
      hosts = hosts(zone);
    }
    var random = new Random(1);
    try (var hits = open("hits");
        var misses = open("misses")) {
      for (int i = 0; i < QUESTIONS; i++) {
        int host = random.nextInt(hosts);
        hits.print(name(host - host % 10) + ".big.example A\n");
        misses.print("x" + name(host) + ".big.example A\n");
      }
    }
    System.out.println("records=" + records + " names=" + hosts);
    return 0;
  }

  /**
   * Writes until there are enough records, in tens of names: one with everything, eight with
   * addresses, one delegation.
   *
   * @return how many names
   */
  private int hosts(PrintWriter zone) {
    int host = 0;
    for (int left = records - 3; left > 0; host++) {
      String name = name(host);
      int turn = host % 10;
      if (turn == 9) {
        zone.print(name + " NS ns." + name + "\n NS ns1.elsewhere.example.\n");
        zone.print("ns." + name + " A " + address(host) + "\n");
        left -= 3;
        continue;
      }
      zone.print(name + " A " + address(host) + "\n");
      left--;
      if (turn % 2 == 0) {
        zone.print(" AAAA 2001:db8::" + Integer.toHexString(host & 0xffff) + "\n");
        left--;
      }
      if (turn == 0) {
        zone.print(" MX 10 mail\n TXT \"v=spf1 mx -all\"\n");
        left -= 2;
      }
    }
    zone.print("mail A 203.0.113.25\n");
    return host;
  }

  private static String name(int host) {
    return "host-" + Integer.toString(host * 37, 36) + ".g" + host % GROUPS;
  }

  private static String address(int host) {
    return "10." + (host >> 16 & 255) + "." + (host >> 8 & 255) + "." + (host & 255);
  }

  private PrintWriter open(String file) throws IOException {
    return new PrintWriter(
        Files.newBufferedWriter(folder.resolve(file), StandardCharsets.US_ASCII));
  }
}

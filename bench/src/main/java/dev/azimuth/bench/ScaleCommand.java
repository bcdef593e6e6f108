package dev.azimuth.bench;

import dev.azimuth.net.DatagramClient;
import java.io.IOException;
import java.io.Writer;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Very many names, pools and backends: how long it takes until they are answered, what memory they
 * need, and how long after the deciding probe an answer changes when the state of one pool changes,
 * or of all of them at once. The checks look at two backends in this process: one for the first
 * pool, one for all others.
 */
@Command(
    name = "scale",
    description = "Measures loading and changing of very many names, pools and backends.",
    mixinStandardHelpOptions = true)
final class ScaleCommand implements Callable<Integer> {
  private static final int RECEIVE_BUFFER = 1 << 20;
  private static final int BACKENDS = 10;
  private static final int NAMES = 10;

  /** The first octet of what the pool {@code spare} gives. */
  private static final int SPARE = 203;

  @Mixin private Child child = new Child();

  @Option(names = "--pools", description = "of 10 backends and 10 names each; ${DEFAULT-VALUE}")
  private int pools = 10_000;

  @Option(names = "--changes", description = "how many of each kind; ${DEFAULT-VALUE}")
  private int changes = 20;

  @Override
  public Integer call() throws IOException {
    try (Witness one = Witness.start();
        Witness rest = Witness.start()) {
      long start = System.nanoTime();
      try (DatagramClient client =
              DatagramClient.connect(Place.of(child.server()), RECEIVE_BUFFER);
          Server process =
              child.start(out -> writePools(out, one.port(), rest.port()), this::writeNames)) {
        String last = "n" + (pools * NAMES - 1) + ".bench.example A";
        AnswerWatch watch = new AnswerWatch(client, process);
        long loaded = watch.until(last, (first, any) -> first != SPARE) - start;
        long[] single = changes(watch, "n0.bench.example A", one);
        long[] all = changes(watch, last, rest);
        System.out.printf(
            Locale.ROOT,
            "names=%d load_s=%.1f cpu_s=%.1f %s %s memory_mib=%d%n",
            pools * NAMES,
            loaded / 1e9,
            process.cpuMillis() / 1e3,
            words("one", single),
            words("all", all),
            process.residentKibibytes() / 1024);
      }
    }
    return 0;
  }

  private long[] changes(AnswerWatch watch, String question, Witness witness) throws IOException {
    long[] nanos = new long[changes];
    for (int i = 0; i < changes; i++) {
      boolean well = i % 2 == 1;
      witness.healthy(well);
      long changed = watch.until(question, (first, last) -> (first != SPARE) == well);
      nanos[i] = changed - witness.decided();
    }
    return nanos;
  }

  /** The first change, the median, the longest, and all in their order. */
  private static String words(String kind, long[] nanos) {
    long[] sorted = Arrays.stream(nanos).sorted().toArray();
    String each =
        Arrays.stream(nanos)
            .mapToObj(n -> "%.1f".formatted(n / 1e6))
            .collect(Collectors.joining(","));
    return String.format(
        Locale.ROOT,
        "%s_first_ms=%.1f %s_median_ms=%.1f %s_max_ms=%.1f %s_ms=%s",
        kind,
        nanos[0] / 1e6,
        kind,
        sorted[sorted.length / 2] / 1e6,
        kind,
        sorted[sorted.length - 1] / 1e6,
        kind,
        each);
  }

  private void writePools(Writer out, int one, int rest) throws IOException {
    out.write(
        """
        defaults: { failback_hold: 0s }
        checks:
          one: { http: /, address: 127.0.0.1, port: %d, every: 1s, timeout: 1s, rise: 1, fall: 1 }
          rest: { http: /, address: 127.0.0.1, port: %d, every: 1s, timeout: 1s, rise: 1, fall: 1 }
        pools:
          spare: { backends: { s: %d.0.113.9 } }
        """
            .formatted(one, rest, SPARE));
    for (int pool = 0; pool < pools; pool++) {
      out.write("  p%d: { check: %s, backends: {".formatted(pool, pool == 0 ? "one" : "rest"));
      for (int i = 1; i <= BACKENDS; i++) {
        out.write(
            "%s b%d: { address: 10.%d.%d.%d, weight: %d }"
                .formatted(i == 1 ? "" : ",", i, pool >> 8, pool & 255, i, i));
      }
      out.write(" } }\n");
    }
  }

  private void writeNames(Writer out) throws IOException {
    for (int name = 0; name < pools * NAMES; name++) {
      out.write("      n%d: { to: [ p%d, spare ] }%n".formatted(name, name % pools));
    }
  }
}

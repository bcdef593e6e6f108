package dev.azimuth.bench;

import dev.azimuth.steering.Family;
import dev.azimuth.steering.Places;
import dev.azimuth.steering.Routes;
import dev.azimuth.steering.SteeredName;
import dev.azimuth.steering.TooManyDestinations;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Evaluates many different rule sets over a large made-up table of places. */
@Command(
    name = "places",
    description = "How long rules by place take to be evaluated, and the memory they need.",
    mixinStandardHelpOptions = true)
final class PlacesCommand implements Callable<Integer> {
  @Option(names = "--prefixes", description = "of the table; ${DEFAULT-VALUE}")
  private int prefixes = 5_000_000;

  @Option(names = "--rule-sets", description = "different ones; ${DEFAULT-VALUE}")
  private int ruleSets = 100;

  @Override
  public Integer call() throws TooManyDestinations {
    long empty = used();
    long begun = System.nanoTime();
    Places places = Registry.of(prefixes);
    double made = secondsSince(begun);
    long table = used() - empty;
    List<SteeredName> names = RuleSets.of(ruleSets);
    List<BitSet> views = IntStream.range(0, RuleSets.POOLS).mapToObj(pool -> new BitSet()).toList();
    long before = used();
    begun = System.nanoTime();
    Routes routes = Routes.of(List.of(), views, names, places, Routes.NONE);
    double evaluated = secondsSince(begun);
    long extra = used() - before;
    System.out.printf(
        "prefixes=%d places=%d table_mib=%d table_seconds=%.1f rule_sets=%d ranges=%d"
            + " seconds=%.1f mib=%d peak_mib=%d%n",
        places.ranges(Family.V4) + places.ranges(Family.V6),
        places.count(),
        table >> 20,
        made,
        routes.distinct(),
        routes.ranges(),
        evaluated,
        extra >> 20,
        Runtime.getRuntime().totalMemory() >> 20);
    return 0;
  }

  private static double secondsSince(long begun) {
    return (System.nanoTime() - begun) / 1e9;
  }

  /** What is reachable, in octets. */
  private static long used() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}

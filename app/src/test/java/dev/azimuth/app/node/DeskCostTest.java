package dev.azimuth.app.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.azimuth.health.ProbeResult;
import dev.azimuth.health.ProbeResult.Code;
import dev.azimuth.health.Target;
import dev.azimuth.steering.Binder;
import dev.azimuth.steering.Slots;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a change costs, in octets allocated: they are the same on every machine. */
class DeskCostTest {
  private static final int POOLS = 300;

  private final DeskTest.Around around = new DeskTest.Around();
  private long now = 1_000_000;

  /** One pool has a target of its own, all others share one. */
  private static String yaml() {
    return """
        defaults: { failback_hold: 0s }
        checks:
          one: { tcp: 81, address: 192.0.2.1, every: 1s, rise: 1, fall: 1 }
          rest: { tcp: 82, address: 192.0.2.2, every: 1s, rise: 1, fall: 1 }
        pools:
          p0: { check: one, backends: { b: 198.51.100.1 } }
        %s
        zones:
          example.com:
            records: "@ SOA ns1 hostmaster 1 3600 900 604800 60\\n@ NS ns1\\nns1 A 203.0.113.53"
            names:
              n0: { to: [ p0, p1 ] }
        %s
        """
        .formatted(
            lines(i -> "  p" + i + ": { check: rest, backends: { b: 198.51.100.2 } }"),
            lines(i -> "      n" + i + ": { to: p" + i + " }"));
  }

  private static String lines(IntFunction<String> line) {
    return IntStream.range(1, POOLS).mapToObj(line).collect(Collectors.joining("\n"));
  }

  @Test
  void aLatencyThatNobodyPicksByHasNoPoolLookedAt(@TempDir Path folder) {
    Desk desk = new Desk(around, new Binder(Questions::octets), new Slots(), Saved.NOTHING);
    desk.apply(new Event.Adopt(Written.load(folder, yaml()), new CompletableFuture<>()), now);
    desk.settle(now);
    probe(desk, "192.0.2.1", Code.L4OK, 1000);
    probe(desk, "192.0.2.2", Code.L4OK, 1000);
    for (int i = 0; i < 20; i++) {
      oneFailsAndComesBack(desk);
    }
    long before = oneFailsAndComesBack(desk);
    now += 60_000;
    probe(desk, "192.0.2.2", Code.L4OK, 1_000_000); // a thousand times as slow
    assertThat(oneFailsAndComesBack(desk)).isLessThan(2 * before);
  }

  private long oneFailsAndComesBack(Desk desk) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    int published = around.published.size();
    probe(desk, "192.0.2.1", Code.L4CON, 1000);
    probe(desk, "192.0.2.1", Code.L4OK, 1000);
    assertThat(around.published).hasSize(published + 2);
    return threads.getCurrentThreadAllocatedBytes() - before;
  }

  private void probe(Desk desk, String address, Code code, long micros) {
    now += 1000;
    for (Target target : around.watched.keySet()) {
      if (target.address().getHostAddress().equals(address)) {
        desk.apply(new Event.Probed(target, new ProbeResult(code, "", now, micros)), now);
      }
    }
    desk.settle(now);
  }
}

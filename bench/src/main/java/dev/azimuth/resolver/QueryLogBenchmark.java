package dev.azimuth.resolver;

import dev.azimuth.bench.ResponderBenchmark;
import dev.azimuth.steering.Turns;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One steered query as a worker answers it, with the query log off, sampled and for every query. It
 * stands in the resolver's package because it empties the ring without reading the records, which
 * nobody else has a use for: so what is allocated is the worker's part alone.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgs = {
      "-XX:+UseSerialGC",
      "-XX:+UseCompactObjectHeaders",
      "-XX:+UnlockDiagnosticVMOptions",
      "-XX:-MergeStores",
      "-Xms64m",
      "-Xmx64m"
    })
public class QueryLogBenchmark {
  /** Every how many-th query is logged; 0 for none. */
  @Param({"0", "100", "1"})
  public int every;

  private final Picture picture = ResponderBenchmark.open();
  private final QueryLog log = new Gallery(picture).queryLog();
  private final QueryTap tap = log.tap();
  private final Responder responder = new Responder(new Turns(1));
  private final Client client = new Client();
  private final byte[] query = ResponderBenchmark.steeredQuery();
  private final byte[] out = new byte[ResponseWriter.DATAGRAM];
  private QueryRing ring = new QueryRing(QueryLog.RING);

  /** Nobody has asked yet. */
  public QueryLogBenchmark() {
    client.v4 = true;
    client.low = 0xC000_0264L; // 192.0.2.100
  }

  /** Switches the log. */
  @Setup
  public void sample() {
    log.sample(every);
    tap.begin();
    ring = every == 0 ? ring : Objects.requireNonNull(tap.ring());
  }

  @Benchmark
  public int steeredLogged() {
    int answer = responder.respond(query, query.length, client, picture, out);
    tap.answered(query, query.length, client, responder, out, answer);
    if (ring.poll() >= 0) {
      ring.release();
    }
    return answer;
  }
}

package dev.azimuth.bench;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.io.Writer;
import java.net.InetAddress;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Very many backends that accept connections and never answer, so that all of their probes hang at
 * the same time: the memory of a node meanwhile.
 */
@Command(
    name = "hang",
    description = "Measures the memory of a node while very many probes hang at once.",
    mixinStandardHelpOptions = true)
final class HangCommand implements Callable<Integer> {
  private static final int BACKLOG = 4096;
  private static final int BACKENDS = 10;
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(180);
  private static final long PAUSE_MILLIS = 20;

  /** Until then every probe has run out of its time and was begun anew, twice. */
  private static final long LATER_MILLIS = 75_000;

  @Mixin private Child child = new Child();

  @Option(names = "--probes", description = "that hang at once; ${DEFAULT-VALUE}")
  private int probes = 10_000;

  @Option(names = "--tls", description = "hang in the handshake of TLS; else after a request")
  private boolean tls;

  @Override
  public Integer call() throws IOException, InterruptedException {
    EventLoopGroup group =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("backend", true), NioIoHandler.newFactory());
    try (Backend backend =
        new Backend(group.next(), InetAddress.ofLiteral("0.0.0.0"), BACKLOG, null)) {
      backend.fail(Fault.HUNG);
      long start = System.nanoTime();
      try (Server process =
          child.start(
              out -> writePools(out, backend.address().getPort()),
              out -> out.write("      www: { to: p0 }\n"))) {
        while (backend.waiting() < probes) {
          if (!process.alive() || System.nanoTime() - start > PATIENCE_NANOS) {
            throw new IOException("so many probes did not come to hang");
          }
          Thread.sleep(PAUSE_MILLIS);
        }
        long first = process.residentKibibytes();
        Thread.sleep(LATER_MILLIS);
        System.out.printf(
            "probes=%d memory_mib=%d later_mib=%d peak_mib=%d cpu_s=%d%n",
            probes,
            first / 1024,
            process.residentKibibytes() / 1024,
            process.mostResidentKibibytes() / 1024,
            process.cpuMillis() / 1000);
      }
    } finally {
      group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(1, TimeUnit.SECONDS);
    }
    return 0;
  }

  private void writePools(Writer out, int port) throws IOException {
    out.write(
        """
        health: { total: %d }
        checks:
          web: { %s: /, host: www.bench.example, port: %d, every: 30s, retry: 30s, timeout: 30s }
        pools:
        """
            .formatted(probes, tls ? "https" : "http", port));
    for (int pool = 0; pool * BACKENDS < probes; pool++) {
      out.write("  p%d: { check: web, backends: {".formatted(pool));
      for (int i = 0; i < Math.min(BACKENDS, probes - pool * BACKENDS); i++) {
        out.write(
            "%s b%d: 127.%d.%d.%d"
                .formatted(i == 0 ? "" : ",", i, 1 + (pool >> 8), pool & 255, i + 1));
      }
      out.write(" } }\n");
    }
  }
}

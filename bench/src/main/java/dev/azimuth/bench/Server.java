package dev.azimuth.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A name server that was started as a process of its own; what it says goes to a file. */
final class Server implements AutoCloseable {
  private final Process process;

  private Server(Process process) {
    this.process = process;
  }

  static Server start(List<String> command, Path log) throws IOException {
    return new Server(
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .redirectInput(Path.of("/dev/null").toFile())
            .start());
  }

  boolean alive() {
    return process.isAlive();
  }

  /** The CPU time of the process so far, in milliseconds, exact to 10 ms. */
  long cpuMillis() {
    return process.info().totalCpuDuration().orElse(Duration.ZERO).toMillis();
  }

  /** The resident memory of the process, in KiB (VmRSS of proc_pid_status(5)). */
  long residentKibibytes() throws IOException {
    return memory("VmRSS:");
  }

  /** The most that it ever was (VmHWM), in KiB. */
  long mostResidentKibibytes() throws IOException {
    return memory("VmHWM:");
  }

  private long memory(String field) throws IOException {
    try (var lines = Files.lines(Path.of("/proc/" + process.pid() + "/status"))) {
      return lines
          .filter(line -> line.startsWith(field))
          .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
          .findFirst()
          .orElse(0);
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}

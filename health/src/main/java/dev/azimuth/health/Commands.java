package dev.azimuth.health;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs the programs of checks, each in a process of its own, a bounded number at a time. A program
 * gets no input, an almost empty environment and the limits of {@link #CONFINED}; what it prints is
 * read and, but for the first line, forgotten. Safe for use by any number of threads.
 */
final class Commands {
  /** How many programs run at a time. */
  static final int MOST = 16;

  /** What a program may print before it is killed, in octets. */
  static final int MOST_OUTPUT = 1 << 20;

  /** The exit status of a program that the system did not start. */
  static final int NOT_STARTED = -1;

  /** How long a program's last words are waited for once it has ended. */
  private static final long LAST_WORDS_MILLIS = 100;

  /**
   * No core files, 60 s of processor time, 256 open files, 4 GiB of addresses, files of at most 64
   * MiB; then the program in the shell's place.
   */
  private static final String CONFINED =
      "ulimit -c 0; ulimit -t 60; ulimit -n 256; ulimit -v 4194304; ulimit -f 131072; exec \"$@\"";

  private static final Path NOWHERE = Path.of("/");

  private final Semaphore free = new Semaphore(MOST);

  /**
   * How a program ended.
   *
   * @param exit its exit status, 128 and more when a signal ended it; {@link #NOT_STARTED}
   * @param line the first line that it printed; empty for none
   */
  record Ended(int exit, String line) {}

  /** A program that runs. */
  interface Running {
    /** Ends it and all that it started; its end is then not told any more. */
    void kill();
  }

  /**
   * Starts a program, without waiting for it.
   *
   * @param words the program and its arguments, at least one; no shell looks at them
   * @param environment added to what every program gets
   * @param owner told of the end, on some other thread
   * @return null when {@link #MOST} run already
   */
  @Nullable Running start(
      List<String> words, Map<String, String> environment, Consumer<Ended> owner) {
    if (!free.tryAcquire()) {
      return null;
    }
    Run run = new Run(words, environment, owner);
    Thread.ofVirtual().name("check-command").start(run);
    return run;
  }

  private static Process process(List<String> words, Map<String, String> environment)
      throws IOException {
    List<String> confined = new ArrayList<>(List.of("/bin/sh", "-c", CONFINED, "check"));
    confined.addAll(words);
    ProcessBuilder builder = new ProcessBuilder(confined);
    builder.environment().clear();
    builder.environment().put("PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin");
    builder.environment().put("LC_ALL", "C");
    builder.environment().putAll(environment);
    builder.directory(NOWHERE.toFile());
    builder.redirectErrorStream(true);
    builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
    return builder.start();
  }

  /** One program, and the thread that waits for it. */
  private final class Run implements Running, Runnable {
    private final List<String> words;
    private final Map<String, String> environment;

    // Guarded by this.
    private @Nullable Consumer<Ended> owner;
    private @Nullable Process process;

    Run(List<String> words, Map<String, String> environment, Consumer<Ended> owner) {
      this.words = words;
      this.environment = environment;
      this.owner = owner;
    }

    @Override
    public void run() {
      try {
        Process started = begin();
        if (started != null) {
          await(started);
        }
      } catch (IOException e) {
        tell(new Ended(NOT_STARTED, Details.of(e)));
      } catch (InterruptedException e) {
        kill();
      } finally {
        free.release();
      }
    }

    /** Null when it was killed before it began. */
    private synchronized @Nullable Process begin() throws IOException {
      process = owner == null ? null : process(words, environment);
      return process;
    }

    private void await(Process started) throws IOException, InterruptedException {
      Output output = new Output(started.getInputStream());
      Thread reader = Thread.ofVirtual().start(() -> output.read(() -> end(started)));
      int exit = started.waitFor();
      // What it started may still hold its output: that is not waited for.
      reader.join(LAST_WORDS_MILLIS);
      started.getInputStream().close();
      tell(new Ended(exit, output.line()));
    }

    private void tell(Ended ended) {
      Consumer<Ended> told;
      synchronized (this) {
        told = owner;
        owner = null;
      }
      if (told != null) {
        told.accept(ended);
      }
    }

    @Override
    public synchronized void kill() {
      owner = null;
      if (process != null) {
        end(process);
      }
    }

    private static void end(Process process) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  /** What a program prints. */
  private static final class Output {
    private final InputStream stream;
    private final StringBuilder line = new StringBuilder();
    private boolean whole;

    Output(InputStream stream) {
      this.stream = stream;
    }

    /** Reads to the end, or until it is too much. */
    void read(Runnable tooMuch) {
      byte[] octets = new byte[4096];
      int seen = 0;
      try {
        for (int count; (count = stream.read(octets)) >= 0; ) {
          take(new String(octets, 0, count, StandardCharsets.ISO_8859_1));
          seen += count;
          if (seen > MOST_OUTPUT) {
            tooMuch.run();
            return;
          }
        }
      } catch (IOException e) {
        // The program has ended: what was read is all there is.
      }
    }

    private synchronized void take(String text) {
      if (whole) {
        return;
      }
      int end = text.indexOf('\n');
      line.append(text, 0, end < 0 ? text.length() : end);
      whole = end >= 0 || line.length() >= Details.LONGEST;
    }

    synchronized String line() {
      return Details.printable(line.toString().strip());
    }
  }

  /** Waits until nothing runs any more, for tests; false when that takes longer. */
  boolean idle(long millis) throws InterruptedException {
    boolean all = free.tryAcquire(MOST, millis, TimeUnit.MILLISECONDS);
    if (all) {
      free.release(MOST);
    }
    return all;
  }
}

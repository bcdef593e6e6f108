package dev.azimuth.health;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
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

  /** How often is looked at what a program prints while it runs. */
  private static final long LOOK_MILLIS = 10;

  /** What gives a program a session of its own, where the system has it. */
  private static final List<String> OWN_SESSION =
      Stream.of("/usr/bin/setsid", "/bin/setsid")
          .filter(path -> Files.isExecutable(Path.of(path)))
          .limit(1)
          .toList();

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
  record Ended(int exit, String line) {
    /** Whether it ran at all; 126 and 127 are what a shell says of a program that it cannot run. */
    boolean ran() {
      return exit != NOT_STARTED && exit != 126 && exit != 127;
    }
  }

  /** A program that runs. */
  interface Running {
    /**
     * Ends it and all that it started, on another thread; its end is then not told any more. Does
     * nothing once the end is told.
     */
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
    List<String> confined = new ArrayList<>(OWN_SESSION);
    confined.addAll(List.of("/bin/sh", "-c", CONFINED, "check"));
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
        if (wanted()) {
          Process started = process(words, environment);
          if (!began(started)) {
            end(started);
          }
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

    private synchronized boolean wanted() {
      return owner != null;
    }

    /** False when it was killed while it began. */
    private synchronized boolean began(Process started) {
      process = started;
      return owner != null;
    }

    /**
     * Never blocks on what the program prints: something that it left behind may hold its output
     * for ever.
     */
    private void await(Process started) throws IOException, InterruptedException {
      Output output = new Output(started.getInputStream());
      boolean ended = false;
      while (!ended && output.read()) {
        ended = started.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS);
      }
      if (ended) {
        output.read();
      } else {
        end(started);
      }
      int exit = started.waitFor();
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
      Process running = process;
      if (owner != null && running != null) {
        Thread.ofVirtual().name("check-kill").start(() -> end(running));
      }
      owner = null;
    }

    /** Its children, wherever they went, and its session, whoever their parents are by now. */
    private static void end(Process process) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      if (!OWN_SESSION.isEmpty()) {
        endGroup(process.pid());
      }
      process.destroyForcibly();
    }

    /** Java signals single processes only. */
    private static void endGroup(long leader) {
      try {
        new ProcessBuilder("/bin/sh", "-c", "kill -s KILL -- \"-$0\"", Long.toString(leader))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start()
            .waitFor();
      } catch (IOException e) {
        // What has left its parents runs on; the rest is ended one by one.
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** What a program prints. */
  private static final class Output {
    private final InputStream stream;
    private final byte[] octets = new byte[4096];
    private final StringBuilder line = new StringBuilder();
    private int seen;
    private boolean whole;

    Output(InputStream stream) {
      this.stream = stream;
    }

    /** Reads what is there; false when it is too much in all. */
    boolean read() throws IOException {
      for (int there; seen <= MOST_OUTPUT && (there = stream.available()) > 0; ) {
        int count = stream.read(octets, 0, Math.min(there, octets.length));
        take(new String(octets, 0, Math.max(0, count), StandardCharsets.ISO_8859_1));
        seen += count;
      }
      return seen <= MOST_OUTPUT;
    }

    private void take(String text) {
      if (whole) {
        return;
      }
      int end = text.indexOf('\n');
      line.append(text, 0, end < 0 ? text.length() : end);
      whole = end >= 0 || line.length() >= Details.LONGEST;
    }

    String line() {
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

package dev.azimuth.health;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads files in which something else says how backends are: lines of {@code POOL/BACKEND up} or
 * {@code … down}, the first with a weight behind it, {@code 50%}, where that is wanted; empty lines
 * and those that begin with {@code #} say nothing.
 *
 * <p>Each file has a thread of its own, which looks at it every {@link #LOOK_MILLIS} and reads it
 * when it changed: a file that hangs, as on a server that is gone, holds up nothing else. Safe for
 * use by any number of threads.
 */
final class StateFiles {
  /** In octets. */
  static final int LARGEST = 16 << 20;

  static final long LOOK_MILLIS = 200;

  private final LongSupplier clock;
  private final Disk disk;
  private final Map<Path, Reader> readers = new HashMap<>(); // guarded by this
  private volatile Map<Path, Reader> wanted = Map.of();

  /** How a file is looked at. */
  interface Disk {
    /**
     * Takes as long as it takes; what goes wrong is a fault of the reading.
     *
     * @param known what was found before; null for the first time
     * @param now in milliseconds of the steady clock
     */
    Reading look(Path file, @Nullable Reading known, long now) throws InterruptedException;
  }

  /**
   * What a file says of one backend.
   *
   * @param weight in per cent; {@link ProbeResult#NOT_SAID} for nothing
   */
  record Line(boolean up, int weight) {}

  /**
   * What was found in a file.
   *
   * @param looked when looking at it began, in milliseconds of the steady clock
   * @param written when it was last written, in milliseconds of the wall clock
   * @param size in octets
   * @param lines by backend, such as {@code eu/fra1}
   * @param fault why it cannot be used, for operators; null when it can
   */
  record Reading(
      long looked, long written, long size, Map<String, Line> lines, @Nullable String fault) {
    static Reading fault(long looked, String why) {
      return new Reading(looked, 0, 0, Map.of(), why);
    }
  }

  /** A file that cannot be used; the message is for operators. */
  static final class Unusable extends Exception {
    private static final long serialVersionUID = 1;

    Unusable(String message) {
      super(message);
    }
  }

  /**
   * @param clock the steady clock, in milliseconds
   */
  StateFiles(LongSupplier clock) {
    this(clock, StateFiles::look);
  }

  StateFiles(LongSupplier clock, Disk disk) {
    this.clock = clock;
    this.disk = disk;
  }

  /** From now on these are looked at, and no others. */
  synchronized void expect(Set<Path> files) {
    Map<Path, Reader> next = new HashMap<>();
    for (Path file : files) {
      // One that still hangs in a file that is wanted again goes on with it.
      next.put(file, readers.computeIfAbsent(file, this::begin));
    }
    wanted = Map.copyOf(next);
  }

  private Reader begin(Path file) {
    Reader reader = new Reader(file);
    Thread.ofPlatform().daemon().name("check-file").start(reader);
    return reader;
  }

  /** What was found in a file last; null for nothing yet. */
  @Nullable Reading last(Path file) {
    Reader reader = wanted.get(file);
    return reader == null ? null : reader.last;
  }

  /** Whether a reader is still wanted; it is forgotten when it is not. */
  private synchronized boolean goesOn(Path file) {
    boolean on = wanted.containsKey(file);
    if (!on) {
      readers.remove(file);
    }
    return on;
  }

  /** How many files are looked at, those that hang and are not wanted any more among them. */
  synchronized int readers() {
    return readers.size();
  }

  /** Looks at one file for as long as it is wanted. */
  private final class Reader implements Runnable {
    private final Path file;
    private volatile @Nullable Reading last;

    Reader(Path file) {
      this.file = file;
    }

    @Override
    public void run() {
      try {
        while (goesOn(file)) {
          last = disk.look(file, last, clock.getAsLong());
          Thread.sleep(LOOK_MILLIS);
        }
      } catch (InterruptedException e) {
        // Nobody interrupts it; whoever does wants it to end.
      }
    }
  }

  /** Looks at a file of the system's. */
  static Reading look(Path file, @Nullable Reading known, long now) {
    try {
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      if (!attributes.isRegularFile()) {
        return Reading.fault(now, "no regular file");
      }
      long written = attributes.lastModifiedTime().toMillis();
      if (known != null
          && known.fault == null
          && known.written == written
          && known.size == attributes.size()) {
        return new Reading(now, written, known.size, known.lines, null);
      }
      return new Reading(now, written, attributes.size(), lines(text(file)), null);
    } catch (IOException e) {
      return Reading.fault(now, "cannot be read: " + e.getClass().getSimpleName());
    } catch (Unusable e) {
      return Reading.fault(now, String.valueOf(e.getMessage()));
    }
  }

  private static String text(Path file) throws IOException, Unusable {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] octets = in.readNBytes(LARGEST + 1);
      if (octets.length > LARGEST) {
        throw new Unusable("larger than " + LARGEST + " octets");
      }
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(octets)).toString();
    }
  }

  /**
   * Every line of a file.
   *
   * @throws Unusable at the first line that is not one
   */
  static Map<String, Line> lines(String text) throws Unusable {
    Map<String, Line> lines = new HashMap<>();
    int number = 0;
    for (String each : text.split("\n", -1)) {
      number++;
      String line = each.strip();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      String[] words = line.split("\\s+");
      Line said = words.length == 2 || words.length == 3 ? line(words) : null;
      if (said == null) {
        throw new Unusable(
            "line " + number + " is not POOL/BACKEND up, up with a weight such as 50%, or down");
      }
      lines.put(words[0], said);
    }
    return Map.copyOf(lines);
  }

  private static @Nullable Line line(String[] words) {
    boolean up = words[1].equals("up");
    if (words.length == 2) {
      return up || words[1].equals("down") ? new Line(up, ProbeResult.NOT_SAID) : null;
    }
    int weight = percent(words[2]);
    return up && weight >= 0 ? new Line(true, weight) : null;
  }

  /** A number of 0 to 100 with a per cent sign; −1 for anything else. */
  static int percent(String word) {
    if (!word.matches("[0-9]{1,3}%")) {
      return -1;
    }
    int number = Integer.parseInt(word.substring(0, word.length() - 1));
    return number <= 100 ? number : -1;
  }
}

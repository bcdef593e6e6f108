package dev.azimuth.health;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads files in which something else says how backends are: lines of {@code POOL/BACKEND up} or
 * {@code … down}, the first with a weight behind it, {@code 50%}, where that is wanted; empty lines
 * and those that begin with {@code #} say nothing. A file is read again when it changed, and looked
 * at at most every {@link #LOOK_MILLIS}. Safe for use by any number of threads.
 */
final class StateFiles {
  /** In octets. */
  static final long LARGEST = 16 << 20;

  static final long LOOK_MILLIS = 200;

  private final Map<Path, Read> read = new HashMap<>();

  /**
   * What a file says of one backend.
   *
   * @param weight in per cent; {@link ProbeResult#NOT_SAID} for nothing
   */
  record Line(boolean up, int weight) {}

  /** A file that cannot be used; the message is for operators. */
  static final class Unusable extends Exception {
    private static final long serialVersionUID = 1;

    Unusable(String message) {
      super(message);
    }
  }

  private record Read(
      long looked, FileTime changed, long size, Map<String, Line> lines, @Nullable String fault) {}

  /**
   * What a file says of a backend.
   *
   * @param about such as {@code eu/fra1}
   * @param now in milliseconds of the steady clock
   * @return null when it says nothing of it
   * @throws Unusable when the file cannot be read, or a line of it cannot
   */
  synchronized @Nullable Line line(Path file, String about, long now) throws Unusable {
    Read known = read.get(file);
    if (known == null || now - known.looked >= LOOK_MILLIS) {
      known = look(file, known, now);
      read.put(file, known);
    }
    if (known.fault != null) {
      throw new Unusable(known.fault);
    }
    return known.lines.get(about);
  }

  /** When a file was last written, in milliseconds since the Unix epoch. */
  static long written(Path file) throws Unusable {
    try {
      return Files.getLastModifiedTime(file).toMillis();
    } catch (IOException e) {
      throw new Unusable("cannot be read: " + e.getClass().getSimpleName());
    }
  }

  private static Read look(Path file, @Nullable Read known, long now) {
    try {
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      if (known != null
          && known.fault == null
          && known.changed.equals(attributes.lastModifiedTime())
          && known.size == attributes.size()) {
        return new Read(now, known.changed, known.size, known.lines, null);
      }
      if (attributes.size() > LARGEST) {
        return fault(now, "larger than " + LARGEST + " octets");
      }
      return new Read(
          now,
          attributes.lastModifiedTime(),
          attributes.size(),
          lines(Files.readString(file)),
          null);
    } catch (IOException e) {
      return fault(now, "cannot be read: " + e.getClass().getSimpleName());
    } catch (Unusable e) {
      return fault(now, String.valueOf(e.getMessage()));
    }
  }

  private static Read fault(long now, String why) {
    return new Read(now, FileTime.fromMillis(0), 0, Map.of(), why);
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

package dev.azimuth.app.node;

import dev.azimuth.zones.SourceFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Sees that configuration files have changed: two looks in a row must agree, so that a file is not
 * read while it is being written. The folders of the files count as well, since an include may name
 * files that do not exist yet.
 */
final class ConfigWatch {
  static final Duration INTERVAL = Duration.ofSeconds(2);

  private static final int MOST_NAMES = 10_000;

  private Map<Path, String> taken;
  private Map<Path, String> last;

  ConfigWatch(List<Path> files) {
    taken = look(files);
    last = taken;
  }

  /**
   * Takes files as they were when they were read: what was written to them since is a change,
   * though no look has seen the old content.
   *
   * @param stamps by absolute path, as {@link SourceFile#stamp} gives them
   */
  void took(Map<Path, String> stamps) {
    taken = new TreeMap<>(taken);
    taken.putAll(stamps);
  }

  /** Looks once more: true when the files differ from those taken and have come to rest. */
  boolean changed(List<Path> files) {
    Map<Path, String> now = look(files);
    boolean changed = !now.equals(taken) && now.equals(last);
    last = now;
    if (changed) {
      taken = now;
    }
    return changed;
  }

  private static Map<Path, String> look(List<Path> files) {
    Map<Path, String> look = new TreeMap<>();
    for (Path file : files) {
      Path absolute = file.toAbsolutePath();
      look.put(absolute, SourceFile.stamp(absolute));
      Path folder = absolute.getParent();
      if (folder != null) {
        look.computeIfAbsent(folder, ConfigWatch::names);
      }
    }
    return look;
  }

  /** The names in a folder: its own time would also change when a file in it is replaced. */
  private static String names(Path folder) {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries
          .map(entry -> String.valueOf(entry.getFileName()))
          .filter(name -> !name.endsWith(StateFile.FRESH))
          .sorted()
          .limit(MOST_NAMES)
          .collect(Collectors.joining("/"));
    } catch (IOException | UncheckedIOException e) {
      return "unreadable";
    }
  }
}

package dev.azimuth.app.node;

import dev.azimuth.app.host.IoWords;
import dev.azimuth.app.host.StateFolder;
import dev.azimuth.app.orders.Orders;
import dev.azimuth.health.State;
import dev.azimuth.health.Target;
import dev.azimuth.health.TargetHealth;
import dev.azimuth.steering.Addresses;
import dev.azimuth.steering.Memory;
import dev.azimuth.steering.Memory.PoolMemory;
import dev.azimuth.zones.RegularFile;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.json.JsonMapper;

/**
 * What must survive a restart, as two JSON files in the state directory. Every write goes to a
 * temporary file, is forced to disk and takes the old one's name, so that a reader finds a whole
 * file whenever the process ends.
 */
final class StateStore {
  /** Health older than this says nothing. */
  static final Duration LONGEST_AGE = Duration.ofHours(1);

  /**
   * Results in a row, and those in a window, older than this have nothing to do with those to come.
   */
  static final Duration RECENT = Duration.ofMinutes(2);

  /** For addresses that are used until the name resolves again, in seconds. */
  private static final int KEPT_TTL = 5;

  private static final int MOST_COPIES = 9;

  /** How the name of a file ends that is being written. */
  static final String FRESH = ".new";

  private final Path health;
  private final Path orders;

  /** What it does not know it must not lose silently: such a file is passed over aloud. */
  private final JsonMapper json =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  StateStore(Path directory) {
    health = directory.resolve("health.json");
    orders = directory.resolve("orders.json");
  }

  /**
   * The content of the health file. A member that an older version did not write is empty.
   *
   * @param hosts addresses by host name
   */
  record HealthFile(
      long savedAt,
      Map<String, SavedState> targets,
      Map<String, PoolMemory> pools,
      Map<String, List<String>> lastGood,
      Map<String, List<String>> hosts) {
    HealthFile {
      targets = targets == null ? Map.of() : Map.copyOf(targets);
      pools = pools == null ? Map.of() : Map.copyOf(pools);
      lastGood = lastGood == null ? Map.of() : Map.copyOf(lastGood);
      hosts = hosts == null ? Map.of() : Map.copyOf(hosts);
    }

    static HealthFile nothing() {
      return new HealthFile(0, Map.of(), Map.of(), Map.of(), Map.of());
    }
  }

  /**
   * What was kept; nothing where a file is missing.
   *
   * @param now in milliseconds of the steady clock
   * @param complain takes what could not be read; the file is then as if missing
   */
  Saved read(long now, Consumer<String> complain) {
    List<String> lost = new ArrayList<>();
    Orders kept = read(orders, Orders.class, Orders.NONE, lost::add);
    lost.forEach(complain);
    HealthFile file = read(health, HealthFile.class, HealthFile.nothing(), complain);
    boolean fresh = now - file.savedAt < LONGEST_AGE.toMillis() && file.savedAt <= now;
    boolean recent = fresh && now - file.savedAt < RECENT.toMillis();
    return new Saved(
        recent ? file.targets : fresh ? settled(file.targets) : Map.of(),
        resolved(file.hosts, complain),
        new Memory(pools(file, fresh, now), file.lastGood),
        kept.at(now),
        lost.isEmpty() ? null : lost.getFirst());
  }

  private static Map<String, SavedState> settled(Map<String, SavedState> targets) {
    return targets.entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().settled()));
  }

  /**
   * What is old says nothing of who served; a hold that still runs is kept, if the clock is sane.
   */
  private static Map<String, PoolMemory> pools(HealthFile file, boolean fresh, long now) {
    if (fresh) {
      return file.pools;
    }
    Map<String, PoolMemory> held = new HashMap<>();
    file.pools.forEach(
        (name, pool) -> {
          boolean manual = pool.heldUntil() == Long.MAX_VALUE;
          if (manual || (pool.heldUntil() > now && file.savedAt <= now)) {
            held.put(name, new PoolMemory(true, pool.heldUntil(), 0, pool.forced(), Map.of()));
          }
        });
    return held;
  }

  private static Map<String, Resolved> resolved(
      Map<String, List<String>> hosts, Consumer<String> complain) {
    Map<String, Resolved> resolved = new HashMap<>();
    hosts.forEach(
        (host, addresses) -> {
          try {
            List<InetAddress> literals = addresses.stream().map(InetAddress::ofLiteral).toList();
            resolved.put(host, new Resolved(literals, KEPT_TTL));
          } catch (IllegalArgumentException e) {
            complain.accept("the kept addresses of " + host + " are passed over: " + e);
          }
        });
    return resolved;
  }

  private <T> T read(Path file, Class<T> type, T missing, Consumer<String> complain) {
    if (!Files.exists(file)) {
      return missing;
    }
    try (var in = RegularFile.open(file)) {
      T content = json.readValue(in, type);
      return content == null ? missing : content;
    } catch (IOException | JacksonException e) {
      Path aside = copy(file);
      complain.accept(
          "%s cannot be read and is passed over%s: %s"
              .formatted(file, aside == null ? "" : ", a copy is " + aside, why(e)));
      return missing;
    }
  }

  private static String why(Exception e) {
    return switch (e) {
      case StreamReadException broken ->
          "it is no JSON, see its line %d, column %d"
              .formatted(broken.getLocation().getLineNr(), broken.getLocation().getColumnNr());
      case UnrecognizedPropertyException unknown ->
          "this version knows no member \"" + unknown.getPropertyName() + "\"";
      case JacksonException other -> "it does not hold what this version writes";
      case IOException io -> IoWords.of(io);
      default -> String.valueOf(e.getMessage());
    };
  }

  /**
   * What was in it may matter to somebody: the next write would destroy it. Earlier copies stay, as
   * long as they are few.
   *
   * @return the copy, also one of before that is the same; null when there is none
   */
  private static @Nullable Path copy(Path file) {
    if (!Files.isRegularFile(file)) {
      return null;
    }
    try {
      for (int number = 1; number <= MOST_COPIES; number++) {
        String end = number == 1 ? ".unreadable" : ".unreadable." + number;
        Path aside = file.resolveSibling(file.getFileName() + end);
        if (!Files.exists(aside)) {
          return Files.copy(file, aside);
        }
        if (Files.mismatch(file, aside) < 0) {
          return aside;
        }
      }
    } catch (IOException e) {
      // It could not be read either, or the disk is full: the complaint stands.
    }
    return null;
  }

  void writeOrders(Orders current) throws IOException {
    write(orders, current);
  }

  /** Writes what is known now; while the node doubts itself, what it holds on to. */
  void writeHealth(Published published, long now) throws IOException {
    Map<String, SavedState> targets = new HashMap<>();
    for (Target target : published.plan().targets()) {
      TargetHealth known = published.counts(target);
      if (known.state() != State.UNKNOWN) {
        targets.put(TargetKey.of(target), SavedState.of(known));
      }
    }
    Memory memory = published.bound().memory();
    Map<String, List<String>> hosts = new HashMap<>();
    published
        .addresses()
        .forEach(
            (host, resolved) ->
                hosts.put(host, resolved.addresses().stream().map(Addresses::text).toList()));
    write(health, new HealthFile(now, targets, memory.pools(), memory.lastGood(), hosts));
  }

  private void write(Path file, Object content) throws IOException {
    byte[] octets;
    try {
      octets = json.writerWithDefaultPrettyPrinter().writeValueAsBytes(content);
    } catch (JacksonException e) {
      throw new IOException("cannot write " + file.getFileName(), e);
    }
    try {
      replace(file, octets);
    } catch (IOException e) {
      throw new IOException(
          "%s cannot be written (%s): make room, or mend the folder; it is tried again by itself"
              .formatted(file, reason(e)),
          e);
    }
  }

  /** What the system says, without the path, which is said already. */
  private static String reason(IOException e) {
    return switch (e) {
      case NoSuchFileException gone -> "there is no such folder";
      default -> IoWords.of(e);
    };
  }

  /** Puts a whole new content, which only its owner can read, in a file's place. */
  static void replace(Path file, byte[] octets) throws IOException {
    Path fresh = file.resolveSibling(file.getFileName() + FRESH);
    Files.deleteIfExists(fresh); // of a process that was killed; its permissions may be others
    try (FileChannel channel =
        StateFolder.open(fresh, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE))) {
      ByteBuffer buffer = ByteBuffer.wrap(octets);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      channel.force(true);
    }
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    Path directory = file.toAbsolutePath().getParent();
    if (directory != null) {
      try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }
}

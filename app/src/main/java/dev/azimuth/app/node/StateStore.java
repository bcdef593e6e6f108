package dev.azimuth.app.node;

import dev.azimuth.health.State;
import dev.azimuth.health.TargetHealth;
import dev.azimuth.steering.Memory;
import dev.azimuth.steering.Memory.PoolMemory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * What must survive a restart, as two JSON files in the state directory. Every write goes to a
 * temporary file, is forced to disk and takes the old one's name, so that a reader finds a whole
 * file whenever the process ends.
 */
final class StateStore {
  /** Health older than this says nothing. */
  static final Duration LONGEST_AGE = Duration.ofHours(1);

  private final Path health;
  private final Path orders;
  private final JsonMapper json = JsonMapper.builder().build();

  StateStore(Path directory) {
    health = directory.resolve("health.json");
    orders = directory.resolve("orders.json");
  }

  /** The content of the health file. */
  record HealthFile(
      long savedAt,
      Map<String, SavedState> targets,
      Map<String, PoolMemory> pools,
      Map<String, List<String>> lastGood) {}

  /**
   * What was kept; nothing where a file is missing.
   *
   * @param now in milliseconds of the steady clock
   * @param complain takes what could not be read; the file is then as if missing
   */
  Saved read(long now, Consumer<String> complain) {
    Orders kept = read(orders, Orders.class, Orders.NONE, complain);
    HealthFile file =
        read(health, HealthFile.class, new HealthFile(0, Map.of(), Map.of(), Map.of()), complain);
    boolean fresh = now - file.savedAt < LONGEST_AGE.toMillis() && file.savedAt <= now;
    return new Saved(
        fresh ? file.targets : Map.of(), new Memory(file.pools, file.lastGood), kept.at(now));
  }

  private <T> T read(Path file, Class<T> type, T missing, Consumer<String> complain) {
    if (!Files.exists(file)) {
      return missing;
    }
    try {
      return json.readValue(Files.readAllBytes(file), type);
    } catch (IOException | JacksonException e) {
      complain.accept(file + " cannot be read and is passed over: " + e.getMessage());
      return missing;
    }
  }

  void writeOrders(Orders current) throws IOException {
    write(orders, current);
  }

  /** Writes what is known now. */
  void writeHealth(Published published, long now) throws IOException {
    Map<String, SavedState> targets = new HashMap<>();
    List<TargetHealth> live = published.live();
    for (int i = 0; i < live.size(); i++) {
      TargetHealth known = live.get(i);
      if (known.state() != State.UNKNOWN) {
        targets.put(
            SavedState.key(published.plan().targets().get(i)),
            new SavedState(known.state(), known.since()));
      }
    }
    Memory memory = published.bound().memory();
    write(health, new HealthFile(now, targets, memory.pools(), memory.lastGood()));
  }

  private void write(Path file, Object content) throws IOException {
    byte[] octets;
    try {
      octets = json.writerWithDefaultPrettyPrinter().writeValueAsBytes(content);
    } catch (JacksonException e) {
      throw new IOException("cannot write " + file.getFileName(), e);
    }
    replace(file, octets);
  }

  /** Puts a whole new content in a file's place. */
  static void replace(Path file, byte[] octets) throws IOException {
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    try (FileChannel channel =
        FileChannel.open(
            fresh,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
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

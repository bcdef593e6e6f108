package dev.azimuth.app.node;

import dev.azimuth.app.orders.Orders;
import dev.azimuth.health.State;
import dev.azimuth.health.Target;
import dev.azimuth.health.TargetHealth;
import dev.azimuth.steering.Addresses;
import dev.azimuth.steering.Memory;
import dev.azimuth.steering.Memory.PoolMemory;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import tools.jackson.core.type.TypeReference;

/**
 * What must survive a restart of health and orders: two {@linkplain StateFile files} in the state
 * directory.
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

  private final Path health;
  private final Path orders;

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
    Orders kept =
        StateFile.read(orders, new TypeReference<>() {}, Orders.NONE, any -> true, lost::add);
    lost.forEach(complain);
    HealthFile file =
        StateFile.read(
            health, new TypeReference<>() {}, HealthFile.nothing(), any -> true, complain);
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

  void writeOrders(Orders current) throws IOException {
    StateFile.write(orders, current);
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
    StateFile.write(health, new HealthFile(now, targets, memory.pools(), memory.lastGood(), hosts));
  }
}

package dev.azimuth.app.node;

import dev.azimuth.zones.Serials;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;

/**
 * The serials that zones were served with, in {@code state_dir/serials.json}: a serial of 0 in zone
 * data becomes one that rises with every change and outlives the process (RFC 1982). Not for use by
 * several threads, but for {@link #notKept}.
 */
public final class ZoneSerials {
  private static final long NUMBERS = 1L << 32;
  private static final String FILE = "serials.json";
  private static final Keeper.Listener JOURNAL = new Journal.OfKeeping();

  private final LongSupplier clock;
  private final Consumer<String> complain;
  private Path file = Path.of(FILE);
  private Map<String, Served> served = Map.of();
  private boolean read;
  private volatile @Nullable String notKept;

  /**
   * @param content digest of what the zone was made of
   */
  record Served(long serial, String content) {}

  /**
   * @param clock milliseconds since the Unix epoch
   * @param complain takes what could not be read; nothing is then known of earlier serials
   */
  public ZoneSerials(LongSupplier clock, Consumer<String> complain) {
    this.clock = clock;
    this.complain = complain;
  }

  /** For zones whose serials are kept in a directory: that of the first call, while it lives. */
  Serials in(Path directory) {
    if (!read) {
      read = true;
      file = directory.resolve(FILE);
      served = read();
    }
    return (origin, content) ->
        next(served.get(origin), content, Math.floorDiv(clock.getAsLong(), 1000L));
  }

  /** The serial of a content, from what was served before; {@code seconds} of the Unix epoch. */
  static long next(@Nullable Served before, String content, long seconds) {
    long now = Math.floorMod(seconds, NUMBERS);
    if (before == null || before.serial == 0) {
      return Math.max(1, now);
    }
    if (before.content.equals(content)) {
      return before.serial;
    }
    // Later by RFC 1982 section 3.2: the difference, taken as a signed number, is positive.
    boolean later = (int) (now - before.serial) > 0;
    return later && now != 0 ? now : Math.max(1, (before.serial + 1) % NUMBERS);
  }

  /**
   * Keeps what is about to be served. Zones that are not served now are kept too: they may return.
   * What could not be written is tried again with the next call, whatever the zones are then.
   */
  void keep(Collection<ZoneData> zones) {
    Map<String, Served> now = new HashMap<>(served);
    for (ZoneData data : zones) {
      if (!data.usable()) {
        continue;
      }
      now.put(data.zone().origin(), new Served(data.zone().serial(), data.content()));
    }
    if (now.equals(served) && notKept == null) {
      return;
    }
    served = Map.copyOf(now);
    String before = notKept;
    try {
      StateFile.write(file, now);
      notKept = null;
    } catch (IOException e) {
      notKept = String.valueOf(e.getMessage());
    }
    JOURNAL.tell(before, notKept, "the serials of the zones");
  }

  /** Why the serials that are served would not survive a restart; null when they would. */
  @Nullable String notKept() {
    return notKept;
  }

  private Map<String, Served> read() {
    return Map.copyOf(
        StateFile.read(
            file,
            new TypeReference<Map<String, Served>>() {},
            Map.of(),
            kept -> kept.values().stream().allMatch(ZoneSerials::sound),
            why -> complain.accept(why + "; serials begin at the time of day")));
  }

  private static boolean sound(Served served) {
    return served != null
        && served.content != null
        && served.serial >= 0
        && served.serial < NUMBERS;
  }
}

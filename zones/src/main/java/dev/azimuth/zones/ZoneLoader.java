package dev.azimuth.zones;

import dev.azimuth.zones.NameText.BadName;
import dev.azimuth.zones.Problems.Place;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Builds zone images from master-file text, finding every problem in one run. */
public final class ZoneLoader {
  private static final byte[] ROOT = {0};

  private ZoneLoader() {}

  /**
   * What became of a source.
   *
   * @param zone null when a problem is an error
   * @param problems in the order of their lines, text by text; at most 1,000 errors and 1,000
   *     warnings, then one with the code TOO_MANY
   * @param files every file that was read or should have been: what has to be watched
   * @param content a digest of what the zone was made of: its text, files and steered names
   */
  public record Loaded(
      @Nullable Zone zone, List<ZoneProblem> problems, List<SourceFile> files, String content) {}

  /**
   * Reads, checks and lays out one zone. Whatever is wrong with the data becomes a problem, never
   * an exception. Reads no file but the source's and those that {@code $INCLUDE} names.
   */
  public static Loaded load(ZoneSource source) {
    return load(source, Serials.NONE);
  }

  /**
   * The same.
   *
   * @param serials asked when the SOA has the serial 0
   */
  public static Loaded load(ZoneSource source, Serials serials) {
    var problems = new Problems();
    int text = problems.source(source.label());
    var start = new Place(text, 1, 1);
    var origin = new LookupName();
    if (!parse(source.origin(), origin, start, problems)) {
      return new Loaded(null, problems.inOrder(), List.of(), "");
    }
    try (var store = new RecordStore(origin, size(source.text()))) {
      steer(source, store, start, problems);
      var reader = new MasterReader(source, store, problems);
      reader.read(start, Arrays.copyOf(origin.octets, origin.length));
      String content = content(source, reader.files());
      boolean complete = !problems.hasErrors();
      byte[] soa = store.soa();
      if (soa.length > 0 && ByteBuffer.wrap(soa).getInt(soa.length - 5 * Integer.BYTES) == 0) {
        store.serial((int) serials.serial(NameText.format(origin.octets, 0), content));
      }
      var layout = new ZoneLayout(store, problems);
      Zone zone = layout.build(source, NameText.format(origin.octets, 0));
      new ZoneCheck(zone, store, layout, start, problems).run(complete);
      new HintCheck(zone, layout, start, problems).run(source, complete);
      return new Loaded(
          problems.hasErrors() ? null : zone, problems.inOrder(), reader.files(), content);
    }
  }

  /**
   * A zone of which nothing is known but its name: every lookup in it is {@link Outcome#UNUSABLE}.
   *
   * @param origin as {@link ZoneSource} has it
   * @throws IllegalArgumentException when that is no domain name
   */
  public static Zone unusable(String origin) {
    var source =
        new ZoneSource(
            origin, origin, "@ 0 SOA . . 0 0 0 0 0\n", Path.of("."), 0, 0, Map.of(), Set.of());
    var problems = new Problems();
    var start = new Place(problems.source(source.label()), 1, 1);
    var name = new LookupName();
    if (!parse(source.origin(), name, start, problems)) {
      throw new IllegalArgumentException(origin + " is no domain name");
    }
    try (var store = new RecordStore(name, 0)) {
      new MasterReader(source, store, problems)
          .read(start, Arrays.copyOf(name.octets, name.length));
      return new ZoneLayout(store, problems).unusable(source, NameText.format(name.octets, 0));
    }
  }

  /**
   * Says where the records stand that something was found about.
   *
   * @param zone what the source came to
   */
  static List<ZoneProblem> place(List<ZonesCheck.Found> found, Zone zone, ZoneSource source) {
    var problems = new Problems();
    var start = new Place(problems.source(source.label()), 1, 1);
    var origin = new LookupName();
    origin.read(zone.data(), zone.name(0), zone.data().length);
    try (var store = new RecordStore(origin, size(source.text()))) {
      steer(source, store, start, problems);
      new MasterReader(source, store, problems)
          .read(start, Arrays.copyOf(origin.octets, origin.length));
      var layout = new ZoneLayout(store, problems);
      Zone again = layout.build(source, zone.origin());
      // What is wrong with the text itself was said when it was loaded.
      problems.forget();
      for (ZonesCheck.Found each : found) {
        Place place =
            same(zone, again, each.set()) ? layout.place(each.set(), each.index()) : start;
        problems.error(each.code(), place, each.message());
      }
      return problems.inOrder();
    }
  }

  /** Whether a set has the same number in two images. */
  private static boolean same(Zone zone, Zone other, int set) {
    int from = zone.offset(set);
    return set < other.sets()
        && NameText.format(zone.data(), zone.owner(set))
            .equals(NameText.format(other.data(), other.owner(set)))
        && Arrays.equals(
            zone.data(),
            from,
            from + zone.length(set),
            other.data(),
            other.offset(set),
            other.offset(set) + other.length(set));
  }

  /** About how much there is to read; what is included is not known before. */
  private static long size(ZoneSource.Text text) {
    try {
      return switch (text) {
        case ZoneSource.Inline(String records) -> records.length();
        case ZoneSource.MasterFile(Path path) -> Math.min(Files.size(path), ZoneFiles.LARGEST);
      };
    } catch (IOException e) {
      return 0; // reading it will say why
    }
  }

  /** Digests everything that decides what the zone holds, so not how its steered names answer. */
  private static String content(ZoneSource source, List<SourceFile> files) {
    MessageDigest sum = SourceFile.sum();
    var text = new StringBuilder(source.origin());
    text.append('\n').append(source.defaultTtl()).append('\n');
    text.append(new TreeSet<>(source.steered().keySet())).append('\n');
    switch (source.text()) {
      case ZoneSource.Inline(String records) -> text.append(records);
      case ZoneSource.MasterFile file -> {}
    }
    files.forEach(file -> text.append('\n').append(file.digest()));
    sum.update(text.toString().getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().formatHex(sum.digest());
  }

  private static void steer(ZoneSource source, RecordStore store, Place place, Problems problems) {
    var name = new LookupName();
    new TreeMap<>(source.steered())
        .forEach(
            (text, reference) -> {
              if (!parse(text, name, place, problems)) {
                return;
              }
              if (store.inZone(name)) {
                store.steer(name, reference);
              } else {
                problems.error(
                    "OUT_OF_ZONE",
                    place,
                    "the steered name " + Problems.quote(text) + " is not in this zone");
              }
            });
  }

  private static boolean parse(String text, LookupName name, Place place, Problems problems) {
    byte[] wire = new byte[LookupName.MAX_OCTETS];
    try {
      name.read(wire, 0, NameText.parse(text, ROOT, wire));
      return true;
    } catch (BadName e) {
      problems.error("NAME", place, "the name " + Problems.quote(text) + " " + e.getMessage());
      return false;
    }
  }
}

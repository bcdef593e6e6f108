package dev.azimuth.zones;

import dev.azimuth.zones.NameText.BadName;
import dev.azimuth.zones.Problems.Place;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
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
   * @param included the real paths of the files that {@code $INCLUDE} read, so that they can be
   *     watched for changes
   */
  public record Loaded(@Nullable Zone zone, List<ZoneProblem> problems, List<Path> included) {}

  /**
   * Reads, checks and lays out one zone. Whatever is wrong with the data becomes a problem, never
   * an exception. Reads files only for {@code $INCLUDE}.
   */
  public static Loaded load(ZoneSource source) {
    var problems = new Problems();
    int text = problems.source(source.label());
    var start = new Place(text, 1, 1);
    var origin = new LookupName();
    if (!parse(source.origin(), origin, start, problems)) {
      return new Loaded(null, problems.inOrder(), List.of());
    }
    var store = new RecordStore(origin);
    steer(source, store, start, problems);
    var reader = new MasterReader(source, store, problems);
    reader.read(text, Arrays.copyOf(origin.octets, origin.length));
    boolean complete = !problems.hasErrors();
    var layout = new ZoneLayout(store, problems);
    Zone zone = layout.build(source, NameText.format(origin.octets, 0));
    new ZoneCheck(zone, store, layout, start, problems).run(complete);
    new HintCheck(zone, layout, start, problems).run(source, complete);
    return new Loaded(problems.hasErrors() ? null : zone, problems.inOrder(), reader.included());
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

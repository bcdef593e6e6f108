package dev.azimuth.app.config;

import static dev.azimuth.app.config.Option.optional;

import dev.azimuth.app.config.Draft.CheckEntry;
import dev.azimuth.app.config.Shape.Kind;
import dev.azimuth.app.config.Shape.Reference;
import dev.azimuth.app.config.Shape.Scalar;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Checks that are made of others: the rest of the {@code checks} part of the language. */
final class CombinationOptions {
  /** No backend needs more, and what is written in few lines must not come to millions. */
  private static final int MOST = 64;

  private static final Shape<List<String>> CHECKS =
      new ListOf<>(new Reference(Reading.Named.CHECK, Notation.NAME), 1, MOST, true)
          .checked(
              (names, site) -> new HashSet<>(names).size() == names.size(),
              "a check is listed twice");

  private static final Scalar<String> COUNT =
      new Scalar<>(
          "COUNT", Kind.INTEGER, "a number of checks such as 2", "[1-9][0-9]?", text -> text);

  private static final Option<List<String>> ALL =
      optional("all", CHECKS, "Checks that must all be up.");
  private static final Option<List<String>> ANY =
      optional("any", CHECKS, "Checks of which at least one must be up.");
  private static final Option<Map<Integer, List<String>>> AT_LEAST =
      optional(
          "at_least",
          new MapOf<>(COUNT, CHECKS, 1).then(CombinationOptions::counted),
          "Checks of which at least so many must be up, such as `{ 2: [ a, b, c ] }`.");
  private static final Option<List<String>> VETO =
      optional(
          "veto",
          CHECKS,
          "Checks of which none may be down. One of which nothing is known yet holds nothing back.");
  private static final Option<List<String>> WATCH =
      optional(
          "watch",
          CHECKS,
          "Checks that are only reported, by the log, the metrics and `azimuth status`.");

  static final ObjectOf<Combination> COMBINATION =
      ObjectOf.of(
          "combination",
          "A check that is made of others, named as those are, which may be combinations"
              + " themselves. It is up when everything that is given here holds, and has no timing of"
              + " its own. What several backends depend on, such as one database with an `address`"
              + " of its own, is probed once for all.",
          List.of(ALL, ANY, AT_LEAST, VETO, WATCH),
          CombinationOptions::combination);

  private CombinationOptions() {}

  private static @Nullable Map<Integer, List<String>> counted(
      Map<String, List<String>> written, Site site) {
    Map<Integer, List<String>> counted = new LinkedHashMap<>();
    for (Map.Entry<String, List<String>> entry : written.entrySet()) {
      int count = Integer.parseInt(entry.getKey());
      if (count > entry.getValue().size()) {
        site.error(
            Code.RANGE,
            "%d of %d checks are never up".formatted(count, entry.getValue().size()),
            "list more checks, or lower the number");
        return null;
      }
      counted.put(count, entry.getValue());
    }
    return counted;
  }

  private static @Nullable Combination combination(ObjectOf.Values values) {
    Combination made =
        new Combination(
            Objects.requireNonNullElse(values.find(ALL), List.of()),
            Objects.requireNonNullElse(values.find(ANY), List.of()),
            Objects.requireNonNullElse(values.find(AT_LEAST), Map.of()),
            Objects.requireNonNullElse(values.find(VETO), List.of()),
            Objects.requireNonNullElse(values.find(WATCH), List.of()));
    if (made.deciding().isEmpty()) {
      values
          .site()
          .error(Code.CHOICE, "needs one of \"all\", \"any\", \"at_least\", \"veto\"", null);
      return null;
    }
    return made;
  }

  /** Leaves out combinations that go round in circles, or come to too much, and says so. */
  static Map<String, CheckEntry> bounded(Map<String, CheckEntry> entries, Site site) {
    Map<String, Integer> sizes = new HashMap<>();
    Set<String> told = new HashSet<>();
    Map<String, CheckEntry> good = new LinkedHashMap<>(entries);
    for (String name : entries.keySet()) {
      SequencedSet<String> path = new LinkedHashSet<>();
      if (size(name, entries, sizes, path) <= MOST) {
        continue;
      }
      good.remove(name);
      Node node = site.node() instanceof Node.Mapping all ? all.find(name) : null;
      Site at = node == null ? site : site.child(name, node);
      if (path.isEmpty()) {
        at.error(Code.LIMIT, "comes to more than " + MOST + " checks");
      } else if (parts(entries.get(path.getLast())).contains(name) && told.addAll(path)) {
        at.error(
            Code.CHECK_CIRCLE,
            "goes round in a circle: " + String.join(" -> ", path) + " -> " + name);
      }
    }
    return good;
  }

  private static List<String> parts(@Nullable CheckEntry entry) {
    return entry instanceof CheckEntry.Combined(Combination of) ? of.parts() : List.of();
  }

  /**
   * How many checks a name comes to; more than {@link #MOST} for too many, and for a circle.
   *
   * @param path the names on the way here; left filled when it found a circle
   */
  private static int size(
      String name, Map<String, CheckEntry> entries, Map<String, Integer> sizes, Set<String> path) {
    Integer known = sizes.get(name);
    if (known != null) {
      return known;
    }
    if (path.size() > MOST || !path.add(name)) {
      return MOST + 1;
    }
    int size = 1;
    for (String part : parts(entries.get(name))) {
      size = Math.min(MOST + 1, size + size(part, entries, sizes, path));
      if (path.contains(part)) {
        return MOST + 1;
      }
    }
    path.remove(name);
    sizes.put(name, size);
    return size;
  }

  /** The long form. */
  static Map<String, Object> expand(Combination of) {
    Map<String, Object> out = new LinkedHashMap<>();
    put(out, ALL, of.all());
    put(out, ANY, of.any());
    if (!of.atLeast().isEmpty()) {
      Map<Integer, Object> counted = new LinkedHashMap<>();
      of.atLeast().forEach((count, names) -> counted.put(count, names));
      out.put(AT_LEAST.name(), counted);
    }
    put(out, VETO, of.veto());
    put(out, WATCH, of.watch());
    return out;
  }

  private static void put(Map<String, Object> out, Option<?> option, List<String> names) {
    if (!names.isEmpty()) {
      out.put(option.name(), names);
    }
  }
}

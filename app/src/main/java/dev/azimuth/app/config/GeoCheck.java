package dev.azimuth.app.config;

import dev.azimuth.app.config.Config.BackendConfig;
import dev.azimuth.app.config.Config.NameConfig;
import dev.azimuth.app.config.Config.RuleConfig;
import dev.azimuth.app.geo.GeoData;
import dev.azimuth.app.geo.GeoFile;
import dev.azimuth.steering.Area;
import dev.azimuth.steering.Nearness;
import dev.azimuth.steering.Pick;
import dev.azimuth.steering.Places.Field;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/** Finds rules that the databases have nothing for. */
public final class GeoCheck {
  private static final Set<Field> SOMEWHERE = EnumSet.complementOf(EnumSet.of(Field.ASN));

  private GeoCheck() {}

  /**
   * Rules that ask for what no database knows: their clients would all be taken for unknown.
   *
   * @param loaded where {@code config} stands
   */
  public static List<Problem> missing(Loaded loaded, Config config, GeoData geo) {
    if (geo.files().isEmpty()) {
      return List.of(); // which was found already
    }
    Set<Field> known =
        geo.files().stream().flatMap(file -> file.knows().stream()).collect(Collectors.toSet());
    List<Problem> problems = new ArrayList<>();
    rules(config)
        .forEach(
            (label, rule) -> {
              for (Field field : needed(rule)) {
                if (!known.contains(field)) {
                  problems.add(missing(loaded, label, field, geo));
                }
              }
              if (rule.match().area().unknown() && known.stream().noneMatch(SOMEWHERE::contains)) {
                problems.add(missing(loaded, label, Field.COUNTRY, geo));
              }
            });
    if (!known.contains(Field.COORDINATES)) {
      namesByDistance(config).stream()
          .map(name -> name.rules().getFirst().label())
          .distinct()
          .forEach(label -> problems.add(missing(loaded, label, Field.COORDINATES, geo)));
    }
    return problems;
  }

  /** Databases that know nothing of what rules and picks look at. */
  public static List<Problem> unused(Loaded loaded, Config config, GeoData geo) {
    Set<Field> used = EnumSet.noneOf(Field.class);
    for (RuleConfig rule : rules(config).values()) {
      used.addAll(needed(rule));
      if (rule.match().area().unknown()) {
        used.addAll(SOMEWHERE);
      }
    }
    needs(used, Field.COORDINATES, !namesByDistance(config).isEmpty());
    return geo.files().stream()
        .filter(file -> file.knows().stream().noneMatch(used::contains))
        .map(
            file ->
                loaded.problem(
                    "geo",
                    Problem.Severity.WARNING,
                    Code.UNUSED,
                    "no rule of any name looks at what " + words(file),
                    "remove it, or write a rule by place"))
        .toList();
  }

  /** How a pool is picked from. */
  private record Use(String pool, Pick pick) {}

  /** The names that pick the nearest. */
  private static List<NameConfig> namesByDistance(Config config) {
    return config.zones().values().stream()
        .flatMap(zone -> zone.names().values().stream())
        .filter(name -> name.pick().by() == Pick.By.NEAREST)
        .toList();
  }

  /** What is said of rules that no client comes to. */
  public static Problem unreached(Loaded loaded, String label) {
    return loaded.problem(
        label,
        Problem.Severity.WARNING,
        Code.UNREACHABLE,
        "no client comes to this rule: those before it take all that it matches, or no address is"
            + " where it says",
        null);
  }

  /** What is said of a rule with more destinations than there can be. */
  public static Problem tooMany(Loaded loaded, String label, String why) {
    return loaded.problem(
        label, Problem.Severity.ERROR, Code.LIMIT, why, "give nearest a limit, such as limit: 3");
  }

  /**
   * Picks by distance that come to more than can be laid out whenever health changes.
   *
   * @param nearness of pools, by name
   */
  public static List<Problem> tooNear(
      Loaded loaded, Config config, Map<String, Nearness> nearness) {
    List<Problem> problems = new ArrayList<>();
    Set<Use> seen = new HashSet<>();
    for (NameConfig name : namesByDistance(config)) {
      for (RuleConfig rule : name.rules()) {
        for (String pool : rule.to().pools()) {
          long work =
              seen.add(new Use(pool, name.pick())) ? work(config, pool, name.pick(), nearness) : 0;
          if (work > Pick.MOST_WORK) {
            problems.add(tooNear(loaded, rule.label(), name.pick(), pool, work));
          }
        }
      }
    }
    return problems;
  }

  private static long work(Config config, String pool, Pick pick, Map<String, Nearness> nearness) {
    Map<String, String> groups = new HashMap<>();
    for (BackendConfig backend :
        Objects.requireNonNull(config.pools().get(pool)).backends().values()) {
      if (backend.group() != null) {
        groups.put(backend.name(), backend.group());
      }
    }
    return Objects.requireNonNull(nearness.get(pool)).work(pick, groups);
  }

  private static Problem tooNear(Loaded loaded, String label, Pick pick, String pool, long work) {
    return loaded.problem(
        label,
        Problem.Severity.ERROR,
        Code.LIMIT,
        ("the %d nearest of pool \"%s\" come to %,d choices: at most %,d can be laid out whenever"
                + " its health changes")
            .formatted(pick.answers(), pool, work, Pick.MOST_WORK),
        "ask for fewer answers, or make each place a pool and let the route choose:"
            + " to: { nearest: [ … ] }");
  }

  /** What is said of databases that cannot be used. */
  public static Problem unusable(Loaded loaded, String why) {
    return loaded.problem("geo", Problem.Severity.ERROR, Code.FILE, why, null);
  }

  private static Problem missing(Loaded loaded, String label, Field field, GeoData geo) {
    return loaded.problem(
        label,
        Problem.Severity.ERROR,
        Code.GEO,
        "no database knows "
            + words(field)
            + ": "
            + geo.files().stream().map(GeoCheck::words).collect(Collectors.joining(", ")),
        field == Field.ASN
            ? "add a database of networks, such as GeoLite2 ASN"
            : "use another edition, such as GeoLite2 City");
  }

  private static String words(GeoFile file) {
    return "%s (%s) knows %s"
        .formatted(
            file.name(),
            file.type(),
            file.knows().stream().sorted().map(GeoCheck::words).collect(Collectors.joining(", ")));
  }

  private static String words(Field field) {
    return switch (field) {
      case CONTINENT -> "continents";
      case COUNTRY -> "countries";
      case SUBDIVISION -> "codes of subdivisions";
      case CITY -> "cities";
      case ASN -> "autonomous systems";
      case COORDINATES -> "coordinates";
    };
  }

  private static Set<Field> needed(RuleConfig rule) {
    Area area = rule.match().area();
    Set<Field> needed = EnumSet.noneOf(Field.class);
    needs(needed, Field.CONTINENT, !area.continents().isEmpty());
    needs(needed, Field.COUNTRY, !area.countries().isEmpty());
    needs(needed, Field.SUBDIVISION, !area.subdivisions().isEmpty());
    needs(needed, Field.CITY, !area.cities().isEmpty());
    needs(needed, Field.ASN, !area.asns().isEmpty());
    needs(needed, Field.COORDINATES, rule.to() instanceof Config.To.Nearest);
    return needed;
  }

  private static void needs(Set<Field> needed, Field field, boolean does) {
    if (does) {
      needed.add(field);
    }
  }

  /** Rules that names use, by label: those of a route once. */
  private static Map<String, RuleConfig> rules(Config config) {
    Map<String, RuleConfig> rules = new LinkedHashMap<>();
    config.zones().values().stream()
        .flatMap(zone -> zone.names().values().stream())
        .flatMap(name -> name.rules().stream())
        .forEach(rule -> rules.put(rule.label(), rule));
    return rules;
  }
}

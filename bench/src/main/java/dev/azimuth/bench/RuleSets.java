package dev.azimuth.bench;

import dev.azimuth.steering.AllDown;
import dev.azimuth.steering.Area;
import dev.azimuth.steering.Cidr;
import dev.azimuth.steering.City;
import dev.azimuth.steering.Condition;
import dev.azimuth.steering.Pick;
import dev.azimuth.steering.Point;
import dev.azimuth.steering.Rule;
import dev.azimuth.steering.SteeredName;
import dev.azimuth.steering.To;
import dev.azimuth.steering.TtlRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Names with different rules over the places of {@link Registry}. */
final class RuleSets {
  static final int POOLS = 12;

  private final Random random;

  private RuleSets(int seed) {
    random = new Random(seed);
  }

  /** So many names, no two with the same rules. */
  static List<SteeredName> of(int count) {
    return IntStream.range(0, count).mapToObj(i -> new RuleSets(i).name(i)).toList();
  }

  private SteeredName name(int number) {
    List<Rule> rules = new ArrayList<>();
    rules.add(rule(new Condition(networks(), List.of(), List.of()), pool()));
    switch (number % 5) {
      case 0 -> {
        rules.add(rule(area(Set.of("EU", "AF"), Set.of(), List.of(), Set.of()), pool()));
        rules.add(rule(area(Set.of("NA", "SA"), Set.of(), List.of(), Set.of()), pool()));
      }
      case 1 -> {
        for (int i = 0; i < 5; i++) {
          rules.add(rule(area(Set.of(), countries(), List.of(), Set.of()), pool()));
        }
      }
      case 2 -> rules.add(rule(area(Set.of(), Set.of(), List.of(), operators()), nearest(5)));
      case 3 -> {
        rules.add(rule(area(Set.of(), Set.of(), cities(), Set.of()), pool()));
        rules.add(rule(area(Set.of("AS"), Set.of(), List.of(), Set.of()), nearest(4)));
      }
      default -> rules.add(rule(area(Set.of(), countries(), List.of(), Set.of()), pool()));
    }
    Area unknown = new Area(Set.of(), Set.of(), Set.of(), List.of(), Set.of(), true);
    rules.add(rule(new Condition(List.of(), List.of(), List.of(), unknown), pool()));
    rules.add(rule(Condition.ALL, number % 2 == 0 ? nearest(POOLS) : pool()));
    return new SteeredName(
        "n" + number + ".example.",
        rules,
        new Pick(Pick.By.WEIGHTED, 1),
        new TtlRange(15, 60),
        null,
        AllDown.ofZone(new AllDown.ServeAll()));
  }

  private static Rule rule(Condition condition, To to) {
    return new Rule("rule", condition, to, false, null);
  }

  private static Condition area(
      Set<String> continents, Set<String> countries, List<City> cities, Set<Long> asns) {
    Area area = new Area(continents, countries, Set.of(), cities, asns, false);
    return new Condition(List.of(), List.of(), List.of(), area);
  }

  private To pool() {
    return To.pools(random.nextInt(POOLS));
  }

  private To nearest(int candidates) {
    List<Integer> pools = IntStream.range(0, candidates).boxed().toList();
    List<Point> at =
        pools.stream()
            .map(i -> new Point(random.nextDouble(-40, 60), random.nextDouble(-180, 180)))
            .toList();
    return new To.Nearest(pools, at, 3);
  }

  private List<Cidr> networks() {
    return IntStream.range(0, 50)
        .mapToObj(i -> new Cidr(true, 0, (long) random.nextInt(1 << 24) << 8, 24))
        .toList();
  }

  private Set<String> countries() {
    return IntStream.range(0, 20)
        .mapToObj(i -> Registry.country(random.nextInt(Registry.COUNTRIES)))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private Set<Long> operators() {
    return IntStream.range(0, 200)
        .mapToObj(i -> 1L + random.nextInt(Registry.NETWORKS))
        .collect(Collectors.toSet());
  }

  private List<City> cities() {
    return IntStream.range(0, 100)
        .mapToObj(i -> new City(Registry.city(random.nextInt(20) * 1_000_000 + i), 0))
        .toList();
  }
}

package dev.azimuth.app.orders;

import dev.azimuth.app.config.Nearest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/**
 * Every backend of a configuration by number, and by all that a selector may name it by. Safe for
 * use by any number of threads.
 */
public final class Roster {
  private static final int[] NOBODY = {};

  /** A message names no more than so many. */
  private static final int MOST_NAMED = 10;

  private final List<Entry> entries;
  private final Map<String, List<String>> balancers;
  private final Map<Selector, int[]> known = new HashMap<>();
  private final Map<String, List<Integer>> byName = new HashMap<>();

  /** Patterns are compared once with every backend. */
  private final Map<Selector, int[]> patterns = new ConcurrentHashMap<>();

  /** One backend. */
  public record Entry(String pool, String backend, List<String> tags) {
    public Entry {
      tags = List.copyOf(tags);
    }

    /** Its name, {@code pool/backend}. */
    public String name() {
      return pool + "/" + backend;
    }
  }

  /** Backends alone. */
  public Roster(List<Entry> entries) {
    this(entries, Map.of());
  }

  /**
   * @param entries by backend number
   * @param balancers by name: the pools that are this balancer
   */
  public Roster(List<Entry> entries, Map<String, List<String>> balancers) {
    this.entries = List.copyOf(entries);
    this.balancers = Map.copyOf(balancers);
    Map<Selector, List<Integer>> lists = new HashMap<>();
    for (int i = 0; i < entries.size(); i++) {
      Entry entry = entries.get(i);
      put(lists, new Selector.One(entry.pool, entry.backend), i);
      put(lists, new Selector.Whole(entry.pool), i);
      for (String tag : Set.copyOf(entry.tags)) {
        put(lists, new Selector.Tagged(tag), i);
      }
      byName.computeIfAbsent(entry.backend, name -> new ArrayList<>(1)).add(i);
    }
    lists.forEach((key, list) -> known.put(key, list.stream().mapToInt(i -> i).toArray()));
  }

  private static void put(Map<Selector, List<Integer>> lists, Selector selector, int number) {
    lists.computeIfAbsent(selector, s -> new ArrayList<>(1)).add(number);
  }

  public int size() {
    return entries.size();
  }

  public Entry entry(int backend) {
    return entries.get(backend);
  }

  /** The numbers of those that a selector means, rising. */
  public int[] matching(Selector selector) {
    return switch (selector) {
      case Selector.One one -> known.getOrDefault(one, NOBODY);
      case Selector.Whole whole -> known.getOrDefault(whole, NOBODY);
      case Selector.Tagged tagged -> known.getOrDefault(tagged, NOBODY);
      case Selector.Glob glob -> {
        if (patterns.size() > 2 * Orders.MOST_PATTERNS) {
          patterns.clear();
        }
        yield patterns.computeIfAbsent(glob, g -> compared(glob));
      }
      case Selector.Balancer of ->
          balancers.entrySet().stream()
              .filter(balancer -> of.means(balancer.getKey()))
              .flatMap(balancer -> balancer.getValue().stream())
              .flatMapToInt(pool -> Arrays.stream(matching(new Selector.Whole(pool))))
              .sorted()
              .toArray();
    };
  }

  /** How many a selector means: backends, or balancers. */
  public int count(Selector selector) {
    return selector instanceof Selector.Balancer of
        ? (int) balancers.keySet().stream().filter(of::means).count()
        : matching(selector).length;
  }

  /** Who is meant: backends as {@code pool/backend}, or balancers as {@code balancer:NAME}. */
  public List<String> named(Selector selector) {
    return selector instanceof Selector.Balancer of
        ? balancers.keySet().stream()
            .filter(of::means)
            .sorted()
            .map(name -> Selector.BALANCER + name)
            .toList()
        : Arrays.stream(matching(selector)).mapToObj(i -> entries.get(i).name()).toList();
  }

  private int[] compared(Selector.Glob glob) {
    return IntStream.range(0, entries.size())
        .filter(
            i ->
                Selector.matches(glob.pool(), entries.get(i).pool)
                    && Selector.matches(glob.backend(), entries.get(i).backend))
        .toArray();
  }

  /** The pools of those that a selector means, in the configuration's order. */
  public Set<String> pools(Selector selector) {
    Set<String> pools = new LinkedHashSet<>();
    Arrays.stream(matching(selector)).forEach(i -> pools.add(entries.get(i).pool));
    return pools;
  }

  /**
   * What an operator means: as {@link Selector#of}, or the name of a backend alone where that is
   * unambiguous.
   *
   * @throws IllegalArgumentException with a message for the operator; also when it means nobody
   */
  public Selector resolve(String said) {
    Selector selector = Selector.of(said);
    if (selector instanceof Selector.Whole whole) {
      List<Integer> named = byName.getOrDefault(whole.pool(), List.of());
      boolean pool = known.containsKey(whole);
      if (pool && !named.isEmpty()) {
        throw new IllegalArgumentException(
            "\"%s\" is a pool and a backend: say %s/* or %s"
                .formatted(said, said, entries.get(named.getFirst()).name()));
      }
      if (named.size() > 1) {
        throw new IllegalArgumentException(
            "\"%s\" is ambiguous: say one of %s, or */%s for all"
                .formatted(
                    said,
                    String.join(
                        ", ", named.stream().limit(10).map(i -> entries.get(i).name()).toList()),
                    said));
      }
      if (named.size() == 1) {
        Entry only = entries.get(named.getFirst());
        selector = new Selector.One(only.pool, only.backend);
      } else if (!pool) {
        throw new IllegalArgumentException(
            said.contains("*")
                ? "a pattern names pool and backend: for every backend write '*/%s'".formatted(said)
                : "no backend or pool is called \"%s\"; %s".formatted(said, instead(said)));
      }
    }
    if (count(selector) == 0) {
      throw new IllegalArgumentException(
          switch (selector) {
            case Selector.One one ->
                "no backend is called \"%s\"; %s".formatted(said, insteadOf(one));
            case Selector.Whole whole -> "the pool \"%s\" has no backend".formatted(said);
            case Selector.Glob glob -> "no backend matches \"%s\"".formatted(said);
            case Selector.Tagged tagged -> "no backend has the tag \"%s\"".formatted(tagged.tag());
            case Selector.Balancer balancer ->
                balancers.isEmpty()
                    ? "there is no balancer"
                    : "no balancer is called \"%s\"; there is %s"
                        .formatted(
                            balancer.name(), String.join(", ", new TreeSet<>(balancers.keySet())));
          });
    }
    return selector;
  }

  /** What may have been meant by a name alone, or which pools there are. */
  private String instead(String said) {
    Set<String> pools = new LinkedHashSet<>();
    entries.forEach(entry -> pools.add(entry.pool));
    Set<String> names = new LinkedHashSet<>(pools);
    names.addAll(byName.keySet());
    String nearest = Nearest.hint(said, names);
    return nearest == null ? some("pools are", pools) : nearest;
  }

  /** What may have been meant by the name of a backend of a pool, or which ones the pool has. */
  private String insteadOf(Selector.One said) {
    int[] pool = known.get(new Selector.Whole(said.pool()));
    if (pool == null) {
      return instead(said.pool());
    }
    List<String> names = Arrays.stream(pool).mapToObj(i -> entries.get(i).name()).toList();
    String nearest = Nearest.hint(said.toString(), names);
    return nearest == null ? some("this pool has", names) : nearest;
  }

  private static String some(String what, Collection<String> names) {
    String more =
        names.size() > MOST_NAMED ? " and %,d more".formatted(names.size() - MOST_NAMED) : "";
    return what + " " + String.join(", ", names.stream().limit(MOST_NAMED).toList()) + more;
  }
}

package dev.azimuth.app.orders;

import java.util.ArrayList;
import java.util.Arrays;
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
            "no backend or pool is called \"%s\"; azimuth status lists them".formatted(said));
      }
    }
    if (count(selector) == 0) {
      throw new IllegalArgumentException(
          switch (selector) {
            case Selector.One one ->
                "no backend is called \"%s\"; azimuth status lists them as pool/backend"
                    .formatted(said);
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
}

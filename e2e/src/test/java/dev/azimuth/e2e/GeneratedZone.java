package dev.azimuth.e2e;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.xbill.DNS.Name;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/**
 * The master file of a zone while it is being made. What a zone may not have is left out as it is
 * added: records beside a CNAME, a second alias, cuts and DNAME at a wildcard or together.
 */
final class GeneratedZone {
  private final Name origin;

  /** By owner and type, the data of each record. */
  private final Map<Name, Map<Integer, Set<String>>> sets = new LinkedHashMap<>();

  private final Map<Name, Integer> ttls = new LinkedHashMap<>();

  /**
   * @param origin with the final dot
   */
  GeneratedZone(String origin) {
    this.origin = name(origin);
  }

  static Name name(String absolute) {
    try {
      return Name.fromString(absolute, Name.root);
    } catch (TextParseException e) {
      throw new IllegalArgumentException(absolute, e);
    }
  }

  Name origin() {
    return origin;
  }

  /** An absolute name from one below the origin; {@code @} is the origin. */
  Name below(String relative) {
    try {
      return relative.equals("@") ? origin : Name.fromString(relative, origin);
    } catch (TextParseException e) {
      throw new IllegalArgumentException(relative + " in " + origin, e);
    }
  }

  /**
   * Adds a record where it may stand.
   *
   * @param owner relative to the origin
   * @param type such as {@code A} or {@code TYPE65280}
   * @param data as in a master file, relative names are below the origin
   */
  void add(String owner, String type, String data) {
    Name name = below(owner);
    int number = Type.value(type, true);
    Map<Integer, Set<String>> there = sets.computeIfAbsent(name, n -> new TreeMap<>());
    if (fits(name, number, there)) {
      there.computeIfAbsent(number, n -> new LinkedHashSet<>()).add(data);
    }
    if (there.isEmpty()) {
      sets.remove(name);
    }
  }

  private boolean fits(Name name, int type, Map<Integer, Set<String>> there) {
    boolean apex = name.equals(origin);
    boolean alias = there.containsKey(Type.CNAME);
    return switch (type) {
          case Type.CNAME -> there.isEmpty() && !apex;
          case Type.NS -> apex || (!alias && !name.isWild() && !there.containsKey(Type.DNAME));
          case Type.DNAME ->
              !apex
                  && !alias
                  && !name.isWild()
                  && !there.containsKey(Type.DNAME)
                  && !there.containsKey(Type.NS)
                  && sets.keySet().stream().noneMatch(n -> n.subdomain(name) && !n.equals(name));
          default -> !alias;
        }
        && !redirected(name);
  }

  /** Whether a DNAME above stands for a name. */
  private boolean redirected(Name name) {
    return sets.entrySet().stream()
        .anyMatch(
            set ->
                set.getValue().containsKey(Type.DNAME)
                    && name.subdomain(set.getKey())
                    && !name.equals(set.getKey()));
  }

  /** The time to live of all records of a name, when it is not the usual one. */
  void ttl(String owner, int seconds) {
    ttls.put(below(owner), seconds);
  }

  boolean has(Name owner, int type) {
    return sets.getOrDefault(owner, Map.of()).containsKey(type);
  }

  Set<Name> owners() {
    return sets.keySet();
  }

  Set<Integer> types(Name owner) {
    return sets.getOrDefault(owner, Map.of()).keySet();
  }

  /** The lines of one owner. */
  List<String> lines(Name owner) {
    List<String> lines = new ArrayList<>();
    sets.getOrDefault(owner, Map.of())
        .forEach(
            (type, data) -> {
              for (String one : data) {
                lines.add(
                    "%s %d IN %s %s"
                        .formatted(owner, ttls.getOrDefault(owner, 3600), Type.string(type), one));
              }
            });
    return lines;
  }

  /** The whole master file, SOA first. */
  String text() {
    return "$ORIGIN %s%n".formatted(origin)
        + owners().stream()
            .flatMap(owner -> lines(owner).stream())
            .collect(Collectors.joining("\n", "", "\n"));
  }
}

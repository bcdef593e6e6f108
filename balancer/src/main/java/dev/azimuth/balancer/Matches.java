package dev.azimuth.balancer;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Which of a balancer's matches a client has, ready to look up. Immutable. */
final class Matches {
  /** Instead of a number: none. */
  static final int NONE = -1;

  private static final String WILDCARD = "*.";

  private final List<Names> names = new ArrayList<>();
  private final List<Settings.Match> matches;

  Matches(List<Settings.Match> matches) {
    this.matches = List.copyOf(matches);
    matches.forEach(match -> names.add(new Names(match.names())));
  }

  boolean isEmpty() {
    return matches.isEmpty();
  }

  /** The number of the first one that a client has, or {@link #NONE}. */
  int first(ClientHello hello) {
    for (int i = 0; i < matches.size(); i++) {
      if (names.get(i).have(hello) && offersOne(hello, matches.get(i).protocols())) {
        return i;
      }
    }
    return NONE;
  }

  private static boolean offersOne(ClientHello hello, List<String> protocols) {
    return protocols.isEmpty() || protocols.stream().anyMatch(hello.protocols()::contains);
  }

  /** Names and, by what follows the star, wildcards; of neither any means all. */
  private static final class Names {
    private final Set<String> whole = new HashSet<>();
    private final Set<String> parents = new HashSet<>();

    Names(List<String> names) {
      for (String name : names) {
        if (name.startsWith(WILDCARD)) {
          parents.add(name.substring(WILDCARD.length()));
        } else {
          whole.add(name);
        }
      }
    }

    boolean have(ClientHello hello) {
      if (whole.isEmpty() && parents.isEmpty()) {
        return true;
      }
      String server = hello.server();
      return server != null && (whole.contains(server) || parents.contains(parent(server)));
    }

    private static String parent(String name) {
      int dot = name.indexOf('.');
      return dot < 0 ? "" : name.substring(dot + 1);
    }
  }
}

package dev.azimuth.app.config;

import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What all values of one configuration share while they are read.
 *
 * @param sources the files read, by path
 * @param names what is defined, whether or not it is valid: so that one problem does not cause
 *     others
 * @param files what a reload watches; master files join it while reading, readable or not
 */
record Reading(
    Problems problems, Map<Path, Source> sources, Map<Named, Set<String>> names, Set<Path> files) {

  /** Without names: for what refers to none. */
  Reading(Problems problems, Map<Path, Source> sources) {
    this(problems, sources, Map.of(), new LinkedHashSet<>());
  }

  /** The kinds of things that are referred to by name. */
  enum Named {
    BALANCER("balancer"),
    CHECK("check"),
    POOL("pool"),
    ROUTE("route"),
    VIEW("view");

    private final String word;

    Named(String word) {
      this.word = word;
    }

    String word() {
      return word;
    }
  }

  Set<String> names(Named kind) {
    return names.getOrDefault(kind, Set.of());
  }

  @Nullable Source source(Path file) {
    return sources.get(file);
  }
}

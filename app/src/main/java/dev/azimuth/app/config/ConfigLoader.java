package dev.azimuth.app.config;

import dev.azimuth.app.config.Reading.Named;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads a configuration and judges all of it in one run. */
public final class ConfigLoader {
  private ConfigLoader() {}

  /**
   * Reads a file and what it includes. Never throws, whatever the files hold: what is wrong is
   * among the problems.
   *
   * @param file as problems shall name it
   */
  public static Loaded load(Path file) {
    Problems problems = new Problems();
    Includes.Tree tree = Includes.read(file, problems);
    Set<Path> files = new LinkedHashSet<>(tree.files());
    Config config = tree.root() == null ? null : config(tree, tree.root(), files, problems);
    Map<Path, String> sources = new LinkedHashMap<>();
    tree.sources().forEach((path, source) -> sources.put(path, source.text()));
    return new Loaded(
        problems.failed() ? null : config,
        config,
        problems.sorted(tree.files()),
        List.copyOf(files),
        Map.copyOf(sources));
  }

  /**
   * @param files those read so far; master files join them
   */
  private static @Nullable Config config(
      Includes.Tree tree, Node root, Set<Path> files, Problems problems) {
    Map<Named, Set<String>> names =
        Map.of(
            Named.CHECK, keys(root, Language.CHECKS),
            Named.POOL, keys(root, Language.POOLS),
            Named.ROUTE, keys(root, Language.ROUTES),
            Named.VIEW, keys(root, Language.VIEWS));
    Reading reading = new Reading(problems, tree.sources(), names, files);
    Draft draft = Language.ROOT.read(new Site(reading, root, "", ""));
    return draft == null ? null : new Linker(draft, List.copyOf(files)).link();
  }

  private static Set<String> keys(Node root, Option<?> option) {
    Set<String> keys = new LinkedHashSet<>();
    if (root instanceof Node.Mapping mapping
        && mapping.find(option.name()) instanceof Node.Mapping named) {
      named.entries().forEach(entry -> keys.add(entry.key().text()));
    }
    return keys;
  }
}

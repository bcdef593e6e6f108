package dev.azimuth.app.config;

import dev.azimuth.app.config.Reading.Named;
import java.nio.file.Path;
import java.util.HashMap;
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
    Draft draft = tree.root() == null ? null : draft(tree, tree.root(), files, problems);
    Config config = draft == null ? null : link(draft, files, problems);
    Map<Path, String> sources = new LinkedHashMap<>();
    tree.sources().forEach((path, source) -> sources.put(path, source.text()));
    return new Loaded(
        problems.failed() ? null : config,
        config,
        problems.sorted(tree.files()),
        List.copyOf(files),
        Map.copyOf(sources),
        draft == null || tree.root() == null ? Map.of() : places(draft, tree.root()));
  }

  /** Where things stand that problems are found with later, as {@link Loaded#places} has them. */
  private static Map<String, Place> places(Draft draft, Node root) {
    Map<String, Place> places = new HashMap<>();
    draft.rules().forEach(rule -> places.put(rule.rule().label(), rule.site().node().place()));
    draft.zones().values().stream()
        .flatMap(zone -> zone.names().values().stream())
        .forEach(name -> places.put(name.site().path(), place(name.site().node())));
    placed(places, root, "geo");
    placed(places, root, "server", "debug_name", "name");
    return Map.copyOf(places);
  }

  private static void placed(Map<String, Place> places, Node root, String... path) {
    Node node = root;
    for (String key : path) {
      node = node instanceof Node.Mapping mapping ? mapping.find(key) : null;
    }
    if (node != null) {
      places.put(String.join(".", path), node.place());
    }
  }

  private static Place place(Node name) {
    Node allDown = name instanceof Node.Mapping options ? options.find("all_down") : null;
    return allDown == null ? name.place() : allDown.place();
  }

  /**
   * @param files those read so far; master files join them
   */
  private static @Nullable Draft draft(
      Includes.Tree tree, Node root, Set<Path> files, Problems problems) {
    Map<Named, Set<String>> names =
        Map.of(
            Named.BALANCER, keys(root, Language.BALANCERS),
            Named.CHECK, keys(root, Language.CHECKS),
            Named.POOL, keys(root, Language.POOLS),
            Named.ROUTE, keys(root, Language.ROUTES),
            Named.VIEW, keys(root, Language.VIEWS));
    Reading reading = new Reading(problems, tree.sources(), names, files);
    return Language.ROOT.read(new Site(reading, root, "", ""));
  }

  private static Config link(Draft draft, Set<Path> files, Problems problems) {
    Config config = new Linker(draft, List.copyOf(files)).link();
    if (!problems.failed()) {
      new Lints(draft, config).warn();
    }
    return config;
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

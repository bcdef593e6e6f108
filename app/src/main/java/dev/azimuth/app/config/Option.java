package dev.azimuth.app.config;

import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One key of a mapping.
 *
 * @param about what it does, one or more sentences
 * @param required whether it must be given
 * @param fallback what counts when it is not given; null for nothing
 * @param inherits where the default comes from when it is said elsewhere; null when it is not
 */
record Option<T>(
    String name,
    Shape<T> shape,
    String about,
    boolean required,
    @Nullable Fallback<T> fallback,
    @Nullable String inherits) {

  private static final Path DEFAULTS = Path.of("defaults");

  /**
   * A default.
   *
   * @param text as one would write it
   * @param node the same, read
   * @param value what it means
   */
  record Fallback<T>(String text, Node node, T value) {}

  static <T> Option<T> optional(String name, Shape<T> shape, String about) {
    return new Option<>(name, shape, about, false, null, null);
  }

  static <T> Option<T> required(String name, Shape<T> shape, String about) {
    return new Option<>(name, shape, about, true, null, null);
  }

  /**
   * The option with a default.
   *
   * @param text in YAML, valid for the shape
   */
  Option<T> byDefault(String text) {
    Problems problems = new Problems();
    Node node = YamlReader.read(new Source(DEFAULTS, text), problems).root();
    T value =
        node == null
            ? null
            : shape.read(new Site(new Reading(problems, Map.of()), node, name, name));
    if (node == null || value == null) {
      throw new IllegalArgumentException(name + " has no valid default: " + text);
    }
    return new Option<>(name, shape, about, required, new Fallback<>(text, node, value), inherits);
  }

  /**
   * The option with a default that is said elsewhere.
   *
   * @param from such as {@code defaults.pick}
   */
  Option<T> inherits(String from) {
    return new Option<>(name, shape, about, required, fallback, from);
  }
}

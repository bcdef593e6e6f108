package dev.azimuth.app.config;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A mapping with known keys.
 *
 * @param name of its section in the manual
 * @param about what it is for, one or more sentences
 * @param options every key, in the order of the manual
 * @param choices sets of keys of which exactly one is given
 * @param tolerant whether a value is made even if some keys are invalid, as if they were missing:
 *     so that what belongs to the valid ones can be examined further
 * @param meaning makes the value once all keys are valid; null when they do not go together, which
 *     it then tells
 */
record ObjectOf<T>(
    String name,
    String about,
    List<Option<?>> options,
    List<List<Option<?>>> choices,
    boolean tolerant,
    Function<Values, @Nullable T> meaning)
    implements Shape<T> {

  /** An object without choices. */
  static <T> ObjectOf<T> of(
      String name, String about, List<Option<?>> options, Function<Values, @Nullable T> meaning) {
    return new ObjectOf<>(name, about, options, List.of(), false, meaning);
  }

  ObjectOf<T> exactlyOne(Option<?>... of) {
    List<List<Option<?>>> more = new ArrayList<>(choices);
    more.add(List.of(of));
    return new ObjectOf<>(name, about, options, List.copyOf(more), tolerant, meaning);
  }

  ObjectOf<T> whereInvalidCountsAsMissing() {
    return new ObjectOf<>(name, about, options, choices, true, meaning);
  }

  @Override
  public @Nullable T read(Site site) {
    if (!(site.node() instanceof Node.Mapping mapping)) {
      site.wrongKind(words());
      return null;
    }
    boolean valid = keysKnown(site, mapping);
    IdentityHashMap<Option<?>, Object> values = new IdentityHashMap<>();
    for (Option<?> option : options) {
      Node node = mapping.find(option.name());
      if (node != null) {
        Object value = option.shape().read(site.child(option.name(), node));
        valid &= value != null;
        if (value != null) {
          values.put(option, value);
        }
      } else if (option.required()) {
        site.error(Code.MISSING_KEY, "\"" + option.name() + "\" is missing", option.about());
        valid = false;
      }
    }
    for (List<Option<?>> choice : choices) {
      valid &= exactlyOne(site, mapping, choice);
    }
    boolean enough = tolerant ? requiredAreThere(values) : valid;
    return enough ? meaning.apply(new Values(site, mapping, values)) : null;
  }

  private boolean requiredAreThere(IdentityHashMap<Option<?>, Object> values) {
    return options.stream().allMatch(option -> !option.required() || values.containsKey(option));
  }

  private boolean keysKnown(Site site, Node.Mapping mapping) {
    boolean known = true;
    for (Node.Entry entry : mapping.entries()) {
      String key = entry.key().text();
      if (options.stream().anyMatch(option -> option.name().equals(key))) {
        continue;
      }
      known = false;
      Site at = site.child(key, entry.key());
      List<String> names = options.stream().<String>map(Option::name).toList();
      String message = "\"" + key + "\" is no option of " + name;
      at.unknown(Code.UNKNOWN_KEY, message, key, names, "it has " + String.join(", ", names));
    }
    return known;
  }

  private static boolean exactlyOne(Site site, Node.Mapping mapping, List<Option<?>> choice) {
    long given = choice.stream().filter(option -> mapping.find(option.name()) != null).count();
    if (given == 1) {
      return true;
    }
    String keys =
        choice.stream()
            .map(option -> "\"" + option.name() + "\"")
            .collect(Collectors.joining(choice.size() == 2 ? " or " : ", "));
    site.error(Code.CHOICE, (given == 0 ? "needs one of " : "has more than one of ") + keys);
    return false;
  }

  @Override
  public boolean fits(Node node) {
    return node instanceof Node.Mapping mapping
        && mapping.entries().stream()
            .anyMatch(entry -> options.stream().anyMatch(o -> o.name().equals(entry.key().text())));
  }

  @Override
  public String words() {
    return "a mapping with " + options.stream().map(Option::name).collect(Collectors.joining(", "));
  }

  /** The valid keys of one mapping. */
  static final class Values {
    private final Site site;
    private final Node.Mapping mapping;
    private final IdentityHashMap<Option<?>, Object> values;

    private Values(Site site, Node.Mapping mapping, IdentityHashMap<Option<?>, Object> values) {
      this.site = site;
      this.mapping = mapping;
      this.values = values;
    }

    /** The mapping itself. */
    Site site() {
      return site;
    }

    /** Where a key's value stands; the mapping where the key is not given. */
    Site site(Option<?> option) {
      Node node = mapping.find(option.name());
      return node == null ? site : site.child(option.name(), node);
    }

    /** What was written; null when nothing was. */
    // An option is only ever put with what its own shape has read.
    @SuppressWarnings("unchecked")
    <V> @Nullable V find(Option<V> option) {
      return (V) values.get(option);
    }

    /** What was written, else the default; the option is required or has one. */
    <V> V get(Option<V> option) {
      V value = find(option);
      if (value != null) {
        return value;
      }
      return Objects.requireNonNull(option.fallback(), option.name()).value();
    }
  }
}

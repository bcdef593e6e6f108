package dev.azimuth.app.config;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The manual of the configuration language, made from the declarations. */
public final class Manual {
  private static final String HEAD =
      """
      # Configuration

      <!-- Generated from the declarations of the options. To regenerate it:
           ./mvnw -q test -pl app -am -Dtest=ManualTest -Dsurefire.failIfNoSpecifiedTests=false -Dazimuth.regenerate=true -->

      Azimuth reads one YAML file, and what it includes. `azimuth validate FILE` shows everything \
      that is wrong with it in one run; `azimuth config FILE` prints it in full, every default \
      filled in and every short form written out; `azimuth schema` prints a JSON Schema for \
      editors. Unknown keys, duplicate keys, anchors, aliases, tags and further documents are \
      errors. Samples are in `deploy/samples`.

      A file has at most 16 MiB and 64 levels; at most 256 files are read. Of a list of keys that \
      are marked "exactly one of", exactly one is given.

      ## YAML's own traps

      YAML reads some values as something other than what is meant. Azimuth says so, with the code \
      `TRAP`, and wants them in quotes:

      | written | is read as | write |
      | --- | --- | --- |
      | `@: { to: eu }` | a syntax error | `"@": { to: eu }` |
      | `*.app: { to: eu }` | an alias | `"*.app": { to: eu }` |
      | `2001:db8::` | the beginning of a mapping | `"2001:db8::"` |
      | `[::]:53` | a list | `"[::]:53"` |
      | `no`, `off`, `null`, `~` | no text in some programs | `"no"` |
      | `10`, `1e3` as a name | a number | `"10"` |
      """;

  private final StringBuilder out = new StringBuilder(HEAD);
  private final Map<String, ObjectOf<?>> sections = new LinkedHashMap<>();
  private final Map<String, Shape.Scalar<?>> notations = new TreeMap<>();

  private Manual() {}

  /** The manual in Markdown, ended by a line feed. */
  public static String markdown() {
    return new Manual().write();
  }

  private String write() {
    collect(Language.ROOT);
    out.append("\n## Values\n\n| notation | is |\n| --- | --- |\n");
    notations.forEach(
        (name, scalar) -> out.append("| %s | %s |\n".formatted(name, cell(scalar.words()))));
    out.append("\n## Keys\n");
    sections.values().forEach(this::section);
    out.append("\n## Codes of problems\n\n| code | meaning |\n| --- | --- |\n");
    for (Code code : Code.values()) {
      out.append("| `%s` | %s |\n".formatted(code, cell(code.meaning())));
    }
    out.append("\nProblems in the records of a zone have codes of their own.\n");
    return out.toString();
  }

  private void collect(Shape<?> shape) {
    switch (shape) {
      case Shape.Scalar<?> scalar -> notations.put(scalar.name(), scalar);
      case Shape.Keyword<?> keyword -> {}
      case Shape.Reference reference -> collect(reference.name());
      case Shape.Ranged<?> ranged -> collect(ranged.of());
      case Shape.Then<?, ?> then -> collect(then.of());
      case ListOf<?> list -> collect(list.item());
      case MapOf<?> map -> {
        collect(map.key());
        collect(map.value());
      }
      case OneOf<?> oneOf -> oneOf.forms().forEach(this::collect);
      case ObjectOf<?> object -> {
        if (sections.putIfAbsent(object.name(), object) == null) {
          object.options().forEach(option -> collect(option.shape()));
        }
      }
    }
  }

  private void section(ObjectOf<?> object) {
    out.append("\n### ").append(object.name()).append("\n\n");
    out.append(object.about()).append("\n\n");
    out.append("| key | value | default | meaning |\n| --- | --- | --- | --- |\n");
    for (Option<?> option : object.options()) {
      out.append(
          "| `%s` | %s | %s | %s |\n"
              .formatted(
                  option.name(), value(option.shape()), standard(option), cell(option.about())));
    }
    for (List<Option<?>> choice : object.choices()) {
      out.append(
          choice.stream()
              .map(option -> "`" + option.name() + "`")
              .collect(Collectors.joining(", ", "\nExactly one of ", ".\n")));
    }
  }

  private static String standard(Option<?> option) {
    Option.Fallback<?> fallback = option.fallback();
    if (option.inherits() != null) {
      return "that of `" + option.inherits() + "`";
    }
    if (fallback != null) {
      return "`" + fallback.text() + "`";
    }
    return option.required() ? "required" : "";
  }

  /** What may be written, for the value column. */
  private static String value(Shape<?> shape) {
    return switch (shape) {
      case Shape.Scalar<?> scalar -> scalar.name();
      case Shape.Keyword<?> keyword -> words(keyword.values().keySet());
      case Shape.Reference reference -> "the name of a " + reference.kind().word();
      case Shape.Ranged<?> ranged -> value(ranged.of()) + ", " + ranged.range();
      case Shape.Then<?, ?> then -> value(then.of());
      case ListOf<?> list ->
          list.alone()
              ? value(list.item()) + ", or a list of such"
              : "a list: " + value(list.item());
      case MapOf<?> map -> "a mapping: " + map.key().name() + " to " + value(map.value());
      case OneOf<?> oneOf -> forms(oneOf);
      case ObjectOf<?> object -> "[%s](#%s)".formatted(object.name(), anchor(object.name()));
    };
  }

  private static String words(Set<String> words) {
    return words.stream().map(word -> "`" + word + "`").collect(Collectors.joining(" or "));
  }

  private static String forms(OneOf<?> oneOf) {
    Set<String> forms = new LinkedHashSet<>();
    oneOf.forms().stream().forEach(form -> forms.add(value(form)));
    return String.join("; or ", forms);
  }

  private static String anchor(String heading) {
    return heading.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9 _-]", "").replace(' ', '-');
  }

  private static String cell(String text) {
    return text.replace("|", "\\|");
  }
}

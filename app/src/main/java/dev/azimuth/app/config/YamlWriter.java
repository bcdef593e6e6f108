package dev.azimuth.app.config;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Writes maps, lists, texts, numbers and truth values as YAML. Texts that any reader could take for
 * something else are in quotes.
 */
final class YamlWriter {
  /** Begins with a letter, or with a digit and then has a letter: never a number. */
  private static final Pattern PLAIN =
      Pattern.compile(
          "[A-Za-z][A-Za-z0-9_./-]*|[0-9]+(ms|s|m|h|d|%|KiB|MiB|GiB|B)|/[A-Za-z0-9_./-]*");

  private static final Place NOWHERE = new Place(Path.of(""), 1, 1);

  private final StringBuilder out = new StringBuilder();

  private YamlWriter() {}

  static String write(Map<String, Object> root) {
    YamlWriter writer = new YamlWriter();
    writer.entries(root, 0);
    return writer.out.toString();
  }

  private void entries(Map<?, ?> map, int depth) {
    map.forEach(
        (key, value) -> {
          indent(depth);
          out.append(key(key)).append(':');
          value(value, depth);
        });
  }

  /** What follows a key or a dash. */
  private void value(Object value, int depth) {
    switch (value) {
      case Map<?, ?> map when !map.isEmpty() -> {
        out.append('\n');
        entries(map, depth + 1);
      }
      case List<?> list when list.stream().anyMatch(Map.class::isInstance) -> {
        out.append('\n');
        for (Object item : list) {
          item(item, depth + 1);
        }
      }
      case String text when block(text) -> {
        out.append(" |\n");
        text.lines().forEach(line -> line(line, depth + 1));
      }
      default -> out.append(' ').append(flow(value)).append('\n');
    }
  }

  /** A mapping begins on the line of its dash. */
  private void item(Object item, int depth) {
    int dash = out.length() + 2 * depth;
    if (item instanceof Map<?, ?> map && !map.isEmpty()) {
      entries(map, depth + 1);
      out.setCharAt(dash, '-');
    } else {
      indent(depth);
      out.append("- ").append(flow(item)).append('\n');
    }
  }

  private void line(String line, int depth) {
    if (!line.isEmpty()) {
      indent(depth);
    }
    out.append(line).append('\n');
  }

  private static String flow(Object value) {
    return switch (value) {
      case String text -> text(text);
      case List<?> list ->
          list.stream().map(YamlWriter::flow).collect(Collectors.joining(", ", "[ ", " ]"));
      case Map<?, ?> map ->
          map.entrySet().stream()
              .map(entry -> key(entry.getKey()) + ": " + flow(entry.getValue()))
              .collect(Collectors.joining(", ", "{ ", " }"));
      case BigDecimal number -> number.toPlainString();
      default -> String.valueOf(value);
    };
  }

  private static String key(Object key) {
    return key instanceof Integer number ? number.toString() : text(String.valueOf(key));
  }

  /** Whether a text can stand as a literal block as it is: lines, the last one ended. */
  private static boolean block(String text) {
    return text.endsWith("\n")
        && !text.endsWith("\n\n")
        && text.chars().allMatch(c -> c == '\n' || c == '\t' || (c >= ' ' && c <= '~'))
        && text.charAt(0) > ' '
        && text.length() > 1;
  }

  private static String text(String text) {
    Node.Scalar plain = new Node.Scalar(NOWHERE, text, Node.Style.PLAIN);
    return PLAIN.matcher(text).matches() && !plain.ambiguous() ? text : quoted(text);
  }

  private static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    text.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '"' -> quoted.append("\\\"");
                case '\\' -> quoted.append("\\\\");
                case '\n' -> quoted.append("\\n");
                case '\t' -> quoted.append("\\t");
                default -> {
                  if (c >= ' ' && c <= '~') {
                    quoted.append((char) c);
                  } else {
                    quoted.append(c <= 0xffff ? "\\u%04x".formatted(c) : "\\U%08x".formatted(c));
                  }
                }
              }
            });
    return quoted.append('"').toString();
  }

  private void indent(int depth) {
    out.append("  ".repeat(depth));
  }
}

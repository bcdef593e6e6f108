package dev.azimuth.app.config;

import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A piece of YAML as it was written, with its place. Immutable. */
sealed interface Node {

  Place place();

  /** What it is, for messages. */
  String kind();

  /** How a scalar was written. */
  enum Style {
    PLAIN,
    QUOTED,
    /** A block that keeps its lines: {@code |}. */
    LITERAL,
    /** A block that joins its lines: {@code >}. */
    FOLDED
  }

  /**
   * @param text what a plain scalar says, whatever type YAML would give it; what is inside quotes
   */
  record Scalar(Place place, String text, Style style) implements Node {
    private static final int SHOWN = 80;
    private static final Pattern NUMBER =
        Pattern.compile(
            "[-+]?(0x[0-9a-fA-F]+|0o[0-7]+|(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?"
                + "|\\.(inf|Inf|INF))|\\.(nan|NaN|NAN)");
    private static final Pattern OFF_LIKE =
        Pattern.compile(
            "(?i:off|on|yes|no|true|false|null)|~|"); // YAML 1.1 reads these as no strings

    boolean plain() {
      return style == Style.PLAIN;
    }

    /** Whether some reader of YAML takes this for something other than a string. */
    boolean ambiguous() {
      return plain() && (NUMBER.matcher(text).matches() || OFF_LIKE.matcher(text).matches());
    }

    @Override
    public String kind() {
      if (text.isEmpty()) {
        return "nothing";
      }
      return text.length() <= SHOWN ? '"' + text + '"' : '"' + text.substring(0, SHOWN) + "…\"";
    }
  }

  record Sequence(Place place, List<Node> items) implements Node {
    public Sequence {
      items = List.copyOf(items);
    }

    @Override
    public String kind() {
      return "a list";
    }
  }

  /**
   * @param entries with distinct keys, in the order of the file
   */
  record Mapping(Place place, List<Entry> entries) implements Node {
    public Mapping {
      entries = List.copyOf(entries);
    }

    @Nullable Node find(String key) {
      for (Entry entry : entries) {
        if (entry.key().text().equals(key)) {
          return entry.value();
        }
      }
      return null;
    }

    @Override
    public String kind() {
      return "a mapping";
    }
  }

  record Entry(Scalar key, Node value) {}
}

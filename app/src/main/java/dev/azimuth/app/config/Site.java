package dev.azimuth.app.config;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * One value being read: what is written, where, and to whom problems go.
 *
 * @param key what the value is called in the mapping around it; for a list's item the list's key
 * @param path of the value, such as {@code pools.eu.backends}; empty for the whole
 */
record Site(Reading reading, Node node, String key, String path) {

  Site child(String name, Node value) {
    return new Site(reading, value, name, path.isEmpty() ? name : path + "." + name);
  }

  Site item(int index, Node value) {
    return new Site(reading, value, key, path + "[" + index + "]");
  }

  void error(Code code, String message) {
    error(code, message, null);
  }

  void error(Code code, String message, @Nullable String hint) {
    reading.problems().error(node.place(), code, path, message, hint);
  }

  void warning(Code code, String message, @Nullable String hint) {
    reading.problems().warning(node.place(), code, path, message, hint);
  }

  /** Says that there is no such thing, with the nearest one that there is. */
  void unknown(Code code, String message, String written, Collection<String> known) {
    error(code, message, reading.problems().nearest(written, known));
  }

  /** The same; {@code otherwise} is the hint where none is near. */
  void unknown(
      Code code, String message, String written, Collection<String> known, String otherwise) {
    String nearest = reading.problems().nearest(written, known);
    error(code, message, nearest == null ? otherwise : nearest);
  }

  /** Says that something of another kind is needed, or which trap made it another kind. */
  void wrongKind(String needed) {
    Source source = reading.source(node.place().file());
    if (!(node instanceof Node.Scalar)
        && source != null
        && YamlTraps.touchesAddress(source, node.place())) {
      error(Code.TRAP, YamlTraps.ADDRESS);
    } else {
      error(Code.TYPE, "expected " + needed + ", found " + node.kind());
    }
  }
}

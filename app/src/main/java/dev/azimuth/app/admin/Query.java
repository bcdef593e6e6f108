package dev.azimuth.app.admin;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The part of a request's address behind the question mark. */
final class Query {
  private final Map<String, String> values;

  private Query(Map<String, String> values) {
    this.values = values;
  }

  /**
   * @param known every key there may be
   * @throws IllegalArgumentException when a key is unknown or given twice, or an escape is broken
   */
  static Query of(URI uri, Set<String> known) {
    var values = new HashMap<String, String>();
    String raw = uri.getRawQuery();
    if (raw != null && !raw.isEmpty()) {
      for (String pair : raw.split("&", -1)) {
        int equals = pair.indexOf('=');
        String key = decode(equals < 0 ? pair : pair.substring(0, equals));
        if (!known.contains(key)) {
          throw new IllegalArgumentException("unknown parameter " + key);
        }
        if (values.put(key, equals < 0 ? "" : decode(pair.substring(equals + 1))) != null) {
          throw new IllegalArgumentException("parameter " + key + " is given twice");
        }
      }
    }
    return new Query(values);
  }

  /** Whether it is there, empty or not. */
  boolean has(String key) {
    return values.containsKey(key);
  }

  /** The value; null when it is absent or empty. */
  @Nullable String get(String key) {
    String value = values.get(key);
    return value == null || value.isEmpty() ? null : value;
  }

  private static String decode(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }
}

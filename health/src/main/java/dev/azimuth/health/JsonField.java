package dev.azimuth.health;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonPointer;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.filter.FilteringParserDelegate;
import tools.jackson.core.filter.JsonPointerBasedFilter;
import tools.jackson.core.filter.TokenFilter.Inclusion;
import tools.jackson.core.json.JsonFactory;

/** Finds one value in a JSON document without reading on after it. */
final class JsonField {
  /** Far below what the limit on octets allows. */
  private static final int DEEPEST = 100;

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(DEEPEST).build())
          .build();

  private JsonField() {}

  /**
   * The first value at a pointer of RFC 6901.
   *
   * @return a text as it is, a number or literal as it is written; null when there is no such
   *     value, it is an object or array, or the document is none as far as it is read
   */
  static @Nullable String find(byte[] octets, int length, String pointer) {
    try (JsonParser all = JSON.createParser(ObjectReadContext.empty(), octets, 0, length);
        JsonParser found =
            new FilteringParserDelegate(
                all,
                new JsonPointerBasedFilter(JsonPointer.compile(pointer)),
                Inclusion.ONLY_INCLUDE_ALL,
                false)) {
      JsonToken token = found.nextToken();
      return token != null && token.isScalarValue() ? found.getString() : null;
    } catch (JacksonException e) {
      return null;
    }
  }
}

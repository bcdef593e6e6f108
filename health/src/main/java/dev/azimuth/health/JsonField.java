package dev.azimuth.health;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonPointer;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/** Finds one value in a JSON document (RFC 8259), which must be one as a whole. */
final class JsonField {
  /** Far below what the limit on octets allows. */
  private static final int DEEPEST = 100;

  /** Of two members of one name others may take either: a document with such says nothing. */
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(DEEPEST).build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  private JsonField() {}

  /**
   * The value at a pointer.
   *
   * @param pointer of RFC 6901; empty for the document itself
   * @return a text as it is, a number or literal as it is written; null when there is no such
   *     value, it is an object or array, or the octets are no document
   */
  static @Nullable String find(byte[] octets, int length, String pointer) {
    try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), octets, 0, length)) {
      json.nextToken();
      String found = value(json, JsonPointer.compile(pointer));
      return json.nextToken() == null ? found : null;
    } catch (JacksonException e) {
      return null;
    }
  }

  /**
   * Reads the present value to its end.
   *
   * @param at where in it what is looked for is; null for nowhere
   */
  private static @Nullable String value(JsonParser json, @Nullable JsonPointer at) {
    JsonToken token = json.currentToken();
    if (at == null || token == null) {
      json.skipChildren();
      return null;
    }
    if (token.isScalarValue()) {
      return at.matches() ? json.getString() : null;
    }
    String found = null;
    if (token == JsonToken.START_OBJECT) {
      while (json.nextToken() != JsonToken.END_OBJECT) {
        JsonPointer in = at.matchProperty(json.currentName());
        json.nextToken();
        String its = value(json, in);
        found = its == null ? found : its;
      }
    } else {
      for (int i = 0; json.nextToken() != JsonToken.END_ARRAY; i++) {
        String its = value(json, at.matchElement(i));
        found = its == null ? found : its;
      }
    }
    return found;
  }
}

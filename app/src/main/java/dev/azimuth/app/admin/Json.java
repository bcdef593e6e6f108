package dev.azimuth.app.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.cfg.MutableCoercionConfig;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.type.LogicalType;

/** JSON as the admin API speaks it: records in the order of their components, instants as text. */
public final class Json {
  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(16)
                          .maxNameLength(256)
                          .build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
          .enable(SerializationFeature.INDENT_OUTPUT)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .withCoercionConfig(LogicalType.Integer, Json::asItIs)
          .withCoercionConfig(LogicalType.Boolean, Json::asItIs)
          .withCoercionConfig(LogicalType.Textual, Json::asItIs)
          .changeDefaultPropertyInclusion(
              inclusion -> inclusion.withValueInclusion(JsonInclude.Include.NON_NULL))
          .build();

  private static final byte[] NO_MEMBERS = {'{', '}'};

  private Json() {}

  /** What is of another kind is not made to fit: half of a number would be gone unnoticed. */
  private static void asItIs(MutableCoercionConfig kind) {
    for (CoercionInputShape other :
        List.of(
            CoercionInputShape.Integer,
            CoercionInputShape.Float,
            CoercionInputShape.Boolean,
            CoercionInputShape.String,
            CoercionInputShape.EmptyString)) {
      kind.setCoercion(other, CoercionAction.Fail);
    }
  }

  /** Indented, in UTF-8; what is null is left out. */
  public static byte[] write(Object value) {
    return MAPPER.writeValueAsBytes(value);
  }

  /**
   * Reads what a node of any version wrote: unknown members are passed over.
   *
   * @throws JacksonException when the octets are not JSON of that type
   */
  public static <T> T read(byte[] json, Class<T> type) {
    return MAPPER
        .readerFor(type)
        .without(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
        .readValue(json);
  }

  /**
   * Reads what somebody asks for: unknown members are refused, so that nobody believes they had an
   * effect. Nothing at all is an object without members.
   *
   * @throws JacksonException when the octets are not JSON of that type
   * @throws IllegalArgumentException when they are {@code null}
   */
  static <T> T readStrict(byte[] json, Class<T> type) {
    @Nullable T value =
        MAPPER
            .readerFor(type)
            .with(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .readValue(json.length == 0 ? NO_MEMBERS : json);
    if (value == null) {
      throw new IllegalArgumentException("the body is one JSON object");
    }
    return value;
  }

  /** What is wrong with a body, for whoever sent it: nothing of how this program is made. */
  static String problem(JacksonException e) {
    return switch (e) {
      case UnrecognizedPropertyException unknown ->
          "the body has no member \"" + unknown.getPropertyName() + "\"";
      case MismatchedInputException whole when whole.getPath().isEmpty() ->
          "the body is one JSON object";
      case MismatchedInputException part ->
          "the member \"%s\" has a value of another kind"
              .formatted(part.getPath().getFirst().getPropertyName());
      case StreamConstraintsException beyond ->
          "the body is nested too deeply, or a name or value in it is too long";
      default ->
          "the body is one JSON object with each member once; see its line %d, column %d"
              .formatted(e.getLocation().getLineNr(), e.getLocation().getColumnNr());
    };
  }
}

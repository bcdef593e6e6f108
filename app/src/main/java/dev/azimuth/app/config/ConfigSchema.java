package dev.azimuth.app.config;

import java.util.List;
import java.util.regex.Pattern;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The configuration language as a JSON Schema, for editors. It is made from the declarations that
 * the loader reads by, and says all of them that a schema can say: not whether a name exists, a
 * file is there, or two values go together.
 */
public final class ConfigSchema {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final ObjectNode definitions = JSON.objectNode();

  private ConfigSchema() {}

  /** The schema (draft 2020-12), indented, ended by a line feed. */
  public static String json() {
    ConfigSchema made = new ConfigSchema();
    ObjectNode root = JSON.objectNode();
    root.put("$schema", "https://json-schema.org/draft/2020-12/schema");
    root.put("title", "Azimuth configuration");
    root.setAll(made.schema(Language.ROOT));
    root.set("$defs", made.definitions);
    return JsonMapper.builder()
            .build()
            .writerWithDefaultPrettyPrinter()
            .writeValueAsString(root)
            .replace("\r\n", "\n")
        + "\n";
  }

  private ObjectNode schema(Shape<?> shape) {
    return switch (shape) {
      case Shape.Scalar<?> scalar -> scalar(scalar);
      case Shape.Keyword<?> keyword -> keyword(keyword);
      case Shape.Reference reference -> schema(reference.name());
      case Shape.Ranged<?> ranged -> ranged(ranged);
      case Shape.Then<?, ?> then -> schema(then.of());
      case ListOf<?> list -> list(list);
      case MapOf<?> map -> map(map);
      case OneOf<?> oneOf -> oneOf(oneOf);
      case ObjectOf<?> object -> object(object);
    };
  }

  private static ObjectNode scalar(Shape.Scalar<?> scalar) {
    ObjectNode schema = JSON.objectNode();
    switch (scalar.kind()) {
      case TEXT, DOMAIN -> schema.put("type", "string").put("pattern", whole(scalar.pattern()));
      case INTEGER -> schema.put("type", "integer");
      case NUMBER -> schema.put("type", "number");
      case BOOLEAN -> schema.put("type", "boolean");
    }
    return schema;
  }

  private static String whole(Pattern pattern) {
    return "^(?:" + pattern.pattern() + ")$";
  }

  private static ObjectNode keyword(Shape.Keyword<?> keyword) {
    ObjectNode schema = JSON.objectNode();
    ArrayNode words = schema.putArray("enum");
    keyword.values().keySet().forEach(words::add);
    return schema;
  }

  private ObjectNode ranged(Shape.Ranged<?> ranged) {
    ObjectNode schema = schema(ranged.of());
    if (ranged.least() instanceof Integer least && ranged.most() instanceof Integer most) {
      schema.put("minimum", least).put("maximum", most);
    }
    return schema;
  }

  private ObjectNode list(ListOf<?> list) {
    ObjectNode array = JSON.objectNode().put("type", "array");
    array.set("items", schema(list.item()));
    array.put("minItems", list.least());
    if (list.most() != Integer.MAX_VALUE) {
      array.put("maxItems", list.most());
    }
    return list.alone() ? anyOf(List.of(schema(list.item()), array)) : array;
  }

  private ObjectNode map(MapOf<?> map) {
    ObjectNode schema = JSON.objectNode().put("type", "object");
    // Names are texts in JSON, whatever YAML takes them for.
    schema.set(
        "propertyNames",
        JSON.objectNode().put("type", "string").put("pattern", whole(map.key().pattern())));
    schema.set("additionalProperties", schema(map.value()));
    if (map.least() > 0) {
      schema.put("minProperties", map.least());
    }
    return schema;
  }

  private ObjectNode oneOf(OneOf<?> oneOf) {
    List<ObjectNode> forms = oneOf.forms().stream().map(this::schema).toList();
    return forms.size() == 1 ? forms.getFirst() : anyOf(forms);
  }

  private static ObjectNode anyOf(List<ObjectNode> forms) {
    ObjectNode schema = JSON.objectNode();
    ArrayNode any = schema.putArray("anyOf");
    forms.forEach(any::add);
    return schema;
  }

  /** A reference: each object is defined once. */
  private ObjectNode object(ObjectOf<?> object) {
    if (!definitions.has(object.name())) {
      definitions.putNull(object.name()); // keeps its place before those that it is made of
      definitions.set(object.name(), definition(object));
    }
    return JSON.objectNode().put("$ref", "#/$defs/" + object.name());
  }

  private ObjectNode definition(ObjectOf<?> object) {
    ObjectNode schema = JSON.objectNode().put("type", "object");
    schema.put("description", object.about());
    ObjectNode properties = schema.putObject("properties");
    ArrayNode required = JSON.arrayNode();
    for (Option<?> option : object.options()) {
      properties.set(option.name(), option(option));
      if (option.required()) {
        required.add(option.name());
      }
    }
    if (!required.isEmpty()) {
      schema.set("required", required);
    }
    schema.put("additionalProperties", false);
    if (!object.choices().isEmpty()) {
      ArrayNode all = schema.putArray("allOf");
      object.choices().forEach(choice -> all.add(exactlyOne(choice)));
    }
    return schema;
  }

  private ObjectNode option(Option<?> option) {
    ObjectNode schema = schema(option.shape());
    schema.put("description", option.about());
    Option.Fallback<?> fallback = option.fallback();
    if (fallback != null) {
      schema.set("default", Json.of(fallback.node()));
    }
    return schema;
  }

  private static ObjectNode exactlyOne(List<Option<?>> choice) {
    ObjectNode schema = JSON.objectNode();
    ArrayNode forms = schema.putArray("oneOf");
    for (Option<?> option : choice) {
      forms.addObject().putArray("required").add(option.name());
    }
    return schema;
  }
}

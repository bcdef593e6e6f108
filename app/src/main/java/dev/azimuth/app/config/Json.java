package dev.azimuth.app.config;

import java.math.BigDecimal;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** YAML as JSON, plain scalars read as YAML 1.2 reads them. */
final class Json {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private Json() {}

  static JsonNode of(Node node) {
    return switch (node) {
      case Node.Scalar scalar -> scalar(scalar);
      case Node.Sequence list -> {
        ArrayNode array = JSON.arrayNode();
        list.items().forEach(item -> array.add(of(item)));
        yield array;
      }
      case Node.Mapping mapping -> {
        ObjectNode object = JSON.objectNode();
        mapping.entries().forEach(entry -> object.set(entry.key().text(), of(entry.value())));
        yield object;
      }
    };
  }

  private static JsonNode scalar(Node.Scalar scalar) {
    String text = scalar.text();
    if (!scalar.plain()) {
      return JSON.stringNode(text);
    }
    if (text.matches("-?[0-9]{1,18}")) {
      return JSON.numberNode(Long.parseLong(text));
    }
    if (text.matches("-?[0-9]{1,15}\\.[0-9]{1,15}")) {
      return JSON.numberNode(new BigDecimal(text));
    }
    return switch (text) {
      case "", "~", "null" -> JSON.nullNode();
      case "true", "false" -> JSON.booleanNode(text.equals("true"));
      default -> JSON.stringNode(text);
    };
  }
}

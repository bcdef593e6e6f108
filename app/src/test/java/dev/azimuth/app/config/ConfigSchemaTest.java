package dev.azimuth.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The schema and the loader accept and reject the same files, as far as a schema can tell. */
class ConfigSchemaTest {
  /** Seen in one value alone, so that a schema sees them too. */
  private static final Set<Code> SCHEMA_SEES =
      Set.of(Code.UNKNOWN_KEY, Code.MISSING_KEY, Code.CHOICE, Code.TYPE);

  /** Never seen by a schema: they lie between values, or outside the file. */
  private static final Set<Code> SCHEMA_IS_BLIND_TO =
      Set.of(
          Code.REFERENCE,
          Code.FILE,
          Code.INCLUDE,
          Code.DUPLICATE_VALUE,
          Code.NO_EFFECT,
          Code.HOST_NEEDED,
          Code.PORT_NEEDED,
          Code.CATCH_ALL,
          Code.BALANCER_CIRCLE,
          Code.UNUSED,
          Code.CNAME_AT_APEX,
          Code.UNREACHABLE,
          Code.ADDRESS_KIND,
          Code.ALIAS_OF_OWN,
          Code.GEO,
          Code.UNKNOWN_PLACE,
          Code.EXPOSED,
          Code.WEIGHTS_IGNORED);

  private static final Schema SCHEMA =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
          .getSchema(ConfigSchema.json());

  static List<Path> all() {
    return Corpus.all();
  }

  @ParameterizedTest
  @MethodSource("all")
  void schemaAndLoaderAgree(Path file) {
    Problems problems = new Problems();
    Node root = Includes.read(file, problems).root();
    if (root == null || problems.failed()) {
      return; // no tree that a schema could judge
    }
    List<Error> errors = SCHEMA.validate(Json.of(root).toString(), InputFormat.JSON);
    List<Code> codes =
        ConfigLoader.load(file).problems().stream()
            .map(problem -> Code.valueOf(problem.code()))
            .toList();
    if (codes.stream().anyMatch(SCHEMA_SEES::contains)) {
      assertThat(errors).as("the schema rejects what the loader rejects: %s", codes).isNotEmpty();
    } else if (SCHEMA_IS_BLIND_TO.containsAll(codes)) {
      assertThat(errors).as("the schema accepts what the loader accepts").isEmpty();
    }
  }

  private static JsonNode definitions() {
    return JsonMapper.builder().build().readTree(ConfigSchema.json()).get("$defs");
  }

  @Test
  void onlyDeclaredKeysAreAllowed() {
    JsonNode root = definitions().get("configuration");
    assertThat(root.get("properties").propertyNames())
        .containsExactly(
            "include",
            "defaults",
            "server",
            "geo",
            "views",
            "health",
            "checks",
            "pools",
            "routes",
            "zones",
            "balancers");
    for (JsonNode object : definitions()) {
      assertThat(object.get("additionalProperties").asBoolean()).isFalse();
    }
  }

  @Test
  void everyOptionHasADescription() {
    assertThat(definitions()).hasSizeGreaterThan(10);
    for (JsonNode object : definitions()) {
      assertThat(object.get("description").asString()).isNotBlank();
      for (JsonNode option : object.get("properties")) {
        assertThat(option.path("description").asString()).isNotBlank();
      }
    }
  }

  @Test
  void defaultsStandInTheSchema() {
    JsonNode server = definitions().at("/server/properties");
    assertThat(server.at("/listen/default").toString()).isEqualTo("[\"0.0.0.0:53\",\"[::]:53\"]");
    assertThat(definitions().at("/defaults/properties/min_up/default").asString()).isEqualTo("50%");
    assertThat(definitions().at("/check/properties/rise/default").asInt()).isEqualTo(2);
  }
}

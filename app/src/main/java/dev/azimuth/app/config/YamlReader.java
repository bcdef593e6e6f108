package dev.azimuth.app.config;

import dev.azimuth.app.config.Node.Entry;
import dev.azimuth.app.config.Node.Mapping;
import dev.azimuth.app.config.Node.Scalar;
import dev.azimuth.app.config.Node.Sequence;
import dev.azimuth.app.config.Node.Style;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.dataformat.yaml.YAMLFactory;

/**
 * Reads the one document of a file. Strict: a duplicate key, an anchor, an alias, a tag or a second
 * document is a problem. The kind of a scalar is not decided here: the declarations know what each
 * place needs.
 */
final class YamlReader {
  static final int MAX_DEPTH = 64;

  /** Over all files of a configuration; a pool of ten backends has about a hundred. */
  static final int MAX_NODES = 4_000_000;

  /** The time to scan a long line grows with its length times its length by this. */
  private static final int BUFFER = 1 << 16;

  private static final TokenStreamFactory YAML =
      YAMLFactory.builder()
          .loadSettings(
              LoadSettings.builder()
                  .setBufferSize(BUFFER)
                  .setCodePointLimit(TextFile.MAX_CONFIGURATION)
                  .setAllowDuplicateKeys(true) // found here, all of them
                  .build())
          .build();

  private final Source source;
  private final Problems problems;
  private final JsonParser parser;
  private int nodes;

  private YamlReader(Source source, Problems problems, JsonParser parser) {
    this.source = source;
    this.problems = problems;
    this.parser = parser;
  }

  /**
   * @param root null when the file is empty, or when it is no valid YAML, which is then a problem
   * @param nodes how many pieces were read
   */
  record Read(@Nullable Node root, int nodes) {}

  static Read read(Source source, Problems problems) {
    refuseOtherVersions(source, problems);
    try (JsonParser parser =
        YAML.createParser(ObjectReadContext.empty(), new WholeCharacters(source.text()))) {
      YamlReader reader = new YamlReader(source, problems, parser);
      try {
        return new Read(reader.document(), reader.nodes);
      } catch (Stop stop) {
        problems.error(stop.place, stop.code, "", stop.why, null);
        return new Read(null, reader.nodes);
      }
    } catch (JacksonException e) {
      syntaxError(source, problems, e);
      return new Read(null, 0);
    }
  }

  /** YAML 1.1 reads {@code yes}, {@code 010} and more in another way: a file that asks for it. */
  private static void refuseOtherVersions(Source source, Problems problems) {
    String all = source.text();
    int end;
    for (int at = 0; at < all.length(); at = end + 1) {
      int found = all.indexOf('\n', at);
      end = found < 0 ? all.length() : found;
      String line = all.substring(at, end);
      String text = line.strip();
      boolean directive = line.startsWith("%");
      if (!directive && !text.isEmpty() && !text.startsWith("#")) {
        return; // directives come first (YAML 1.2 section 6.8)
      }
      if (text.startsWith("%YAML") && !text.matches("%YAML[ \t]+1\\.2([ \t].*)?")) {
        problems.error(
            source.place(at),
            Code.YAML_FEATURE,
            "",
            "files are read as YAML 1.2: leave the line out, or write %YAML 1.2",
            null);
      }
    }
  }

  private @Nullable Node document() throws Stop {
    JsonToken first = parser.nextToken();
    if (first == null) {
      return null;
    }
    Node root = node(first, 1);
    if (parser.nextToken() != null) {
      throw new Stop(place(), Code.YAML_FEATURE, "a file holds one document only");
    }
    return root;
  }

  private Node node(JsonToken token, int depth) throws Stop {
    Place place = place();
    if (depth > MAX_DEPTH) {
      throw new Stop(place, Code.LIMIT, "nested deeper than " + MAX_DEPTH + " levels");
    }
    if (++nodes > MAX_NODES) {
      throw new Stop(place, Code.LIMIT, "more than " + MAX_NODES + " values");
    }
    return switch (token) {
      case START_OBJECT -> mapping(place, depth);
      case START_ARRAY -> sequence(place, depth);
      case PROPERTY_NAME,
          VALUE_STRING,
          VALUE_NUMBER_INT,
          VALUE_NUMBER_FLOAT,
          VALUE_TRUE,
          VALUE_FALSE,
          VALUE_NULL ->
          scalar(token, place);
      case NOT_AVAILABLE, END_OBJECT, END_ARRAY, VALUE_EMBEDDED_OBJECT ->
          throw new Stop(place, Code.YAML, "a value is missing");
    };
  }

  private Node mapping(Place place, int depth) throws Stop {
    refuseNames(place);
    List<Entry> entries = new ArrayList<>();
    Map<String, Place> seen = new HashMap<>();
    JsonToken token = next();
    while (token != JsonToken.END_OBJECT) {
      Scalar key = scalar(token, place());
      Node value = node(next(), depth + 1);
      Place before = seen.putIfAbsent(key.text(), key.place());
      if (before == null) {
        entries.add(new Entry(key, value));
      } else {
        problems.error(
            key.place(),
            Code.DUPLICATE_KEY,
            "",
            "the key \"%s\" stands in line %d already".formatted(key.text(), before.line()),
            null);
      }
      token = next();
    }
    return new Mapping(place, entries);
  }

  private Node sequence(Place place, int depth) throws Stop {
    refuseNames(place);
    List<Node> items = new ArrayList<>();
    for (JsonToken token = next(); token != JsonToken.END_ARRAY; token = next()) {
      items.add(node(token, depth + 1));
    }
    return new Sequence(place, items);
  }

  private Scalar scalar(JsonToken token, Place place) throws Stop {
    String rest = source.glimpse(place).rest();
    Style style =
        switch (rest.isEmpty() ? ' ' : rest.charAt(0)) {
          case '"', '\'' -> Style.QUOTED;
          case '|' -> Style.LITERAL;
          case '>' -> Style.FOLDED;
          case '&' -> throw new Stop(place, Code.YAML_FEATURE, "anchors are not used here");
          case '!' -> throw new Stop(place, Code.YAML_FEATURE, "tags are not used here");
          case '*' -> throw alias(place, rest);
          default -> Style.PLAIN;
        };
    if (token == JsonToken.VALUE_NULL) {
      return new Scalar(place, rest.startsWith("null") ? "null" : "", style);
    }
    return new Scalar(place, parser.getString(), style);
  }

  private static Stop alias(Place place, String rest) {
    return YamlTraps.isWildcardKey(rest)
        ? new Stop(place, Code.TRAP, YamlTraps.WILDCARD)
        : new Stop(place, Code.YAML_FEATURE, "aliases are not used here");
  }

  /** An anchor or a tag before a mapping or list. */
  private void refuseNames(Place place) throws Stop {
    if (parser.getObjectId() != null) {
      throw new Stop(place, Code.YAML_FEATURE, "anchors are not used here");
    }
    if (parser.getTypeId() != null) {
      throw new Stop(place, Code.YAML_FEATURE, "tags are not used here");
    }
  }

  private JsonToken next() throws Stop {
    JsonToken token = parser.nextToken();
    if (token == null) {
      throw new Stop(place(), Code.YAML, "the file ends too early");
    }
    return token;
  }

  private Place place() {
    return place(source, parser.currentTokenLocation());
  }

  private static Place place(Source source, @Nullable TokenStreamLocation at) {
    return at == null
        ? new Place(source.file(), 1, 1)
        : new Place(source.file(), Math.max(1, at.getLineNr()), Math.max(1, at.getColumnNr()));
  }

  private static Place place(Source source, Mark mark) {
    return new Place(source.file(), mark.getLine() + 1, mark.getColumn() + 1);
  }

  /** The parser below knows the place of an error better than the exception around it does. */
  private static void syntaxError(Source source, Problems problems, JacksonException e) {
    switch (e.getCause()) {
      case MarkedYamlEngineException marked when marked.getProblemMark().isPresent() ->
          markedError(source, problems, marked, place(source, marked.getProblemMark().get()));
      case ReaderException unreadable -> {
        int offset = Math.clamp(unreadable.getPosition(), 0, source.text().length());
        String message = "the character U+%04X is not allowed".formatted(unreadable.getCodePoint());
        problems.error(source.place(offset), Code.YAML, "", message, null);
      }
      case null, default -> {
        Place place = place(source, e.getLocation());
        String trap = YamlTraps.explain(source, place);
        String message = trap != null ? trap : String.valueOf(e.getOriginalMessage());
        problems.error(place, trap != null ? Code.TRAP : Code.YAML, "", message, null);
      }
    }
  }

  private static void markedError(
      Source source, Problems problems, MarkedYamlEngineException e, Place place) {
    Optional<Place> context = e.getContextMark().map(mark -> place(source, mark));
    String trap = YamlTraps.explain(source, place);
    Place at = place;
    if (trap == null && context.isPresent()) {
      at = context.get();
      trap = YamlTraps.explain(source, at);
    }
    if (trap != null) {
      problems.error(at, Code.TRAP, "", trap, null);
      return;
    }
    String doing = e.getContext();
    String message = doing == null ? e.getProblem() : doing + ": " + e.getProblem();
    problems.error(place, Code.YAML, "", message, null);
  }

  /** Reading cannot go on. */
  private static final class Stop extends Exception {
    private static final long serialVersionUID = 1L;
    private final transient Place place;
    private final Code code;
    private final String why;

    Stop(Place place, Code code, String why) {
      super(why, null, false, false);
      this.place = place;
      this.code = code;
      this.why = why;
    }
  }
}

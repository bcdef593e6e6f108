package dev.azimuth.app.config;

import static dev.azimuth.app.config.Option.optional;
import static dev.azimuth.app.config.Option.required;

import dev.azimuth.app.config.Shape.Keyword;
import dev.azimuth.app.config.Shape.Kind;
import dev.azimuth.app.config.Shape.Scalar;
import dev.azimuth.app.host.SecretFile;
import dev.azimuth.health.Check.Expected;
import dev.azimuth.health.Check.Header;
import dev.azimuth.health.Check.Request;
import dev.azimuth.health.Check.StatusRange;
import dev.azimuth.health.Content;
import dev.azimuth.health.Octets;
import dev.azimuth.health.Regex;
import dev.azimuth.health.Report;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The keys of checks over HTTP. */
final class HttpOptions {
  private static final Shape<StatusRange> STATUS =
      new OneOf<>(
          List.of(
              Notation.STATUS_RANGE,
              Notation.integer(100, 599).map(code -> new StatusRange(code, code))));

  private static final int MAX_SECRET = 4 << 10;

  private static final List<String> WITHOUT_BODY = List.of("GET", "HEAD");

  /** Fields that follow from the rest of the check. */
  private static final Set<String> OWN =
      Set.of(
          "connection",
          "content-length",
          "expect",
          "host",
          "keep-alive",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade");

  private static final Scalar<String> HEADER_NAME =
      new Scalar<>(
          "HEADER",
          Kind.TEXT,
          "the name of a header field such as X-Probe; host, and those that tell of the connection"
              + " or the length, are set by the check itself",
          "[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}",
          text -> OWN.contains(Notation.lower(text)) ? null : Notation.lower(text));

  private static final Scalar<String> HEADER_VALUE =
      new Scalar<>("HEADER_VALUE", Kind.TEXT, "printable US-ASCII", "[ -~]{1,1024}", String::strip);

  private static final Scalar<String> POINTER =
      new Scalar<>(
          "POINTER",
          Kind.TEXT,
          "a JSON pointer such as /status/health, or \"\" for the document itself",
          "(/[^\\u0000-\\u001f\\u007f]{0,255})?",
          text -> text.replace("~0", "").replace("~1", "").contains("~") ? null : text);

  static final Shape<Regex> REGEX =
      new Scalar<>(
              "REGEX",
              Kind.TEXT,
              "a regular expression in the syntax of RE2, not too large a one",
              "[^\\u0000-\\u001f\\u007f]{1," + Regex.LONGEST + "}",
              text -> text)
          .then(HttpOptions::regex);

  /**
   * @param file where it comes from; null where it stands in the configuration
   */
  private record Value(String text, @Nullable Path file) {}

  private static final Option<Value> VALUE_FILE =
      required(
          "file",
          Notation.PATH.then(HttpOptions::secret),
          "The file that holds the value, and nothing else. A changed file is taken up like a"
              + " changed configuration.");

  private static final Shape<Value> VALUE =
      new OneOf<>(
          List.of(
              HEADER_VALUE.map(text -> new Value(text, null)),
              ObjectOf.of(
                  "header_secret",
                  "The value of a header field that does not stand in the configuration itself.",
                  List.of(VALUE_FILE),
                  values -> values.get(VALUE_FILE))));

  static final Option<String> METHOD =
      optional("method", new Keyword<>(methods()), "The method. GET and HEAD have no `body`.")
          .byDefault("GET");

  private static final Option<Map<String, Value>> HEADERS =
      optional(
              "headers",
              new MapOf<>(HEADER_NAME, VALUE, 0),
              "More header fields. Secrets come from files: `Authorization: { file: … }`.")
          .byDefault("{}");

  static final Option<String> BODY =
      optional(
          "body",
          new Scalar<>("BODY", Kind.TEXT, "a text", "[\\s\\S]{1,4096}", 4096, text -> text),
          "What is sent after the head, in UTF-8.");

  static final Option<List<StatusRange>> EXPECT =
      optional("expect", new ListOf<>(STATUS, 1, 16, true), "The good status codes.")
          .byDefault("200-299");

  static final Option<String> CONTAINS =
      optional(
          "contains",
          Notation.LINE,
          "A text that the first 64 KiB of the body must have, in UTF-8.");

  static final Option<Regex> MATCHES =
      optional(
          "matches",
          REGEX,
          "An expression that must find something in the first 64 KiB of the body.");

  private static final Option<String> FIELD =
      required("field", POINTER, "Where the value stands (RFC 6901).");

  private static final Option<String> EQUALS =
      required(
          "equals",
          new OneOf<>(
              List.of(
                  Notation.BOOLEAN.map(String::valueOf),
                  Notation.INTEGER.map(String::valueOf),
                  Notation.LINE)),
          "The text, or the number or literal as the document writes it.");

  static final Option<Content.Json> JSON =
      optional(
          "json",
          ObjectOf.of(
              "json",
              "A value in a JSON document of at most 64 KiB.",
              List.of(FIELD, EQUALS),
              values -> new Content.Json(values.get(FIELD), values.get(EQUALS))),
          "A value that the body must have, which is JSON.");

  static final Option<Boolean> VERSION =
      optional(
              "version",
              new Scalar<>("HTTP_VERSION", Kind.NUMBER, "1.1 or 2", "1\\.1|2", "2"::equals),
              "The version of HTTP; 2 by ALPN over TLS, by prior knowledge without.")
          .byDefault("1.1");

  static final Option<Boolean> KEEP =
      optional(
              "keep",
              Notation.BOOLEAN,
              "Whether the connection is kept for the next probe, for 10 minutes at most.")
          .byDefault("false");

  static final Option<Report> WEIGHT =
      optional(
          "weight",
          report("weight_report", false, "What the backend says its weight is, 0 to 100 %."),
          "Where a good answer says how much of its weight the backend wants, 0 to 100 %; at 0 it"
              + " gets nothing.");

  static final Option<Report> LOAD =
      optional(
          "load",
          report("load_report", true, "What the backend says its load is, 0 to 100 %."),
          "Where a good answer says how busy the backend is, 0 to 100 %; the rest, at least 1 %, is"
              + " how much of its weight it gets.");

  static final List<Option<?>> ALL =
      List.of(METHOD, HEADERS, BODY, EXPECT, CONTAINS, MATCHES, JSON, VERSION, KEEP, WEIGHT, LOAD);

  private HttpOptions() {}

  private static Map<String, String> methods() {
    Map<String, String> methods = new LinkedHashMap<>();
    for (String method : List.of("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")) {
      methods.put(method, method);
    }
    return methods;
  }

  private static @Nullable Regex regex(String text, Site site) {
    try {
      return Regex.of(text);
    } catch (IllegalArgumentException e) {
      site.error(Code.VALUE, "not a regular expression of RE2: " + e.getMessage());
      return null;
    }
  }

  private static @Nullable Value secret(Path file, Site site) {
    site.reading().files().add(file);
    try {
      String text = TextFile.read(file, MAX_SECRET).strip();
      if (!HEADER_VALUE.pattern().matcher(text).matches()) {
        site.error(Code.VALUE, file + " does not hold printable US-ASCII alone");
        return null;
      }
      String exposed = SecretFile.exposed("the value", file);
      if (exposed != null) {
        site.warning(Code.EXPOSED, exposed, null);
      }
      return new Value(text, file);
    } catch (IOException e) {
      site.error(Code.FILE, "cannot read %s: %s".formatted(file, TextFile.reason(e)));
      return null;
    }
  }

  private static Shape<Report> report(String name, boolean load, String about) {
    Option<String> header =
        optional(
            "header",
            HEADER_NAME,
            "A header field: a number, perhaps with decimals or a per cent sign.");
    Option<String> json = optional("json", POINTER, "The same in a JSON body.");
    Function<ObjectOf.Values, @Nullable Report> meaning =
        values -> {
          String field = values.find(header);
          return new Report(
              load,
              field != null
                  ? new Report.Source.Header(field)
                  : new Report.Source.Json(Objects.requireNonNull(values.find(json))));
        };
    return ObjectOf.of(name, about, List.of(header, json), meaning).exactlyOne(header, json);
  }

  /** What is asked; null when that cannot work, which is told. */
  static @Nullable Request request(ObjectOf.Values values, String path, @Nullable String host) {
    String method = values.get(METHOD);
    String body = values.find(BODY);
    if (body != null && WITHOUT_BODY.contains(method)) {
      String message = "\"body\" has no effect beside method: " + method;
      values.site(BODY).error(Code.NO_EFFECT, message, "method: POST, or leave it out");
      return null;
    }
    List<Header> headers =
        values.get(HEADERS).entrySet().stream()
            .map(
                header ->
                    new Header(header.getKey(), header.getValue().text, header.getValue().file))
            .toList();
    return new Request(method, path, host, headers, body == null ? Octets.NONE : Octets.utf8(body));
  }

  /** Which answers are good; null when none can be, which is told. */
  static @Nullable Expected expected(ObjectOf.Values values) {
    List<Content> contents = new ArrayList<>();
    String contains = values.find(CONTAINS);
    if (contains != null) {
      contents.add(new Content.Contains(Octets.utf8(contains)));
    }
    Regex matches = values.find(MATCHES);
    if (matches != null) {
      contents.add(new Content.Matches(matches));
    }
    Content.Json json = values.find(JSON);
    if (json != null) {
      contents.add(json);
    }
    Report report = values.find(WEIGHT) == null ? values.find(LOAD) : values.find(WEIGHT);
    boolean body =
        !contents.isEmpty() || (report != null && report.source() instanceof Report.Source.Json);
    if (body && values.get(METHOD).equals("HEAD")) {
      values
          .site(METHOD)
          .error(Code.NO_EFFECT, "the answer to HEAD has no body to look at", "method: GET");
      return null;
    }
    return new Expected(values.get(EXPECT), contents);
  }
}

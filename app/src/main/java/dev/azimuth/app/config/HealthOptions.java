package dev.azimuth.app.config;

import static dev.azimuth.app.config.Option.optional;
import static dev.azimuth.app.config.Option.required;

import dev.azimuth.app.config.HealthConfig.Anchor;
import dev.azimuth.app.config.HealthConfig.Webhook;
import dev.azimuth.app.config.Shape.Kind;
import dev.azimuth.app.config.Shape.Scalar;
import dev.azimuth.steering.Addresses;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** The {@code health} part of the language. */
final class HealthOptions {
  private static final Shape<Anchor> ANCHOR =
      new OneOf<>(
          List.of(
              Notation.ENDPOINT
                  .checked((at, site) -> at.getPort() > 0, "no one listens on port 0")
                  .map(at -> new Anchor(at.getAddress(), OptionalInt.of(at.getPort()))),
              Notation.ADDRESS.map(address -> new Anchor(address, OptionalInt.empty()))));

  private static final Option<List<Anchor>> ANCHORS =
      optional(
              "anchors",
              new ListOf<>(ANCHOR, 0, 16, false).then(HealthOptions::anchors),
              "Hosts elsewhere that answer as long as this node's own network works, such as"
                  + " resolvers of other providers: addresses, or addresses with a port. Without a"
                  + " port 53 and 443 are tried; a connection that is refused is an answer too. When"
                  + " more than half of what is probed fails at once and fewer than half of these"
                  + " answer, the node doubts itself and holds its states. Needs at least 2.")
          .byDefault("[]");
  private static final Option<Integer> PER_TARGET =
      optional(
              "per_target",
              Notation.integer(1, 1000),
              "Probes of one address at the same time at most.")
          .byDefault("4");
  private static final Option<Integer> TOTAL =
      optional("total", Notation.integer(1, 100_000), "Probes at the same time at most, in all.")
          .byDefault("4000");

  private static final Scalar<URI> URL =
      new Scalar<>(
          "URL",
          Kind.TEXT,
          "a URL such as https://alerts.example.com/azimuth",
          "https?://[!-~]{1,2000}",
          HealthOptions::url);
  private static final Option<URI> WEBHOOK_URL =
      required("url", URL, "Where it is posted to. A redirect is not followed.");
  private static final Option<Path> SECRET_FILE =
      required("file", SecretPath.PATH, "The file that holds the secret, 16 to 1024 octets.");
  private static final Option<Path> SECRET =
      required(
          "secret",
          ObjectOf.of(
              "webhook secret",
              "A secret. It never stands in the configuration itself.",
              List.of(SECRET_FILE),
              values -> values.get(SECRET_FILE)),
          "With what each message is signed.");
  private static final Option<List<Webhook>> WEBHOOKS =
      optional(
              "webhooks",
              new ListOf<>(
                  ObjectOf.of(
                      "webhook",
                      "Someone who is told when the state of a backend or a pool changes:"
                          + " [health.md](health.md) has the message and how to verify it.",
                      List.of(WEBHOOK_URL, SECRET),
                      values -> new Webhook(values.get(WEBHOOK_URL), values.get(SECRET))),
                  0,
                  8,
                  false),
              "Who is told of changes.")
          .byDefault("[]");

  private static final Option<InetSocketAddress> BEATS_LISTEN =
      required(
          "listen",
          Notation.ENDPOINT,
          "Address and port, which backends can reach and others not.");
  private static final Option<Path> BEATS_FILE =
      required("file", SecretPath.PATH, "The file that holds the secret, at least 16 characters.");
  private static final Option<Path> BEATS_SECRET =
      required(
          "secret",
          ObjectOf.of(
              "heartbeat secret",
              "A secret. It never stands in the configuration itself.",
              List.of(BEATS_FILE),
              values -> values.get(BEATS_FILE)),
          "From what the token of each backend is made: `azimuth heartbeat-token` prints it.");
  private static final Option<HealthConfig.HeartbeatListener> HEARTBEATS =
      optional(
          "heartbeats",
          ObjectOf.of(
              "heartbeats",
              "A listener for the backends whose checks are heartbeats: HTTP, without TLS, so that"
                  + " it belongs into a network of your own.",
              List.of(BEATS_LISTEN, BEATS_SECRET),
              values ->
                  new HealthConfig.HeartbeatListener(
                      values.get(BEATS_LISTEN), values.get(BEATS_SECRET))),
          "Where backends say of themselves how they are. Without it nothing listens.");

  static final ObjectOf<HealthConfig> HEALTH =
      ObjectOf.of(
          "health",
          "What holds for all checks, and who is told what they find.",
          List.of(ANCHORS, PER_TARGET, TOTAL, WEBHOOKS, HEARTBEATS),
          values ->
              new HealthConfig(
                  values.get(ANCHORS),
                  values.get(PER_TARGET),
                  values.get(TOTAL),
                  values.get(WEBHOOKS),
                  values.find(HEARTBEATS)));

  private HealthOptions() {}

  private static @Nullable List<Anchor> anchors(List<Anchor> anchors, Site site) {
    if (new HashSet<>(anchors).size() < anchors.size()) {
      site.error(Code.DUPLICATE_VALUE, "an anchor is listed twice");
      return null;
    }
    if (anchors.size() == 1) {
      site.warning(
          Code.ONE_ANCHOR,
          "one anchor says too little: the node never doubts itself",
          "name at least 2");
    }
    return anchors;
  }

  private static @Nullable URI url(String text) {
    try {
      URI url = new URI(text);
      return url.getHost() == null || url.getRawUserInfo() != null || url.getFragment() != null
          ? null
          : url;
    } catch (URISyntaxException e) {
      return null;
    }
  }

  /** The long form. */
  static Map<String, Object> expand(HealthConfig health) {
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("anchors", health.anchors().stream().map(HealthOptions::expand).toList());
    out.put("per_target", health.perTarget());
    out.put("total", health.total());
    out.put("webhooks", health.webhooks().stream().map(HealthOptions::expand).toList());
    HealthConfig.HeartbeatListener heartbeats = health.heartbeats();
    if (heartbeats != null) {
      Map<String, Object> listener = new LinkedHashMap<>();
      listener.put("listen", ExpandedForm.endpoint(heartbeats.listen()));
      listener.put("secret", Map.of("file", heartbeats.secret().toString()));
      out.put("heartbeats", listener);
    }
    return out;
  }

  private static String expand(Anchor anchor) {
    return anchor.port().isEmpty()
        ? Addresses.text(anchor.address())
        : ExpandedForm.endpoint(new InetSocketAddress(anchor.address(), anchor.port().getAsInt()));
  }

  private static Map<String, Object> expand(Webhook webhook) {
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("url", webhook.url().toString());
    out.put("secret", Map.of("file", webhook.secret().toString()));
    return out;
  }
}

package dev.azimuth.app.cli;

import dev.azimuth.app.admin.Json;
import dev.azimuth.app.admin.Messages;
import dev.azimuth.app.admin.Token;
import dev.azimuth.app.host.IoWords;
import dev.azimuth.app.node.BackendDetail;
import dev.azimuth.app.node.Node;
import dev.azimuth.app.node.Status;
import dev.azimuth.app.orders.Preview;
import dev.azimuth.steering.Explanation;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/** A running node, asked over its admin listener. */
final class AdminClient {
  private static final Duration CONNECT = Duration.ofSeconds(3);
  private static final Duration ANSWER = Duration.ofSeconds(30);
  private static final int ATTEMPTS = 5;
  private static final Duration RETRY = Duration.ofMillis(100);
  private static final String NO_TOKEN =
      "this needs the node's token: give --token-file FILE or AZIMUTH_TOKEN_FILE; the node keeps it"
          + " in STATE_DIR/token unless its server.admin.token names another file";
  private static final String WRONG_TOKEN = "this token is not the node's; see --token-file";

  private final URI address;
  private final @Nullable Path tokenFile;

  /**
   * @param tokenFile null when none is known, which is enough to read from a loopback listener
   */
  AdminClient(URI address, @Nullable Path tokenFile) {
    this.address = address;
    this.tokenFile = tokenFile;
  }

  Status status() throws NotReachable, Node.Refused {
    return read("/status", Status.class);
  }

  BackendDetail backend(String name) throws NotReachable, Node.Refused {
    return read(
        "/status?backend=" + URLEncoder.encode(name, StandardCharsets.UTF_8), BackendDetail.class);
  }

  Explanation explain(Engine.Question question) throws NotReachable, Node.Refused {
    var path = new StringBuilder("/explain?type=").append(question.v4() ? "A" : "AAAA");
    append(path, "name", question.name());
    append(path, "client", question.client());
    append(path, "ecs", question.subnet());
    return read(path.toString(), Explanation.class);
  }

  /**
   * Asks for a change.
   *
   * @return what was done, a line each
   */
  List<String> change(String path, Object body) throws NotReachable, Node.Refused {
    return post(path, body, Messages.Done.class).done();
  }

  /** Asks what an order would do; the body says that it is a dry run. */
  Preview preview(String path, Messages.Order body) throws NotReachable, Node.Refused {
    return post(path, body, Preview.class);
  }

  List<Status.OverrideStatus> overrides() throws NotReachable, Node.Refused {
    return read("/overrides", Messages.Overrides.class).overrides();
  }

  private <T> T post(String path, Object body, Class<T> type) throws NotReachable, Node.Refused {
    if (tokenFile == null) {
      throw new Node.Refused(NO_TOKEN);
    }
    HttpRequest.Builder request =
        HttpRequest.newBuilder(address.resolve(path))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(Json.write(body)));
    return send(authorized(request, tokenFile), type);
  }

  private <T> T read(String path, Class<T> type) throws NotReachable, Node.Refused {
    HttpRequest.Builder request = HttpRequest.newBuilder(address.resolve(path)).GET();
    return send(
        tokenFile != null && Files.isReadable(tokenFile) ? authorized(request, tokenFile) : request,
        type);
  }

  private <T> T send(HttpRequest.Builder builder, Class<T> type) throws NotReachable, Node.Refused {
    HttpRequest request = builder.timeout(ANSWER).build();
    try (HttpClient client = HttpClient.newBuilder().connectTimeout(CONNECT).build()) {
      HttpResponse<byte[]> response = send(client, request);
      if (response.statusCode() == 200) {
        return Json.read(response.body(), type);
      }
      String error = Json.read(response.body(), Messages.Failure.class).error();
      throw switch (response.statusCode()) {
        case 401 -> new Node.Refused(authorized(request) ? WRONG_TOKEN : NO_TOKEN);
        case 400 -> new Node.Refused(error, Node.Refused.Kind.QUESTION);
        case 422 -> new Node.Refused(error, Node.Refused.Kind.CONFIGURATION);
        default -> new Node.Refused(error);
      };
    } catch (JacksonException e) {
      throw new NotReachable("%s answers, but not as an Azimuth node".formatted(address), e);
    } catch (IOException e) {
      throw new NotReachable(
          """
          no node answers at %s (%s)
          Is it running? Another address is given by --admin URL, AZIMUTH_ADMIN or --config FILE."""
              .formatted(address, IoWords.of(e)),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new NotReachable("interrupted", e);
    }
  }

  /** While a process takes over from another, for a moment neither has the admin listener. */
  private static HttpResponse<byte[]> send(HttpClient client, HttpRequest request)
      throws IOException, InterruptedException {
    for (int attempt = 1; ; attempt++) {
      try {
        return client.send(request, HttpResponse.BodyHandlers.ofByteArray());
      } catch (ConnectException e) {
        if (attempt == ATTEMPTS) {
          throw e;
        }
        Thread.sleep(RETRY);
      }
    }
  }

  private static HttpRequest.Builder authorized(HttpRequest.Builder request, Path tokenFile)
      throws Node.Refused {
    return request.header("Authorization", "Bearer " + token(tokenFile));
  }

  private static boolean authorized(HttpRequest request) {
    return request.headers().firstValue("Authorization").isPresent();
  }

  private static String token(Path file) throws Node.Refused {
    try {
      return new Token(file).read();
    } catch (IOException e) {
      throw new Node.Refused("the token in %s cannot be read: %s".formatted(file, IoWords.of(e)));
    }
  }

  private static void append(StringBuilder path, String key, @Nullable String value) {
    if (value != null) {
      path.append('&').append(key).append('=');
      path.append(URLEncoder.encode(value, StandardCharsets.UTF_8));
    }
  }

  /** Nothing that answers like a node is at the address. */
  static final class NotReachable extends Exception {
    private static final long serialVersionUID = 1L;

    NotReachable(String message, Throwable cause) {
      super(message, cause);
    }
  }
}

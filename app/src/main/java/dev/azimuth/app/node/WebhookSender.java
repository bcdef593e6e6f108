package dev.azimuth.app.node;

import dev.azimuth.app.admin.Json;
import dev.azimuth.app.config.HealthConfig.Webhook;
import dev.azimuth.zones.RegularFile;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Posts changes to one webhook on a thread of its own, one message at a time and in their order. A
 * message that is not taken is tried again, ever later; while it waits, others wait behind it, and
 * what comes when too many wait is dropped.
 */
final class WebhookSender implements AutoCloseable {
  static final String SIGNATURE = "Azimuth-Signature";

  /** How many changes may wait. */
  static final int MOST_WAITING = 10_000;

  /** How many changes one message has at most. */
  static final int MOST_TOGETHER = 100;

  /** How often one message is tried. */
  static final int TRIES = 8;

  private static final Logger LOG = LoggerFactory.getLogger("azimuth");
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration ANSWER = Duration.ofSeconds(10);
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final int SHORTEST_SECRET = 16;
  private static final int LONGEST_SECRET = 1024;

  private final Webhook hook;
  private final String node;
  private final String userAgent;
  private final InstantSource wall;
  private final Pause pause;
  private final WebhookTally tally;
  private final BlockingQueue<StateChange> waiting = new LinkedBlockingQueue<>(MOST_WAITING);
  private final HttpClient client;
  private final Thread thread;

  /** Waits for a while. */
  @FunctionalInterface
  interface Pause {
    void of(Duration length) throws InterruptedException;
  }

  /** One message. */
  private record Message(String id, Instant at, String node, List<StateChange> changes) {}

  /**
   * @param node what this node is called
   * @param userAgent as which it sends
   * @param wall the time of day as the machine has it now: others compare it with theirs
   */
  WebhookSender(
      Webhook hook,
      String node,
      String userAgent,
      InstantSource wall,
      Pause pause,
      WebhookTally tally) {
    this.hook = hook;
    this.node = node;
    this.userAgent = userAgent;
    this.wall = wall;
    this.pause = pause;
    this.tally = tally;
    client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1) // an upgrade confuses small servers
            .connectTimeout(CONNECT)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
    thread = Thread.ofVirtual().name("webhook").start(this::run);
  }

  /** Takes changes; never waits. */
  void tell(List<StateChange> changes) {
    for (StateChange change : changes) {
      if (!waiting.offer(change)) {
        tally.dropped(1);
      }
    }
  }

  private void run() {
    try {
      while (true) {
        List<StateChange> together = new ArrayList<>();
        together.add(waiting.take());
        waiting.drainTo(together, MOST_TOGETHER - 1);
        deliver(together);
      }
    } catch (InterruptedException e) {
      // It is closed; what waits is not wanted any more.
    }
  }

  private void deliver(List<StateChange> changes) throws InterruptedException {
    Message message =
        new Message(
            UUID.randomUUID().toString(),
            wall.instant().truncatedTo(ChronoUnit.MILLIS),
            node,
            changes);
    byte[] body = Json.write(message);
    Duration wait = FIRST_PAUSE;
    for (int tries = 1; ; tries++) {
      String trouble = post(body);
      if (trouble == null) {
        tally.sent(changes.size());
        return;
      }
      if (tries == TRIES) {
        tally.failed(changes.size());
        LOG.warn("{} changes cannot be told to {}: {}", changes.size(), shown(), trouble);
        return;
      }
      tally.retried();
      pause.of(wait);
      wait = wait.multipliedBy(2);
    }
  }

  /** What is logged of the URL: others may take its path and query for a secret. */
  private String shown() {
    return hook.url().getScheme() + "://" + hook.url().getHost();
  }

  /** Tries once; null when it was taken, else why not. */
  private @Nullable String post(byte[] body) throws InterruptedException {
    CompletableFuture<HttpResponse<Void>> answer = null;
    try {
      long at = wall.instant().getEpochSecond();
      HttpRequest request =
          HttpRequest.newBuilder(hook.url())
              .timeout(ANSWER)
              .header("Content-Type", "application/json")
              .header("User-Agent", userAgent)
              .header(SIGNATURE, "t=" + at + ",v1=" + signature(secret(), at, body))
              .POST(BodyPublishers.ofByteArray(body))
              .build();
      answer = client.sendAsync(request, BodyHandlers.discarding());
      int status = answer.get(ANSWER.toMillis(), TimeUnit.MILLISECONDS).statusCode();
      return status / 100 == 2 ? null : "status " + status;
    } catch (IOException | GeneralSecurityException e) {
      return e.getClass().getSimpleName();
    } catch (ExecutionException e) {
      return String.valueOf(e.getCause());
    } catch (TimeoutException e) {
      return "no whole answer";
    } finally {
      if (answer != null) {
        answer.cancel(true);
      }
    }
  }

  /** Read anew for each message, so that it can be replaced. */
  private byte[] secret() throws IOException {
    byte[] octets;
    try (var in = RegularFile.open(hook.secret())) {
      octets = in.readNBytes(LONGEST_SECRET + 2);
    }
    int length = octets.length;
    while (length > 0 && (octets[length - 1] == '\n' || octets[length - 1] == '\r')) {
      length--;
    }
    if (length < SHORTEST_SECRET || length > LONGEST_SECRET) {
      throw new IOException("the secret has not 16 to 1024 octets");
    }
    return Arrays.copyOf(octets, length);
  }

  /** HMAC-SHA256 over the seconds, a dot and the body; in hexadecimal digits. */
  static String signature(byte[] secret, long seconds, byte[] body)
      throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(secret, "HmacSHA256"));
    mac.update((seconds + ".").getBytes(StandardCharsets.US_ASCII));
    return HexFormat.of().formatHex(mac.doFinal(body));
  }

  /** Ends the thread. What waits is not sent any more. */
  @Override
  public void close() {
    thread.interrupt();
    client.shutdownNow();
  }
}

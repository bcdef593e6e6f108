package dev.azimuth.app.config;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What holds for all checks.
 *
 * @param anchors who answers as long as this node's network works; fewer than 2 for no doubts
 * @param perTarget probes of one address at the same time at most
 * @param total probes at the same time at most
 * @param heartbeats where backends say how they are; null for nowhere
 */
public record HealthConfig(
    List<Anchor> anchors,
    int perTarget,
    int total,
    List<Webhook> webhooks,
    @Nullable HeartbeatListener heartbeats) {

  /**
   * One of the anchors.
   *
   * @param port empty for 53 and 443
   */
  public record Anchor(InetAddress address, OptionalInt port) {}

  /**
   * Who is told of changes.
   *
   * @param secret the file that holds it
   */
  public record Webhook(URI url, Path secret) {}

  /**
   * Where backends say how they are.
   *
   * @param secret the file with the secret from which their tokens are made
   */
  public record HeartbeatListener(InetSocketAddress listen, Path secret) {}

  /** Whether the node may doubt itself. */
  public boolean doubts() {
    return anchors.size() >= 2;
  }
}

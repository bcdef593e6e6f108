package dev.azimuth.app.config;

import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;

/**
 * What holds for all checks.
 *
 * @param anchors who answers as long as this node's network works; fewer than 2 for no doubts
 * @param perTarget probes of one address at the same time at most
 * @param total probes at the same time at most
 */
public record HealthConfig(List<Anchor> anchors, int perTarget, int total, List<Webhook> webhooks) {

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

  /** Whether the node may doubt itself. */
  public boolean doubts() {
    return anchors.size() >= 2;
  }
}

package dev.azimuth.app.node;

import dev.azimuth.app.admin.HeartbeatServer;
import dev.azimuth.app.admin.HeartbeatTally;
import dev.azimuth.app.admin.HeartbeatToken;
import dev.azimuth.app.config.HealthConfig.HeartbeatListener;
import dev.azimuth.app.metrics.HeartbeatCounts;
import dev.azimuth.health.Heartbeats;
import dev.azimuth.steering.Addresses;
import java.io.IOException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The listener for heartbeats as the configuration in force wants it, while this process is the one
 * that listens. Safe for use by several threads.
 */
final class HeartbeatDoor implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("azimuth");

  private final Heartbeats heartbeats;
  private final LongSupplier clock;
  private @Nullable HeartbeatListener wanted;
  private @Nullable HeartbeatServer server;
  private boolean open;
  private final HeartbeatTally tally = new HeartbeatTally();

  /**
   * @param clock the steady clock, in milliseconds
   * @param wanted null for no listener
   */
  HeartbeatDoor(Heartbeats heartbeats, LongSupplier clock, @Nullable HeartbeatListener wanted) {
    this.heartbeats = heartbeats;
    this.clock = clock;
    this.wanted = wanted;
  }

  /**
   * Listens from now on, where that is wanted.
   *
   * @throws java.net.BindException while the address is not free
   */
  synchronized void open() throws IOException {
    if (wanted != null) {
      server = listen(wanted);
    }
    open = true;
  }

  /** Another configuration is in force. What cannot be opened leaves the listener as it was. */
  synchronized void adopt(@Nullable HeartbeatListener next) {
    HeartbeatListener before = wanted;
    wanted = next;
    if (!open || (before == null ? next == null : before.equals(next))) {
      return;
    }
    try {
      if (server != null
          && before != null
          && next != null
          && next.listen().equals(before.listen())) {
        server.trust(new HeartbeatToken(next.secret()));
      } else {
        HeartbeatServer opened = next == null ? null : listen(next);
        closeServer();
        server = opened;
      }
    } catch (IOException e) {
      wanted = before;
      LOG.error("heartbeats are taken as before, another listener cannot be had: {}", e.toString());
    }
  }

  private HeartbeatServer listen(HeartbeatListener at) throws IOException {
    HeartbeatServer opened =
        HeartbeatServer.open(
            at.listen(), new HeartbeatToken(at.secret()), heartbeats, clock, tally);
    LOG.info("heartbeats http://{}", Addresses.text(opened.address()));
    return opened;
  }

  private void closeServer() {
    if (server != null) {
      server.close();
      server = null;
    }
  }

  /** Connections that were refused since the process began. */
  HeartbeatCounts counts() {
    return tally.counts();
  }

  /** Listens no more, until it is opened again. */
  synchronized void shut() {
    open = false;
    closeServer();
  }

  @Override
  public void close() {
    shut();
  }
}

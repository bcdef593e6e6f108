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
  private final HeartbeatTally tally = new HeartbeatTally();
  private @Nullable HeartbeatListener wanted; // guarded by this, as is all below
  private @Nullable HeartbeatServer server;

  /** Open for a configuration that is not in force yet; null while there is none. */
  private @Nullable HeartbeatServer prepared;

  private boolean open;

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
   * @throws dev.azimuth.net.BindFailure while the address is not free
   */
  synchronized void open() throws IOException {
    if (wanted != null) {
      server = listen(wanted);
    }
    open = true;
  }

  /**
   * Opens what another configuration listens on, unless it is open, and takes heartbeats there from
   * now on: those of its new backends are to come before it is in force.
   *
   * @throws IOException when the address cannot be had: nothing has changed then
   */
  synchronized void prepare(HeartbeatListener next) throws IOException {
    discard();
    if (open && (wanted == null || !next.listen().equals(wanted.listen()))) {
      prepared = listen(next);
    }
  }

  /** What was prepared is not wanted after all. */
  synchronized void discard() {
    if (prepared != null) {
      prepared.close();
      prepared = null;
      silence();
    }
  }

  /**
   * Another configuration is in force, and was prepared.
   *
   * @param next null for no listener
   */
  synchronized void adopt(@Nullable HeartbeatListener next) {
    if (prepared != null || next == null) {
      closeServer();
      server = prepared;
      prepared = null;
      silence();
    } else if (server != null && !next.equals(wanted)) {
      server.trust(new HeartbeatToken(next.secret()));
    }
    wanted = next;
  }

  private HeartbeatServer listen(HeartbeatListener at) throws IOException {
    HeartbeatServer opened =
        HeartbeatServer.open(
            at.listen(), new HeartbeatToken(at.secret()), heartbeats, clock, tally);
    heartbeats.listen(clock.getAsLong());
    LOG.info("heartbeats http://{}", Addresses.text(opened.address()));
    return opened;
  }

  /** Nobody can be heard where no listener is left. */
  private void silence() {
    if (server == null && prepared == null) {
      heartbeats.shut(clock.getAsLong());
    }
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
    discard();
    closeServer();
    silence();
  }

  @Override
  public void close() {
    shut();
  }
}

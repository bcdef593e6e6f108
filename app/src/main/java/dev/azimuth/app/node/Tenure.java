package dev.azimuth.app.node;

import dev.azimuth.app.admin.AdminServer;
import dev.azimuth.app.admin.Scrape;
import dev.azimuth.app.admin.Token;
import dev.azimuth.app.config.ServerConfig;
import dev.azimuth.app.host.StateLock;
import dev.azimuth.steering.Addresses;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What only the one node of a state directory has, and what goes from one process to the next in a
 * take-over: the lock, the right to write the files, the listeners over HTTP. Safe for use by
 * several threads.
 */
final class Tenure implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("azimuth");

  /** The process before has closed its listeners, but the JDK may take a moment over it. */
  private static final long FREED_NANOS = TimeUnit.SECONDS.toNanos(2);

  private static final int ADMIN_RETRY_MILLIS = 5;

  private final Path stateDir;
  private final ServerConfig.@Nullable Admin wanted;
  private final Keeper keeper;
  private final Node node;
  private final Scrape scrape;
  private final HeartbeatDoor heartbeats;
  private @Nullable InetSocketAddress address; // once there was one: any free port is found once
  private @Nullable StateLock lock;
  private @Nullable AdminServer admin;
  private volatile @Nullable Token token;

  /**
   * @param keeper which writes only while this process has the tenure
   * @param node what the admin listener asks
   * @param heartbeats open while this process has the tenure
   */
  Tenure(ServerConfig options, Keeper keeper, Node node, Scrape scrape, HeartbeatDoor heartbeats) {
    this.heartbeats = heartbeats;
    this.stateDir = options.stateDir();
    this.wanted = options.admin();
    this.keeper = keeper;
    this.node = node;
    this.scrape = scrape;
  }

  /**
   * Begins.
   *
   * @param taken of the state directory; closed with the tenure, also when this fails
   * @param after whether another process has had the listeners until now
   * @throws IOException when a listener cannot be had
   */
  synchronized void begin(StateLock taken, boolean after) throws IOException {
    lock = taken;
    long until = after ? System.nanoTime() + FREED_NANOS : System.nanoTime();
    if (wanted != null) {
      admin = admin(wanted, until);
      address = admin.address();
      LOG.info("admin http://{}", Addresses.text(address));
    }
    onceFree(
        () -> {
          heartbeats.open();
          return heartbeats;
        },
        until);
    keeper.resume();
  }

  /** Opens a listener. */
  interface Opening<T> {
    /**
     * @throws BindException while its address is not free
     */
    T open() throws IOException;
  }

  /** What protects the admin listener; null while there is none. */
  @Nullable Token token() {
    return token;
  }

  private AdminServer admin(ServerConfig.Admin options, long until) throws IOException {
    Path tokenFile = options.tokenFile();
    Token secret =
        tokenFile != null ? new Token(tokenFile) : Token.inStateDir(stateDir, new SecureRandom());
    token = secret;
    String trouble = secret.trouble();
    if (trouble != null) {
      LOG.warn("{}", trouble);
    }
    InetSocketAddress listen = address != null ? address : options.listen();
    return onceFree(() -> AdminServer.open(listen, secret, node, scrape), until);
  }

  private static <T> T onceFree(Opening<T> opening, long until) throws IOException {
    while (true) {
      try {
        return opening.open();
      } catch (BindException e) {
        if (System.nanoTime() - until >= 0) {
          throw e;
        }
        pause();
      }
    }
  }

  private static void pause() throws IOException {
    try {
      Thread.sleep(ADMIN_RETRY_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /**
   * Leaves everything to another process: what is known is on disk, and nothing more is written.
   */
  synchronized void release() throws IOException {
    try {
      keeper.hold();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    closeListeners();
    if (lock != null) {
      lock.close();
      lock = null;
    }
  }

  /** Takes everything back; false when another process has it by now. */
  synchronized boolean takeBack() {
    try {
      begin(StateLock.take(stateDir, ProcessHandle.current().pid(), Instant.now()), true);
    } catch (StateLock.Held e) {
      return false;
    } catch (IOException e) {
      // Without the lock file or the admin listener it is the node all the same.
      LOG.error(
          "not everything could be had again after a take-over that failed: {}", e.toString());
      keeper.resume();
    }
    return true;
  }

  private void closeListeners() {
    if (admin != null) {
      admin.close();
      admin = null;
    }
    heartbeats.shut();
  }

  /**
   * Ends, for good. The keeper has written for the last time before.
   *
   * <p>Once is enough; after {@link #release} there is nothing left to end.
   */
  @Override
  public synchronized void close() {
    closeListeners();
    if (lock != null) {
      try {
        lock.close();
      } catch (IOException e) {
        LOG.warn("the lock of the state directory could not be given back: {}", e.toString());
      }
      lock = null;
    }
  }
}

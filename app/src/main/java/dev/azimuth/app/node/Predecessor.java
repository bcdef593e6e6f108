package dev.azimuth.app.node;

import dev.azimuth.app.host.Printable;
import dev.azimuth.balancer.Listen;
import dev.azimuth.net.Descriptor;
import dev.azimuth.net.LocalConnection;
import dev.azimuth.net.LocalListener;
import dev.azimuth.net.LocalMessage;
import dev.azimuth.resolver.HandedListener;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits, on a thread of its own, for a process that wants to take over, and hands everything over
 * to it: the side of {@link TakeOver} of the node that runs. One take-over at a time.
 */
final class Predecessor implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("azimuth");

  /** How often the thread looks whether it is to end. */
  private static final int LOOK_MILLIS = 500;

  /** The pause after a fault, so that one that stays does not fill the log. */
  private static final int FAULT_MILLIS = 30_000;

  private static final int HELLO_MILLIS = 2_000;

  /** Longer than the deadline for verdicts and a large configuration take. */
  private static final int READY_MILLIS = 60_000;

  private static final int SERVING_MILLIS = 15_000;

  private final LocalListener listener;
  private final Estate estate;
  private volatile boolean closed;

  private Predecessor(LocalListener listener, Estate estate) {
    this.listener = listener;
    this.estate = estate;
  }

  /** What is handed over, step by step. Each is called on the one thread, in this order. */
  interface Estate {
    /**
     * Writes what is known and takes no changes from now on.
     *
     * @return second descriptors of every socket
     * @throws IOException when they cannot be had
     */
    List<HandedListener> prepare() throws IOException;

    /** The same of balancers' sockets, once prepared. */
    List<BalancerPorts.Handed> balancerPorts() throws IOException;

    /** Takes changes again; nothing has come of it. */
    void resume();

    /** Leaves the state directory and the admin listener to the successor. Queries are answered. */
    void release() throws IOException;

    /**
     * Takes them back.
     *
     * @return false when the successor has them: it is the node now
     */
    boolean takeBack();

    /** Leaves the queries as well, and ends the node. */
    void retire();
  }

  /**
   * Waits for a successor from now on.
   *
   * @throws IOException when there can be no socket in the state directory
   */
  static Predecessor open(Path stateDir, Estate estate) throws IOException {
    var predecessor =
        new Predecessor(LocalListener.open(TakeOver.socket(stateDir), LOOK_MILLIS), estate);
    Thread.ofPlatform().name("azimuth-takeover").daemon().start(predecessor::run);
    return predecessor;
  }

  private void run() {
    boolean retired = false;
    while (!closed && !retired) {
      try (LocalConnection connection = listener.accept()) {
        retired = connection != null && handOver(connection);
      } catch (IOException | RuntimeException e) {
        LOG.error("no other process can take over; the next look is soon", e);
        pause();
      }
    }
    listener.close();
    if (retired) {
      LOG.info(
          "another process has taken over: this one ends with its last TCP client, after 30 s at the"
              + " latest; orders no longer reach it");
      estate.retire();
    }
  }

  private void pause() {
    try {
      Thread.sleep(FAULT_MILLIS);
    } catch (InterruptedException e) {
      closed = true;
    }
  }

  /** Whether it has come to the end: the successor is the node. */
  private boolean handOver(LocalConnection connection) {
    try {
      greet(connection);
      give(connection);
    } catch (IOException e) {
      refuse(connection, e);
      return false;
    }
    try {
      TakeOver.await(connection, TakeOver.READY, READY_MILLIS);
    } catch (IOException e) {
      estate.resume();
      refuse(connection, e);
      return false;
    }
    try {
      estate.release();
      connection.send(TakeOver.YOURS, List.of());
      TakeOver.await(connection, TakeOver.SERVING, SERVING_MILLIS);
    } catch (IOException e) {
      // So that it cannot begin to serve while we look: without a lock it must not.
      connection.close();
      if (estate.takeBack()) {
        estate.resume();
        refuse(connection, e);
        return false;
      }
    }
    return true;
  }

  private static void greet(LocalConnection connection) throws IOException {
    if (!connection.sameUser()) {
      throw new IOException("the running node is another user's: take over as that user");
    }
    LocalMessage hello = connection.receive(HELLO_MILLIS);
    hello.discard();
    if (!hello.text().equals(TakeOver.HELLO)) {
      throw new IOException(
          "the running node speaks \"%s\", not \"%s\": the versions differ too much, restart it"
              .formatted(TakeOver.HELLO, Printable.of(hello.text())));
    }
  }

  private void give(LocalConnection connection) throws IOException {
    List<HandedListener> handed = estate.prepare();
    List<BalancerPorts.Handed> forwarding = List.of();
    try {
      forwarding = estate.balancerPorts();
      for (HandedListener each : handed) {
        List<Descriptor> sockets = new ArrayList<>(each.datagrams());
        sockets.add(each.stream());
        connection.send(TakeOver.LISTENER + TakeOver.text(each.configured()), sockets);
      }
      for (BalancerPorts.Handed each : forwarding) {
        Listen listen = each.listen();
        connection.send(
            TakeOver.BALANCER + listen.protocol() + " " + TakeOver.text(listen.at()),
            List.of(each.socket()));
      }
      connection.send(TakeOver.ALL, List.of());
    } catch (IOException e) {
      estate.resume();
      throw e;
    } finally {
      handed.forEach(HandedListener::close);
      forwarding.forEach(BalancerPorts.Handed::close);
    }
  }

  private static void refuse(LocalConnection connection, IOException why) {
    LOG.warn("a take-over came to nothing, this node serves on: {}", why.getMessage());
    try {
      connection.send(TakeOver.REFUSED + why.getMessage(), List.of());
    } catch (IOException e) {
      // It is gone, or closed already.
    }
  }

  /** Waits for nobody any more; the thread ends soon after. */
  @Override
  public void close() {
    closed = true;
  }
}

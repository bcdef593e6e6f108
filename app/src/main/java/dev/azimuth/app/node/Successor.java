package dev.azimuth.app.node;

import dev.azimuth.app.host.Printable;
import dev.azimuth.app.host.StateLock;
import dev.azimuth.balancer.Listen;
import dev.azimuth.net.Descriptor;
import dev.azimuth.net.LocalConnection;
import dev.azimuth.net.LocalMessage;
import dev.azimuth.resolver.HandedListener;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A process that takes over from the one that runs: its side of {@link TakeOver}. For one thread.
 */
public final class Successor implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 15_000;

  private final Path stateDir;
  private final LocalConnection connection;
  private final List<HandedListener> listeners = new ArrayList<>();
  private final List<BalancerPorts.Handed> balancerPorts = new ArrayList<>();

  private Successor(Path stateDir, LocalConnection connection) {
    this.stateDir = stateDir;
    this.connection = connection;
  }

  /**
   * Asks the node that runs on a state directory for its sockets. It has written all it knows
   * before it gives them, and takes no orders until the take-over has ended one way or the other.
   *
   * @return null when none offers to be taken over from
   * @throws IOException when it refuses, or says nothing; it serves on
   */
  public static @Nullable Successor connect(Path stateDir) throws IOException {
    LocalConnection connection;
    try {
      connection = LocalConnection.connect(TakeOver.socket(stateDir));
    } catch (NoSuchFileException | ConnectException e) {
      return null;
    }
    Successor successor = new Successor(stateDir, connection);
    try {
      successor.receive();
      return successor;
    } catch (IOException | RuntimeException e) {
      successor.close();
      throw e;
    }
  }

  private void receive() throws IOException {
    if (!connection.sameUser()) {
      throw new IOException("the process on " + TakeOver.socket(stateDir) + " is another user's");
    }
    connection.send(TakeOver.HELLO, List.of());
    LocalMessage message = connection.receive(PATIENCE_MILLIS);
    while (true) {
      if (message.text().startsWith(TakeOver.LISTENER)) {
        listeners.add(listener(message));
      } else if (message.text().startsWith(TakeOver.BALANCER)) {
        balancerPorts.add(balancerPort(message));
      } else {
        break;
      }
      message = connection.receive(PATIENCE_MILLIS);
    }
    message.discard();
    if (!message.text().equals(TakeOver.ALL)) {
      throw new IOException(Printable.of(TakeOver.said(message.text())));
    }
  }

  private static HandedListener listener(LocalMessage message) throws IOException {
    List<Descriptor> sockets = message.descriptors();
    try {
      InetSocketAddress configured =
          TakeOver.address(message.text().substring(TakeOver.LISTENER.length()));
      int last = sockets.size() - 1;
      return new HandedListener(configured, sockets.subList(0, last), sockets.get(last));
    } catch (RuntimeException e) {
      message.discard();
      throw new IOException("what the running node gave is no listener", e);
    }
  }

  private static BalancerPorts.Handed balancerPort(LocalMessage message) throws IOException {
    try {
      String[] words = message.text().substring(TakeOver.BALANCER.length()).split(" ", 2);
      var listen = new Listen(Listen.Protocol.valueOf(words[0]), TakeOver.address(words[1]));
      return new BalancerPorts.Handed(listen, message.descriptors().getFirst());
    } catch (RuntimeException e) {
      message.discard();
      throw new IOException("what the running node gave is no socket of a balancer", e);
    }
  }

  /** The sockets of balancers that were given, likewise. */
  List<BalancerPorts.Handed> balancerPorts() {
    return balancerPorts;
  }

  /** What was given; owned by this until somebody takes it. */
  List<HandedListener> listeners() {
    return listeners;
  }

  /**
   * Says that this process could answer now, and takes the lock, which the other then gives back.
   *
   * @throws IOException when it does not: it serves on
   * @throws StateLock.Held when a third process was quicker
   */
  StateLock takeLock() throws IOException, StateLock.Held {
    connection.send(TakeOver.READY, List.of());
    TakeOver.await(connection, TakeOver.YOURS, PATIENCE_MILLIS);
    return StateLock.take(stateDir, ProcessHandle.current().pid(), Instant.now());
  }

  /** Says that this process answers. The other stops reading, or does so when it finds the lock. */
  void serving() {
    try {
      connection.send(TakeOver.SERVING, List.of());
    } catch (IOException e) {
      // It has ended, or looks for the lock and finds it taken.
    }
  }

  /** Ends what is not ended: the other process serves on, if it still has to. */
  @Override
  public void close() {
    listeners.forEach(HandedListener::close);
    balancerPorts.forEach(BalancerPorts.Handed::close);
    connection.close();
  }
}

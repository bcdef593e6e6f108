package dev.azimuth.app.node;

import dev.azimuth.net.LocalConnection;
import dev.azimuth.net.LocalMessage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;

/**
 * What the two processes of a take-over say to each other over a unix socket in the state
 * directory, one message after the other:
 *
 * <pre>
 *   successor    node that runs
 *   HELLO   ──►
 *           ◄──  LISTENER, BALANCER with sockets, one for each; ALL
 *   READY   ──►                                              it could answer now
 *           ◄──  YOURS                                       nothing is written any more, lock given back
 *   SERVING ──►                                              it has the lock and answers
 * </pre>
 *
 * Until SERVING the node that runs answers. Whoever has the lock of the state directory is the
 * node: if either side is silent or gone, that decides.
 */
final class TakeOver {
  /**
   * Ends with the version of what is said here: two that differ in it do not understand each other.
   */
  static final String HELLO = "azimuth take-over 2";

  /** Begins a message with sockets; the configured port and the address follow. */
  static final String LISTENER = "listener ";

  /** Begins a message with a balancer's socket; protocol, configured port and address follow. */
  static final String BALANCER = "balancer ";

  static final String ALL = "all";
  static final String READY = "ready";
  static final String YOURS = "yours";
  static final String SERVING = "serving";

  /** Begins the message that ends a take-over; the reason follows. */
  static final String REFUSED = "refused ";

  static final String UNDER_WAY = "another process is taking over: try again in a moment";

  private TakeOver() {}

  /** The socket of a state directory. */
  static Path socket(Path stateDir) {
    return stateDir.toAbsolutePath().resolve("takeover");
  }

  /** An address as it is said here: the port, a space, the address. */
  static String text(InetSocketAddress at) {
    return at.getPort() + " " + at.getAddress().getHostAddress();
  }

  /**
   * What {@link #text} gave.
   *
   * @throws RuntimeException when it is no such text
   */
  static InetSocketAddress address(String text) {
    String[] words = text.split(" ", 2);
    return new InetSocketAddress(InetAddress.ofLiteral(words[1]), Integer.parseInt(words[0]));
  }

  /**
   * Waits for a message without sockets.
   *
   * @throws IOException when anything else comes, or nothing in time
   */
  static void await(LocalConnection connection, String expected, int millis) throws IOException {
    LocalMessage message = connection.receive(millis);
    message.discard();
    if (!message.text().equals(expected)) {
      throw new IOException("the other process says " + said(message.text()));
    }
  }

  /** What to tell an operator of a message that was not expected. */
  static String said(String text) {
    return text.startsWith(REFUSED) ? text.substring(REFUSED.length()) : "\"" + text + "\"";
  }
}

package dev.azimuth.app.cli;

import dev.azimuth.app.node.Node;
import dev.azimuth.app.whatif.Assumptions;
import dev.azimuth.app.whatif.Forecast;
import dev.azimuth.steering.Explanation;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.function.DoubleConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What the commands need of the rest of Azimuth. {@code Main} wires the real one; everything that a
 * command prints or asks over HTTP is made on this side of it.
 */
public interface Engine {

  /** The version of this build, such as {@code 0.1.0}. */
  String version();

  /**
   * Starts a node. Returns when its sockets answer.
   *
   * @param takeOver whether to go on with the sockets of the node that runs, if one does
   * @throws InvalidConfiguration when nothing was started because of the file
   * @throws NotStarted when nothing was started because of the machine
   */
  Running start(Path config, boolean takeOver) throws InvalidConfiguration, NotStarted;

  /**
   * Examines a file, its includes and its zone data.
   *
   * @param colour whether the text may carry terminal colours
   * @return warnings and what is worth knowing, formatted for a terminal
   */
  String validate(Path config, boolean colour) throws InvalidConfiguration;

  /** The long form of a file: every default filled in, every short form expanded. */
  String expand(Path config) throws InvalidConfiguration;

  /** The JSON Schema of configuration files. */
  String schema();

  /**
   * What a client would get from a node with this configuration on which every check succeeds.
   *
   * @param down {@code pool/backend} or a backend's name: those that are taken to be down
   * @throws Node.Refused when no steered name matches, or a backend or an address is malformed
   */
  Explanation explain(Path config, List<String> down, Question question)
      throws InvalidConfiguration, Node.Refused;

  /**
   * What becomes of the clients when one configuration takes the place of another and every backend
   * is up.
   *
   * @param progress hears now and then how much is done, 0 to 1
   * @throws Node.Refused where what is assumed makes no sense
   */
  Forecast plan(Path before, Path after, Assumptions assumptions, DoubleConsumer progress)
      throws InvalidConfiguration, Node.Refused;

  /**
   * What becomes of the clients of a configuration when backends fail.
   *
   * @param down those that fail, as orders name them
   * @param progress hears now and then how much is done, 0 to 1
   * @throws Node.Refused when no backend is meant, or where what is assumed makes no sense
   */
  Forecast simulate(
      Path config, List<String> down, Assumptions assumptions, DoubleConsumer progress)
      throws InvalidConfiguration, Node.Refused;

  /**
   * The token with which a backend sends heartbeats.
   *
   * @param backend {@code POOL/BACKEND}
   * @throws Node.Refused when there is no such backend, or there are no heartbeats
   */
  String heartbeatToken(Path config, String backend) throws InvalidConfiguration, Node.Refused;

  /** Where the node of a configuration file is asked; null when it has no admin listener. */
  @Nullable AdminPlace admin(Path config) throws InvalidConfiguration;

  /**
   * @param v4 whether type A is asked for, else AAAA
   * @param client the address that the query comes from; null is 127.0.0.1
   * @param subnet a client subnet such as {@code 192.0.2.0/24}; null for none
   */
  record Question(String name, boolean v4, @Nullable String client, @Nullable String subnet) {}

  /**
   * @param token the file that holds the token
   */
  record AdminPlace(URI address, Path token) {}

  /** A node that was started by this process. */
  interface Running extends AutoCloseable {
    Node node();

    /** Waits until it has ended: closed by another thread, or taken over by another process. */
    void awaitEnd() throws InterruptedException;

    /**
     * Answers what has been received, closes every socket, keeps what must be kept, returns.
     * Clients of balancers have their time before.
     */
    @Override
    void close();

    /** Has {@link #close} wait for no client of a balancer any more. For any thread. */
    void hurry();
  }

  /** A configuration that cannot be used. */
  final class InvalidConfiguration extends Exception {
    private static final long serialVersionUID = 1L;

    /**
     * @param problems every problem, formatted for a terminal
     */
    public InvalidConfiguration(String problems) {
      super(problems);
    }
  }

  /** The machine keeps a node from starting: an address in use, a locked state directory. */
  final class NotStarted extends Exception {
    private static final long serialVersionUID = 1L;

    /**
     * @param message for the operator, with the way out
     */
    public NotStarted(String message) {
      super(message);
    }

    /**
     * @param message for the operator, with the way out
     */
    public NotStarted(String message, Throwable cause) {
      super(message, cause);
    }
  }
}

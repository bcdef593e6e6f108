package dev.azimuth.app.node;

import dev.azimuth.app.orders.Preview;
import dev.azimuth.app.orders.Says;
import dev.azimuth.steering.Explanation;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A running node as its operator sees it: what the admin API and the commands are made of. Safe for
 * use by any number of threads. Every change waits until the publisher has carried it out.
 */
public interface Node {

  /** What is missing before the node answers well; empty when it is ready. */
  List<String> missing();

  /**
   * How the node stands.
   *
   * @throws Refused before the first picture
   */
  Status status() throws Refused;

  /**
   * All that is known of one backend.
   *
   * @param said {@code pool/backend}, or its name alone where that is unambiguous
   * @throws Refused when there is no such backend
   */
  BackendDetail backend(String said) throws Refused;

  /**
   * How a balancer of this node stands.
   *
   * @return null when there is none of this name
   * @throws Refused before the first picture
   */
  @Nullable Standing standing(String balancer) throws Refused;

  /**
   * Says what a client would get and why, with the code that answers queries.
   *
   * @param name in presentation form, the final dot optional
   * @param v4 whether type A is asked for, else AAAA
   * @param client the address that the query comes from, as text; null is 127.0.0.1
   * @param subnet a client subnet such as {@code 192.0.2.0/24}; null for none
   * @throws Refused when no steered name matches or an address is malformed
   */
  Explanation explain(String name, boolean v4, @Nullable String client, @Nullable String subnet)
      throws Refused;

  /**
   * Orders backends to be in a state, or to have a weight, whatever their checks and the
   * configuration say.
   *
   * @return what was done, in words
   * @throws Refused also when too little of a pool would be left, unless the wish is forced
   */
  String order(Wish wish) throws Refused;

  /** What an order would do. Changes nothing. */
  Preview preview(Wish wish) throws Refused;

  /** The orders in force and planned, the oldest first. */
  List<Status.OverrideStatus> overrides() throws Refused;

  /**
   * Takes orders back.
   *
   * @param selector that of the orders, or the backend's name alone where that is unambiguous
   */
  String clear(String selector) throws Refused;

  /** Takes every order back. */
  String clearAll() throws Refused;

  /**
   * Keeps the table as it is, while probes go on.
   *
   * @param lasts null for until {@link #unfreeze}
   */
  String freeze(String reason, String author, @Nullable Duration lasts) throws Refused;

  /** Lets the checks decide again. */
  String unfreeze() throws Refused;

  /** Lets a pool with a manual failback serve again. */
  String failback(String pool) throws Refused;

  /**
   * Reads the configuration anew and takes it up if it is valid.
   *
   * @param acceptRemovals whether a file may drop a whole zone or more than half of the names,
   *     pools, backends or balancers
   * @return what changed, a line each; empty when nothing did
   * @throws Refused with every problem, when the old configuration serves on; or with what changed
   *     and all that is still refused, when only zone data or databases are
   */
  List<String> reload(boolean acceptRemovals) throws Refused;

  /**
   * An order that is asked for.
   *
   * @param selector {@code pool/backend}, a pool, a pattern such as {@code eu/fra*}, {@code
   *     tag:NAME}, {@code balancer:NAME}, or a backend's name alone where that is unambiguous
   * @param lasts from its beginning; null for until it is cleared
   * @param force whether also where too little of a pool would be left, or nobody is meant yet
   */
  record Wish(
      String selector,
      Says says,
      String reason,
      String author,
      Start start,
      @Nullable Duration lasts,
      boolean force) {}

  /** When an order begins. */
  sealed interface Start {
    record Now() implements Start {}

    record In(Duration time) implements Start {}

    record At(Instant instant) implements Start {}
  }

  /** Why something asked for was not done; the message says what to do instead. */
  final class Refused extends Exception {
    private static final long serialVersionUID = 1L;

    private final Kind kind;

    /** What is in the way. */
    public enum Kind {
      /** How things are: what was asked for may do another time. */
      STATE,
      /** A configuration file that is not valid. */
      CONFIGURATION,
      /** What was asked for, which makes no sense. */
      QUESTION
    }

    /**
     * @param message for the operator, several lines where there are several problems
     */
    public Refused(String message) {
      this(message, Kind.STATE);
    }

    /**
     * @param message for the operator, several lines where there are several problems
     */
    public Refused(String message, Kind kind) {
      super(message);
      this.kind = kind;
    }

    public Kind kind() {
      return kind;
    }
  }
}

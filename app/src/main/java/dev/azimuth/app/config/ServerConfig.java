package dev.azimuth.app.config;

import dev.azimuth.resolver.RateLimit;
import dev.azimuth.resolver.TcpLimits;
import dev.azimuth.steering.Cidr;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What the server itself is told.
 *
 * @param listen where UDP and TCP are answered
 * @param workers UDP workers for each address, 1 to 64; empty for one a core
 * @param receiveBuffer asked for each UDP socket, in octets
 * @param tcp what TCP clients may hold
 * @param stateDir what must survive a restart
 * @param admin null when there is no admin listener
 * @param autoReload whether a changed file is taken up by itself
 * @param cookies whether there are DNS cookies, and where their secrets come from
 * @param identity what the server tells of itself
 * @param stickySalt the file with the secret of sticky choices; null for one of this node alone
 * @param queryLog null when no queries are logged
 * @param rateLimit of the responses to one network; null for none
 * @param debugName null for none
 */
public record ServerConfig(
    List<Listen> listen,
    OptionalInt workers,
    int receiveBuffer,
    TcpLimits tcp,
    Path stateDir,
    @Nullable Admin admin,
    boolean autoReload,
    Cookies cookies,
    Identity identity,
    @Nullable Path stickySalt,
    @Nullable QueryLog queryLog,
    Access access,
    @Nullable RateLimit rateLimit,
    @Nullable DebugTold debugName) {
  static final int MOST_WORKERS = 64;

  /** How many UDP workers that is on a machine with so many cores. */
  public int workersOn(int cores) {
    return workers.orElse(Math.min(MOST_WORKERS, cores));
  }

  /**
   * The name that tells clients what the server saw of them.
   *
   * @param name absolute, in lower case, without the final dot
   * @param allow who may ask for it
   */
  public record DebugTold(String name, List<Cidr> allow) {
    public DebugTold {
      allow = List.copyOf(allow);
    }
  }

  /**
   * The log of queries.
   *
   * @param every so many-th answered query is logged, at least 1
   * @param cutClients whether clients are logged by prefixes alone; never with dnstap
   */
  public record QueryLog(LogFormat format, LogTarget to, int every, boolean cutClients) {}

  /** How queries are logged. */
  public enum LogFormat {
    TEXT,
    JSON,
    DNSTAP
  }

  /** Where the log of queries goes. */
  public sealed interface LogTarget {
    record File(Path path) implements LogTarget {}

    /** A stream socket of this machine. */
    record Unix(Path path) implements LogTarget {}

    record Tcp(InetSocketAddress at) implements LogTarget {}
  }

  /**
   * Who may ask.
   *
   * @param allow whose queries are answered, but for {@code deny}
   * @param proxy front ends, which say who the client is
   */
  public record Access(List<Cidr> allow, List<Cidr> deny, List<Cidr> proxy) {}

  /** Where the secrets of DNS cookies come from. */
  public sealed interface Cookies {
    /** There are no cookies. */
    record Off() implements Cookies {}

    /** One of each process. */
    record Random() implements Cookies {}

    /**
     * Those of the operator.
     *
     * @param file one to three of them
     */
    record Shared(Path file) implements Cookies {}
  }

  /**
   * What is told to those who ask.
   *
   * @param nsid a text, or {@code 0x} and pairs of hexadecimal digits; not {@link Told.Auto}
   * @param version as {@code version.bind} and {@code version.server}
   * @param id as {@code id.server}
   * @param hostname as {@code hostname.bind}
   */
  public record Identity(Told nsid, Told version, Told id, Told hostname) {}

  /** One thing that a server may tell of itself. */
  public sealed interface Told {
    /** What the process finds by itself. */
    record Auto() implements Told {}

    /** Nothing. */
    record Off() implements Told {}

    /** The operator's words. */
    record Text(String text) implements Told {}
  }

  /** Something to listen on. */
  public sealed interface Listen {
    /** One address, or all of a family, and a port; port 0 for any free one. */
    record Address(InetSocketAddress at) implements Listen {}

    /**
     * Every address that an interface has, but link-local ones.
     *
     * @param name as the system calls it, such as {@code eth0}
     * @param port 0 for any free one, another for each address
     */
    record Interface(String name, int port) implements Listen {}
  }

  /**
   * @param tokenFile holds the token that changes need; null lets only the file permissions of
   *     {@code state_dir/token} protect them
   */
  public record Admin(InetSocketAddress listen, @Nullable Path tokenFile) {}
}

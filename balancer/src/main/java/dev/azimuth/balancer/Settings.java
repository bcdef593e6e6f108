package dev.azimuth.balancer;

import dev.azimuth.health.Secure;
import dev.azimuth.steering.Cidr;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the configuration says of one balancer, but for its backends ({@link Supply}). Immutable and
 * equal by content.
 *
 * @param name of the balancer
 * @param listen at least one, all of one protocol
 * @param matches what a TLS client says first decides which supply it gets: the first that matches;
 *     none of them, the balancer's own. Empty where nothing is looked at
 * @param access who may connect
 * @param source to connect to backends from, at most one a family; empty for any
 * @param panic share of the backends of the pool that serves, 0 to 1: with fewer usable ones all of
 *     them get clients, whatever their checks say; 0 for never
 * @param whenDown what becomes of connections to a backend that is down
 * @param send the PROXY header that begins each connection to a backend
 * @param tls that this balancer ends; null for TCP as it comes
 * @param onward the TLS that it speaks to backends; null for none
 * @param log so many-th connection is logged, at least 1; 0 for none
 */
public record Settings(
    String name,
    List<Listen> listen,
    Pick pick,
    List<Match> matches,
    Access access,
    Limits limits,
    Times times,
    List<InetAddress> source,
    int tries,
    Passive passive,
    double panic,
    WhenDown whenDown,
    ProxyHeader send,
    @Nullable Termination tls,
    @Nullable Onward onward,
    int log) {

  public Settings {
    listen = List.copyOf(listen);
    matches = List.copyOf(matches);
    source = List.copyOf(source);
  }

  /** The same with this TLS. */
  public Settings with(@Nullable Termination ended, @Nullable Onward spoken) {
    return new Settings(
        name, listen, pick, matches, access, limits, times, source, tries, passive, panic, whenDown,
        send, ended, spoken, log);
  }

  /** Where a connection to an address comes from; null for whichever leads there. */
  @Nullable InetAddress source(InetAddress to) {
    for (InetAddress each : source) {
      if (each.getClass() == to.getClass()) {
        return each;
      }
    }
    return null;
  }

  /**
   * How a backend is chosen.
   *
   * @param by the way
   * @param bound for {@link By#STICKY}: no backend gets more than so many times its share of the
   *     open connections, above 1; 0 for no bound
   * @param v4 for {@link By#STICKY}: how many bits of an IPv4 address make a client, 0 to 32
   * @param v6 likewise of IPv6, 0 to 128
   */
  public record Pick(By by, double bound, int v4, int v6) {
    /** By one of the ways that look at no address. */
    public static Pick by(By by) {
      return new Pick(by, 0, 32, 128);
    }
  }

  /** A way to choose. */
  public enum By {
    /** Of two drawn by weight the one with fewer connections for its weight. */
    P2C,
    /** One after the other, by weight. */
    ROTATE,
    /** Drawn by weight. */
    WEIGHTED,
    /** The one with the fewest connections for its weight. */
    LEAST_CONNECTIONS,
    /** Of two drawn the one whose latency, with what waits for it, is lower. */
    FASTEST,
    /** Always the same for a client, by its address. */
    STICKY,
    /** Drawn, weights left aside. */
    RANDOM
  }

  /**
   * What a ClientHello must have.
   *
   * @param names in lower case without the final dot, {@code *.example.com} for one label more;
   *     empty for any, and for none at all
   * @param protocols of which it offers one (RFC 7301); empty for any
   */
  public record Match(List<String> names, List<String> protocols) {
    public Match {
      names = List.copyOf(names);
      protocols = List.copyOf(protocols);
    }
  }

  /**
   * Who may connect.
   *
   * @param allow others are closed at once
   * @param deny these too, though {@code allow} has them
   * @param proxy from whom a PROXY header is required, and believed
   */
  public record Access(List<Cidr> allow, List<Cidr> deny, List<Cidr> proxy) {
    public Access {
      allow = List.copyOf(allow);
      deny = List.copyOf(deny);
      proxy = List.copyOf(proxy);
    }
  }

  /**
   * How much there may be. A number is at least 1.
   *
   * @param connections open ones, or UDP sessions, at most; one more waits to be accepted, a
   *     session more takes the place of the one idle for longest
   * @param perBackend open ones to one backend at most
   * @param queue how many may wait while all backends are at that limit, 0 for none
   * @param perSource open ones from one IPv4 address or IPv6 /64 at most
   * @param rate new ones a second from there at most; empty for no limit
   * @param burst of these at once after a rest
   */
  public record Limits(
      int connections, int perBackend, int queue, int perSource, OptionalInt rate, int burst) {
    /** No limit, for those that can be without. */
    public static final int NONE = Integer.MAX_VALUE;
  }

  /**
   * How long things may take. Milliseconds count.
   *
   * @param connect one attempt to reach a backend
   * @param queue waiting for a place at a backend
   * @param first everything that must come before a backend can be chosen: PROXY header,
   *     ClientHello, TLS handshake
   * @param idle without an octet either way; for UDP the life of a session after its last datagram
   * @param halfClosed without an octet, once one side has sent its end
   * @param age a whole connection; zero for any
   * @param drain for connections to end by themselves once they have to
   * @param keepAlive idle time after which the system asks whether the other side is there; zero
   *     for never
   * @param user how long sent octets may be without acknowledgement (RFC 5482); zero for the
   *     system's own
   */
  public record Times(
      Duration connect,
      Duration queue,
      Duration first,
      Duration idle,
      Duration halfClosed,
      Duration age,
      Duration drain,
      Duration keepAlive,
      Duration user) {}

  /**
   * What connections tell of the health of a backend.
   *
   * @param failures in a row that eject it, at least 1; 0 for never: refused, unreachable, timed
   *     out, or ended by RST before a first octet
   * @param eject for how long it is left out the first time; n times as long the n-th time
   * @param longest at most
   * @param most share of the backends of a pool that may be left out at once, 0 to 1; never the
   *     last usable one
   */
  public record Passive(int failures, Duration eject, Duration longest, double most) {}

  /** What becomes of connections to a backend that is down. */
  public enum WhenDown {
    KEEP,
    CLOSE
  }

  /** The PROXY protocol towards backends. */
  public enum ProxyHeader {
    NONE,
    V1,
    V2
  }

  /**
   * TLS that the balancer ends.
   *
   * @param certificates the first one is for clients that name no server, or an unknown one
   * @param strict whether those are refused instead
   * @param versions {@code TLSv1.2}, {@code TLSv1.3} or both
   * @param protocols offered by ALPN, best first; empty for none
   */
  public record Termination(
      List<Secure.Identity> certificates,
      boolean strict,
      Set<String> versions,
      List<String> protocols) {
    public Termination {
      certificates = List.copyOf(certificates);
      versions = Set.copyOf(versions);
      protocols = List.copyOf(protocols);
    }
  }

  /**
   * TLS towards backends.
   *
   * @param name that their certificate must have, and SNI; null for what the client named
   * @param authorities that certificates must lead to; null for those of the JVM
   * @param verify whether certificates are verified at all
   */
  public record Onward(
      @Nullable String name, Secure.@Nullable Authority authorities, boolean verify) {}
}

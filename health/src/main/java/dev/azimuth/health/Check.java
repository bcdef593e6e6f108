package dev.azimuth.health;

import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** How a backend's health is found out. Immutable and equal by content. */
public sealed interface Check {
  /** The port of checks that know none. */
  OptionalInt NO_PORT = OptionalInt.of(0);

  Timing timing();

  /** Where to connect instead of the backend's own address; null for the backend's. */
  @Nullable InetAddress address();

  /** The port to connect to; empty for the backend's, else the usual one of the kind. */
  OptionalInt port();

  /** The port where neither check nor backend says one; empty for kinds that have none. */
  default OptionalInt usualPort() {
    return OptionalInt.empty();
  }

  /**
   * Whether it finds out about a backend by its name, so that no two share a probe ({@link
   * Target#about}).
   */
  default boolean byName() {
    return false;
  }

  /** Whether a prober finds it out; else somebody who knows says so. */
  default boolean probed() {
    return true;
  }

  /** The TLS that everything goes over; null for none. */
  default @Nullable Secure secure() {
    return null;
  }

  /** The same question at no certain times, and without what is secret in it. */
  default Check question() {
    Timing none = Timing.NONE;
    return switch (this) {
      case Http(var tls, var ask, var good, var two, var keep, var said, var at, var port, var t) ->
          new Http(bare(tls), ask.withoutSecrets(), good, two, keep, said, at, port, none);
      case Tcp(var send, var expect, var at, var port, var t) ->
          new Tcp(send, expect, at, port, none);
      case Handshake(var tls, var at, var port, var t) ->
          new Handshake(tls.withoutSecrets(), at, port, none);
      case Udp(var send, var expect, var at, var port, var t) ->
          new Udp(send, expect, at, port, none);
      case Dns(var name, var type, var good, var rcode, var tcp, var at, var port, var t) ->
          new Dns(name, type, good, rcode, tcp, at, port, none);
      case Grpc(var tls, var service, var host, var at, var port, var t) ->
          new Grpc(bare(tls), service, host, at, port, none);
      case Ping(var at, var t) -> new Ping(at, none);
      case Program(var words, var at, var port, var t) -> new Program(words, at, port, none);
      case StateFile(var path, var expires, var t) -> new StateFile(path, expires, none);
      case Heartbeat(var expires, var t) -> new Heartbeat(expires, none);
      case Told told -> told;
    };
  }

  private static @Nullable Secure bare(@Nullable Secure secure) {
    return secure == null ? null : secure.withoutSecrets();
  }

  /**
   * An HTTP request whose answer decides.
   *
   * @param secure null for clear text
   * @param http2 HTTP/2 alone, by ALPN over TLS and by prior knowledge without (RFC 9113, section
   *     3), in place of HTTP/1.1
   * @param keep whether the connection is kept for the next probe
   * @param report where the answer says how much the backend wants; null for nowhere
   */
  record Http(
      @Nullable Secure secure,
      Request request,
      Expected expected,
      boolean http2,
      boolean keep,
      @Nullable Report report,
      @Nullable InetAddress address,
      OptionalInt port,
      Timing timing)
      implements Check {
    @Override
    public OptionalInt usualPort() {
      return OptionalInt.of(secure == null ? 80 : 443);
    }

    /** Of what tells checks apart for the most part: every result is filed by its check. */
    @Override
    public int hashCode() {
      return (31 * request.path.hashCode() + Objects.hashCode(request.host)) * 31
          + port.hashCode()
          + timing.every().hashCode();
    }
  }

  /**
   * What is asked over HTTP.
   *
   * @param method upper case
   * @param path begins with a slash
   * @param host the Host header or {@code :authority}; null sends the address
   * @param body {@link Octets#NONE} for none
   */
  record Request(
      String method, String path, @Nullable String host, List<Header> headers, Octets body) {
    public Request {
      headers = List.copyOf(headers);
    }

    /** A GET without more. */
    public static Request get(String path, @Nullable String host) {
      return new Request("GET", path, host, List.of(), Octets.NONE);
    }

    Request withoutSecrets() {
      return new Request(
          method, path, host, headers.stream().map(Header::withoutSecret).toList(), body);
    }
  }

  /**
   * One more field of a request (RFC 9110, section 5).
   *
   * @param value printable; never shown where it comes from a file
   * @param file that holds it, since it is a secret; null where it is none
   */
  record Header(String name, String value, @Nullable Path file) {
    /** One that is no secret. */
    public Header(String name, String value) {
      this(name, value, null);
    }

    Header withoutSecret() {
      return file == null ? this : new Header(name, "", file);
    }

    @Override
    public String toString() {
      return name + ": " + (file == null ? value : "{ file: " + file + " }");
    }
  }

  /**
   * Which answers are good.
   *
   * @param statuses ranges of status codes, at least one
   * @param contents what the body must be, all of it; the body beyond 64 KiB is not read
   */
  record Expected(List<StatusRange> statuses, List<Content> contents) {
    public Expected {
      statuses = List.copyOf(statuses);
      contents = List.copyOf(contents);
    }

    /** Any body with these statuses. */
    public static Expected status(StatusRange... statuses) {
      return new Expected(List.of(statuses), List.of());
    }
  }

  /**
   * Good status codes.
   *
   * @param from the first, 100 to 599
   * @param to the last, {@code from} to 599
   */
  record StatusRange(int from, int to) {
    boolean contains(int status) {
      return from <= status && status <= to;
    }
  }

  /**
   * A TCP connection that is accepted, and what is said on it where that is given.
   *
   * @param send {@link Octets#NONE} for nothing
   * @param expect of what comes, at most 64 KiB; null when the connection alone decides
   */
  record Tcp(
      Octets send,
      @Nullable Content expect,
      @Nullable InetAddress address,
      OptionalInt port,
      Timing timing)
      implements Check {
    /** Whether the connection is accepted. */
    public Tcp(@Nullable InetAddress address, OptionalInt port, Timing timing) {
      this(Octets.NONE, null, address, port, timing);
    }
  }

  /** A TLS handshake, and nothing after it. */
  record Handshake(Secure secure, @Nullable InetAddress address, OptionalInt port, Timing timing)
      implements Check {}

  /**
   * A datagram that is answered.
   *
   * @param expect of one datagram that comes; null when any will do
   */
  record Udp(
      Octets send,
      @Nullable Content expect,
      @Nullable InetAddress address,
      OptionalInt port,
      Timing timing)
      implements Check {}

  /**
   * A DNS question whose answer decides.
   *
   * @param name in presentation form, without the final dot but for the root
   * @param type of RFC 1035, section 3.2.2, and its registry
   * @param expect data that the answer must have, in presentation form; where empty any of the type
   *     will do
   * @param rcode of the answer (RFC 1035, section 4.1.1); only where it is 0 the data count
   */
  record Dns(
      String name,
      int type,
      List<String> expect,
      int rcode,
      boolean tcp,
      @Nullable InetAddress address,
      OptionalInt port,
      Timing timing)
      implements Check {
    public Dns {
      expect = List.copyOf(expect);
    }

    @Override
    public OptionalInt usualPort() {
      return OptionalInt.of(53);
    }
  }

  /**
   * The health service of gRPC: {@code grpc.health.v1.Health/Check}.
   *
   * @param secure null for clear text
   * @param service empty for the server as a whole
   * @param host {@code :authority}; null sends the address
   */
  record Grpc(
      @Nullable Secure secure,
      String service,
      @Nullable String host,
      @Nullable InetAddress address,
      OptionalInt port,
      Timing timing)
      implements Check {}

  /** An ICMP echo request that is answered; it has no port. */
  record Ping(@Nullable InetAddress address, Timing timing) implements Check {
    @Override
    public OptionalInt port() {
      return NO_PORT;
    }
  }

  /**
   * A program that ends with exit status 0.
   *
   * @param words the program and its arguments, at least one; no shell looks at them
   */
  record Program(List<String> words, @Nullable InetAddress address, OptionalInt port, Timing timing)
      implements Check {
    public Program {
      words = List.copyOf(words);
    }

    @Override
    public OptionalInt usualPort() {
      return NO_PORT;
    }

    @Override
    public boolean byName() {
      return true;
    }
  }

  /**
   * A file in which something else says how backends are.
   *
   * @param expires how old the file may be to say anything; zero for any age
   */
  record StateFile(Path path, Duration expires, Timing timing) implements Check {
    @Override
    public @Nullable InetAddress address() {
      return null;
    }

    @Override
    public OptionalInt port() {
      return NO_PORT;
    }

    @Override
    public boolean byName() {
      return true;
    }
  }

  /**
   * What the backend says of itself.
   *
   * @param expires how long it may be silent
   */
  record Heartbeat(Duration expires, Timing timing) implements Check {
    @Override
    public @Nullable InetAddress address() {
      return null;
    }

    @Override
    public OptionalInt port() {
      return NO_PORT;
    }

    @Override
    public boolean byName() {
      return true;
    }
  }

  /** What this process knows of a part of its own: one word changes the state. */
  record Told() implements Check {
    /** What is told may change at any time: nobody should rely on it for longer than on a probe. */
    private static final Timing TIMING =
        new Timing(Duration.ofSeconds(10), Duration.ofSeconds(10), Duration.ofSeconds(10), 1, 1);

    @Override
    public Timing timing() {
      return TIMING;
    }

    @Override
    public @Nullable InetAddress address() {
      return null;
    }

    @Override
    public OptionalInt port() {
      return NO_PORT;
    }

    @Override
    public boolean byName() {
      return true;
    }

    @Override
    public boolean probed() {
      return false;
    }
  }
}

package dev.azimuth.e2e;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Type;

/**
 * A recursive resolver as a process of its own, which asks our server about example.com and keeps
 * nothing. Whatever else it wants to know, it asks that server too and nobody outside.
 */
final class Resolver implements AutoCloseable {
  /** Whose program it is, and how it comes to ask us. */
  enum Kind {
    /** Starts at our server and goes on by itself, one label more at a time (RFC 9156). */
    UNBOUND_STUB {
      @Override
      List<String> command(Path file) {
        return List.of(Tools.find("unbound"), "-d", "-c", file.toString());
      }

      @Override
      String configuration(Path folder, int port, InetSocketAddress server) {
        return """
            server:
              directory: "%1$s"
              username: ""
              chroot: ""
              pidfile: "%1$s/unbound.pid"
              use-syslog: no
              logfile: ""
              interface: 127.0.0.1
              port: %2$d
              access-control: 127.0.0.0/8 allow
              do-not-query-localhost: no
              cache-max-ttl: 0
              cache-max-negative-ttl: 0
              qname-minimisation-strict: yes
              module-config: "iterator"
            remote-control:
              control-enable: no
            stub-zone:
              name: "example.com"
              stub-addr: %3$s@%4$d
            forward-zone:
              name: "."
              forward-addr: %3$s@%4$d
            """
            .formatted(folder, port, server.getAddress().getHostAddress(), server.getPort());
      }
    },
    /** Hands everything to our server (RFC 8499 section 6, "forwarder"). */
    BIND_FORWARD {
      @Override
      List<String> command(Path file) {
        return bind(file);
      }

      @Override
      String configuration(Path folder, int port, InetSocketAddress server) {
        return options(folder, port)
            + """
            zone "." {
              type forward;
              forward only;
              forwarders { %s port %d; };
            };
            """
                .formatted(server.getAddress().getHostAddress(), server.getPort());
      }
    },
    /** Starts at our server, which must have port 53, and goes on by itself. */
    BIND_STATIC_STUB {
      @Override
      List<String> command(Path file) {
        return bind(file);
      }

      @Override
      String configuration(Path folder, int port, InetSocketAddress server) throws IOException {
        String address = server.getAddress().getHostAddress();
        Files.writeString(
            folder.resolve("hints"), ". NS ns.example.com.\nns.example.com. A " + address);
        return options(folder, port)
            + """
            zone "." { type hint; file "hints"; };
            zone "example.com" { type static-stub; server-addresses { %s; }; };
            """
                .formatted(address);
      }
    };

    /** Skips the test where the program is not installed. */
    abstract List<String> command(Path configuration);

    abstract String configuration(Path folder, int port, InetSocketAddress server)
        throws IOException;

    private static List<String> bind(Path file) {
      return List.of(Tools.find("named"), "-f", "-n", "1", "-c", file.toString());
    }

    private static String options(Path folder, int port) {
      return """
          options {
            directory "%s";
            pid-file none;
            session-keyfile none;
            listen-on port %d { 127.0.0.1; };
            listen-on-v6 { none; };
            empty-zones-enable no;
            dnssec-validation no;
            max-cache-ttl 0;
            max-ncache-ttl 0;
          };
          controls { };
          """
          .formatted(folder, port);
    }
  }

  private final Process process;
  private final DnsClient client;

  private Resolver(Process process, DnsClient client) {
    this.process = process;
    this.client = client;
  }

  /**
   * Starts it and waits until it finds the name server of example.com.
   *
   * @param folder for what it writes, its own
   */
  static Resolver start(Kind kind, Path folder, InetSocketAddress server) throws IOException {
    int port = Tools.freePort();
    Path file =
        Files.writeString(folder.resolve(kind + ".conf"), kind.configuration(folder, port, server));
    Process process =
        new ProcessBuilder(kind.command(file))
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve(kind + ".log").toFile())
            .start();
    Resolver resolver =
        new Resolver(
            process, new DnsClient(new InetSocketAddress(InetAddress.getLoopbackAddress(), port)));
    try {
      Patience.until(resolver::isReady);
    } catch (RuntimeException e) {
      resolver.close();
      throw new IOException(Files.readString(folder.resolve(kind + ".log")), e);
    }
    return resolver;
  }

  private boolean isReady() {
    try {
      return ask("ns1", Type.A).getRcode() == Rcode.NOERROR;
    } catch (IOException e) {
      return false; // not listening yet
    }
  }

  /**
   * @param name below example.com
   */
  Message ask(String name, int type) throws IOException {
    Message query = DnsClient.query(name + ".example.com", type);
    query.getHeader().setFlag(Flags.RD);
    return client.udp(query);
  }

  /** The same over TCP. */
  Message askByTcp(String name, int type) throws IOException {
    Message query = DnsClient.query(name + ".example.com", type);
    query.getHeader().setFlag(Flags.RD);
    return client.tcp(query).getFirst();
  }

  @Override
  public void close() {
    client.close();
    process.destroy();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

package dev.azimuth.e2e;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Type;

/** Another name server as a process of its own, on a loopback port, that serves master files. */
final class Peer implements AutoCloseable {
  /** Whose program it is. All give addresses beside answers, and no NS of the zone. */
  enum Kind {
    NSD {
      @Override
      List<String> command(Path file) {
        return List.of(Tools.find("nsd"), "-d", "-c", file.toString());
      }

      @Override
      String configuration(Path folder, int port, Collection<String> zones) {
        return """
            server:
              ip-address: 127.0.0.1@%1$d
              server-count: 1
              username: ""
              database: ""
              zonesdir: "%2$s"
              pidfile: "%2$s/nsd.pid"
              xfrdfile: "%2$s/xfrd.state"
              zonelistfile: "%2$s/zone.list"
              xfrdir: "%2$s"
              rrl-ratelimit: 0
              refuse-any: no
            remote-control:
              control-enable: no
            """
                .formatted(port, folder)
            + each(zones, "zone:\n  name: \"%1$s\"\n  zonefile: \"%1$s\"\n");
      }
    },
    KNOT {
      @Override
      List<String> command(Path file) {
        return List.of(Tools.find("knotd"), "-c", file.toString());
      }

      @Override
      String configuration(Path folder, int port, Collection<String> zones) {
        return """
            server:
              listen: 127.0.0.1@%1$d
              rundir: "%2$s"
              udp-workers: 1
              tcp-workers: 1
              background-workers: 1
            database:
              storage: "%2$s/knot"
            log:
              - target: stderr
                any: warning
            template:
              - id: default
                storage: "%2$s"
                zonefile-load: whole
                journal-content: none
                semantic-checks: off
            zone:
            """
                .formatted(port, folder)
            + each(zones, "  - domain: \"%1$s\"\n    file: \"%1$s\"\n");
      }
    },
    BIND {
      @Override
      List<String> command(Path file) {
        return List.of(Tools.find("named"), "-f", "-n", "1", "-c", file.toString());
      }

      @Override
      String configuration(Path folder, int port, Collection<String> zones) {
        return """
            options {
              directory "%2$s";
              pid-file none;
              listen-on port %1$d { 127.0.0.1; };
              listen-on-v6 { none; };
              recursion no;
              empty-zones-enable no;
              dnssec-validation no;
              minimal-responses no-auth;
              minimal-any no;
              check-names primary ignore;
              check-integrity no;
              check-mx ignore;
              check-mx-cname ignore;
              check-srv-cname ignore;
              notify no;
            };
            controls { };
            """
                .formatted(port, folder)
            + each(zones, "zone \"%1$s\" { type primary; file \"%1$s\"; };\n");
      }
    };

    /** Skips the test where the program is not installed. */
    abstract List<String> command(Path configuration);

    abstract String configuration(Path folder, int port, Collection<String> zones);

    private static String each(Collection<String> zones, String block) {
      return zones.stream().map(block::formatted).collect(Collectors.joining());
    }
  }

  private final Kind kind;
  private final Path log;
  private final Process process;
  private final DnsClient client;

  private Peer(Kind kind, Path log, Process process, DnsClient client) {
    this.kind = kind;
    this.log = log;
    this.process = process;
    this.client = client;
  }

  /**
   * Starts it and waits until it answers for the last zone.
   *
   * @param folder where the zone files are, each named as its zone without the final dot
   */
  static Peer start(Kind kind, Path folder, List<String> zones) throws IOException {
    int port = Tools.freePort();
    Files.createDirectories(folder.resolve("knot"));
    Path file =
        Files.writeString(folder.resolve(kind + ".conf"), kind.configuration(folder, port, zones));
    File log = folder.resolve(kind + ".log").toFile();
    Process process =
        new ProcessBuilder(kind.command(file))
            .redirectErrorStream(true)
            .redirectOutput(log)
            .start();
    Peer peer =
        new Peer(
            kind,
            log.toPath(),
            process,
            new DnsClient(new InetSocketAddress(InetAddress.getLoopbackAddress(), port)));
    try {
      Patience.until(() -> zones.stream().allMatch(peer::serves));
    } catch (RuntimeException e) {
      peer.close();
      throw new IOException(kind + " says " + peer.log(), e);
    }
    return peer;
  }

  private boolean serves(String zone) {
    if (!process.isAlive()) {
      throw new IllegalStateException(kind + " ended");
    }
    try {
      return client.udp(zone, Type.SOA).getRcode() == Rcode.NOERROR;
    } catch (IOException e) {
      return false; // not listening yet
    }
  }

  private String log() throws IOException {
    return Files.readString(log, StandardCharsets.ISO_8859_1);
  }

  Kind kind() {
    return kind;
  }

  DnsClient client() {
    return client;
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

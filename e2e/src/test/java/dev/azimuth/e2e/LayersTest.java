package dev.azimuth.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.e2e.AzimuthProcess.Options;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.Message;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * All layers at once: unbound asks a node of ours, whose answers lead to the balancers of two
 * sites, each a process of its own, which forward to nginx.
 */
class LayersTest {
  private static final String EU = "127.0.1.1";
  private static final String US = "127.0.1.2";

  @TempDir Path folder;
  private int port;

  /** A node that knows its own site by its balancer, and the other site by that one's health. */
  private AzimuthProcess site(String name, Nginx own, Nginx other, AzimuthProcess neighbour)
      throws IOException {
    boolean eu = name.equals("eu");
    String there = eu ? US : EU;
    String known =
        neighbour == null
            ? "  there: { backends: { n: " + there + " } }\n"
            : """
              there:
                check: neighbour
                backends: { n: { address: %s } }
              """
                .indent(2)
                .formatted(there);
    String yaml =
        """
        checks:
          web: { http: /, every: 200ms, retry: 50ms, timeout: 2s, rise: 1, fall: 2 }
        %s
        defaults: { failback_hold: 0s }
        pools:
          own: { check: web, backends: { a: { address: %s, port: %d } } }
          other: { check: web, backends: { a: { address: %s, port: %d } } }
          here: { balancer: edge }
        %s
        balancers:
          edge: { listen: "tcp://%s:%d", to: [ own, other ], advertise: %s }
        """
            .formatted(
                neighbour == null
                    ? ""
                    : ("  neighbour: { http: \"/healthz?balancer=edge\", address: 127.0.0.1, port: "
                        + neighbour.admin().getPort()
                        + ", every: 200ms, retry: 50ms, timeout: 2s, rise: 1, fall: 2 }"),
                own.address().getHostAddress(),
                own.port(),
                other.address().getHostAddress(),
                other.port(),
                known,
                eu ? EU : US,
                port,
                eu ? EU : US);
    Path its = Files.createDirectory(folder.resolve(name));
    return AzimuthProcess.start(
        its, yaml + Zones.EXAMPLE + "      www: { to: [ here, there ] }\n", Options.USUAL);
  }

  @Test
  void aSiteDiesAndClientsMoveOrAreRescued() throws Exception {
    try (Nginx euOrigin = new Nginx(Files.createDirectory(folder.resolve("n1")), "from eu");
        Nginx usOrigin = new Nginx(Files.createDirectory(folder.resolve("n2")), "from us")) {
      whileASiteDies(euOrigin, usOrigin, euOrigin::end, euOrigin::begin);
    }
  }

  /** The origins are hosts of their own, and nobody says that one is gone. */
  @Test
  void theCableOfASiteIsCutAndClientsMoveOrAreRescued() throws Exception {
    try (Namespace eu = new Namespace(0);
        Namespace us = new Namespace(1);
        Nginx euOrigin = new Nginx(Files.createDirectory(folder.resolve("n1")), "from eu", eu);
        Nginx usOrigin = new Nginx(Files.createDirectory(folder.resolve("n2")), "from us", us)) {
      whileASiteDies(euOrigin, usOrigin, eu::sever, eu::mend);
    }
  }

  /** Does something to a site. */
  private interface Deed {
    void be() throws IOException;
  }

  private void whileASiteDies(Nginx euOrigin, Nginx usOrigin, Deed death, Deed resurrection)
      throws Exception {
    port = Tools.freePort(InetAddress.ofLiteral(EU), InetAddress.ofLiteral(US));
    try (AzimuthProcess us = site("us", usOrigin, euOrigin, null);
        AzimuthProcess eu = site("eu", euOrigin, usOrigin, us);
        Resolver unbound =
            Resolver.start(
                Resolver.Kind.UNBOUND_STUB,
                Files.createDirectory(folder.resolve("unbound")),
                eu.dns())) {
      Patience.until(() -> EU.equals(resolved(unbound)));
      assertThat(get(EU)).endsWith("from eu");
      assertThat(get(US)).endsWith("from us");

      death.be();

      Patience.until(() -> US.equals(resolved(unbound)));
      assertThat(get(resolved(unbound))).as("fresh DNS").endsWith("from us");
      assertThat(get(EU))
          .as("stale DNS: rescued by the site that has no origin")
          .endsWith("from us");
      assertThat(eu.get("/healthz?balancer=edge").statusCode()).isEqualTo(503);
      assertThat(eu.get("/metrics").body())
          .containsPattern("azimuth_balancer_rescued_total\\{[^}]*} [1-9]");

      resurrection.be();

      Patience.until(() -> EU.equals(resolved(unbound)));
      assertThat(get(EU)).endsWith("from eu");

      us.signal("TERM");
      assertThat(get(EU)).as("the other site ends").endsWith("from eu");
    }
  }

  /** The address that a client of the resolver would use. */
  private static String resolved(Resolver unbound) throws IOException {
    Message answer = unbound.ask("www", Type.A);
    return answer.getSection(Section.ANSWER).stream()
        .filter(ARecord.class::isInstance)
        .map(record -> ((ARecord) record).getAddress().getHostAddress())
        .findFirst()
        .orElse("");
  }

  private String get(String address) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.ofLiteral(address), port), 20_000);
      socket.setSoTimeout(20_000);
      socket
          .getOutputStream()
          .write(
              "GET / HTTP/1.0\r\nHost: www.example.com\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    }
  }
}

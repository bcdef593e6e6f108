package dev.azimuth.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.Message;
import org.xbill.DNS.Type;

/** Answers by the place of a client, and what becomes of them when a database is replaced. */
@Timeout(180)
class GeoTest {
  private static final Path DATABASES = Path.of("../app/src/test/resources/geo");
  private static final String SWEDEN = "89.160.20.128/25";

  private static final String CONFIGURATION =
      """
      defaults: { check: none }
      geo: { databases: [ city.mmdb ] }
      pools:
        eu: { at: [ 50.1, 8.7 ], backends: { a: 192.0.2.1 } }
        us: { at: [ 38.9, -77.4 ], backends: { a: 192.0.2.2 } }
        ap: { at: [ 35.7, 139.7 ], backends: { a: 192.0.2.3 } }
      routes:
        world:
          - { country: SE, to: eu }
          - { unknown: true, to: us }
          - { to: ap }
      """
          + Zones.EXAMPLE
          + """
                www: { route: world }
                near: { to: { nearest: [ ap, us, eu ] } }
          """;

  @TempDir Path folder;

  /** As a tool that updates databases does it. */
  private void put(String database) throws IOException {
    Path fresh = folder.resolve("city.fresh");
    Files.copy(DATABASES.resolve(database), fresh, StandardCopyOption.REPLACE_EXISTING);
    Files.move(fresh, folder.resolve("city.mmdb"), StandardCopyOption.REPLACE_EXISTING);
  }

  @Test
  void digWithASubnetGetsThePoolOfThatPlaceAndTheWidestScope() throws Exception {
    String dig = Tools.find("dig");
    put("GeoIP2-City-Test.mmdb");
    try (AzimuthProcess node = AzimuthProcess.start(folder, CONFIGURATION)) {
      assertThat(dig(dig, node, "www.example.com", SWEDEN))
          .contains("\t192.0.2.1\n")
          .contains("CLIENT-SUBNET: 89.160.20.128/25/25\n");
      assertThat(dig(dig, node, "www.example.com", "81.2.69.160/27"))
          .contains("\t192.0.2.3\n")
          .contains("CLIENT-SUBNET: 81.2.69.160/27/27\n");
      assertThat(dig(dig, node, "www.example.com", "203.0.113.0/24"))
          .as("of 203.0.0.0/8 nothing is known, of 202.0.0.0/8 something is")
          .contains("\t192.0.2.2\n")
          .contains("CLIENT-SUBNET: 203.0.113.0/24/8\n");
      assertThat(dig(dig, node, "near.example.com", "216.160.83.56/29"))
          .contains("\t192.0.2.2\n")
          .contains("CLIENT-SUBNET: 216.160.83.56/29/29\n");
      assertThat(dig(dig, node, "near.example.com", "2001:218::/32"))
          .contains("\t192.0.2.3\n")
          .contains("CLIENT-SUBNET: 2001:218::/32/32\n");
      assertThat(dig(dig, node, "near.example.com", "10.0.0.0/8"))
          .as("a private subnet says nothing, and 127.0.0.1 is nowhere")
          .contains("\t192.0.2.3\n")
          .contains("CLIENT-SUBNET: 10.0.0.0/8/0\n");
    }
  }

  private static String dig(String dig, AzimuthProcess node, String name, String subnet)
      throws Exception {
    Process process =
        new ProcessBuilder(
                dig,
                "@127.0.0.1",
                "-p",
                "" + node.dns().getPort(),
                "+subnet=" + subnet,
                "+tries=1",
                name)
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return said;
  }

  @Test
  void aDatabaseIsReplacedUnderQueriesAndABrokenOneIsNot() throws Exception {
    put("GeoIP2-City-Test.mmdb");
    try (AzimuthProcess node = AzimuthProcess.start(folder, CONFIGURATION)) {
      AtomicBoolean stop = new AtomicBoolean();
      AtomicInteger answers = new AtomicInteger();
      Set<String> seen = new ConcurrentSkipListSet<>();
      Thread asking =
          Thread.ofPlatform()
              .start(
                  () -> {
                    try (DnsClient client = node.client()) {
                      while (!stop.get()) {
                        seen.addAll(ask(client, "www.example.com"));
                        answers.incrementAndGet();
                      }
                    } catch (IOException e) {
                      seen.add(e.toString());
                    }
                  });
      Files.writeString(folder.resolve("city.mmdb"), "half a database");
      node.awaitLog(Pattern.compile("databases: what the files hold now is not used"));
      Patience.untilMetrics(node, "\nazimuth_geo_rejected 1");
      Patience.untilStatus(node, "GEO REJECTED");
      put("GeoIP2-City-Shield-Test.mmdb");
      node.awaitLog(Pattern.compile("database city.mmdb: GeoIP2-City-Shield"));
      Patience.untilMetrics(node, "\nazimuth_geo_rejected 0");
      assertThat(node.get("/metrics").body())
          .containsPattern("azimuth_geo_database_age_seconds.*GeoIP2-City-Shield");
      stop.set(true);
      asking.join();
      assertThat(answers.get()).isGreaterThan(100);
      assertThat(seen).as("Sweden to both").containsExactly("192.0.2.1");
    }
  }

  private static List<String> ask(DnsClient client, String name) throws IOException {
    Message answer = client.udp(DnsClient.query(name, Type.A, SWEDEN));
    return DnsClient.addresses(answer);
  }
}

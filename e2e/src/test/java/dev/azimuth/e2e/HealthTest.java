package dev.azimuth.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.e2e.TestBackend.Mood;
import java.io.IOException;
import java.net.SocketException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** Backends that fail and recover in every way, and what is answered meanwhile. */
class HealthTest {
  private static final String WWW = "www.example.com";
  private static final Pattern STATE_CHANGE = Pattern.compile("\\b(UP|DOWN) -> (UP|DOWN)\\b");

  /** A conclusive one. */
  private static final Pattern RESULT = Pattern.compile("\\bL[467][A-Z]{2,4}\\b");

  @TempDir Path folder;
  private List<TestBackend> backends = List.of();
  private AzimuthProcess node;
  private DnsClient client;

  @AfterEach
  void stop() throws IOException {
    if (client != null) {
      client.close();
    }
    if (node != null) {
      node.close();
    }
    for (TestBackend backend : backends) {
      backend.close();
    }
  }

  /** One pool {@code web} of the backends, named b1, b2 and so on, behind www. */
  private void start(String check) throws IOException {
    StringBuilder yaml = new StringBuilder(check(check)).append("pools:\n  web:\n    backends:\n");
    for (int i = 0; i < backends.size(); i++) {
      yaml.append("      b%d: %s%n".formatted(i + 1, backends.get(i).address()));
    }
    run(yaml + Zones.EXAMPLE + "      www: { to: web }\n");
  }

  private String check(String timing) {
    return "checks:\n  web: { http: /healthz, port: %d, %s }%n"
            .formatted(backends.getFirst().port(), timing)
        + "defaults: { check: web }\n";
  }

  private void run(String yaml) throws IOException {
    node = AzimuthProcess.start(folder, yaml);
    client = node.client();
  }

  private static final String QUICK =
      "every: 200ms, retry: 100ms, timeout: 300ms, rise: 2, fall: 2";

  @ParameterizedTest
  @EnumSource(names = {"FAILING", "HANGING", "RESETTING", "REFUSING"})
  void aBackendThatFailsIsLeftOutAndComesBack(Mood mood) throws Exception {
    backends = TestBackend.on("127.0.0.1", "127.0.0.2");
    start(QUICK);
    Patience.untilAnswersAre(client, WWW, "127.0.0.1", "127.0.0.2");

    // The formula gives 870 ms; the rest is for the machine that runs the tests.
    Patience.within(Duration.ofMillis(870 + 2_000), () -> failsAndComesBack(mood));
  }

  /** How long it was until the answers had left it out. */
  private Duration failsAndComesBack(Mood mood) throws Exception {
    int mark = node.mark();
    long died = System.nanoTime();
    backends.get(1).become(mood);
    Patience.until(() -> Patience.seen(client, WWW).equals(Set.of("127.0.0.1")));
    Duration took = Duration.ofNanos(System.nanoTime() - died);
    assertThat(decisive(mark, "UP -> DOWN")).as("neither one failure nor three").isEqualTo(2);
    mark = node.mark();
    backends.get(1).become(Mood.HEALTHY);
    Patience.untilAnswersAre(client, WWW, "127.0.0.1", "127.0.0.2");
    assertThat(decisive(mark, "DOWN -> UP")).as("neither one success nor three").isEqualTo(2);
    return took;
  }

  /**
   * How many results in a row a change of state took, by the line that tells of it: the result that
   * decided, and of those before it as many as say the same. Results that the machine was too busy
   * for count for neither.
   */
  private long decisive(int mark, String change) throws IOException {
    String said = node.awaitLog(mark, Pattern.compile(change + ": (.*)")).group(1);
    List<Boolean> good =
        RESULT.matcher(said).results().map(code -> code.group().endsWith("OK")).toList();
    return good.stream().takeWhile(good.getFirst()::equals).count();
  }

  @Test
  void aFlappingBackendStaysAndLowersTheTtl() throws Exception {
    backends = TestBackend.on("127.0.0.1", "127.0.0.2");
    start("every: 100ms, retry: 100ms, timeout: 2s, rise: 2, fall: 2");
    Patience.untilAnswersAre(client, WWW, "127.0.0.1", "127.0.0.2");
    int mark = node.mark();
    int before = backends.get(1).requests();

    backends.get(1).become(Mood.FLAPPING);
    boolean lowered = false;
    while (backends.get(1).requests() < before + 20) {
      Message answer = client.udp(WWW, Type.A);
      lowered |= answer.getSection(Section.ANSWER).getFirst().getTTL() == 5;
    }

    assertThat(lowered).isTrue();
    assertThat(node.log().substring(mark)).doesNotContainPattern(STATE_CHANGE);
    Patience.untilAnswersAre(client, WWW, "127.0.0.1", "127.0.0.2");
  }

  @Test
  void aDeadBackendAtTheStartIsNeverAnswered() throws Exception {
    backends = TestBackend.on("127.0.0.1", "127.0.0.2");
    backends.get(0).become(Mood.REFUSING);
    start(QUICK);

    assertThat(Patience.seen(client, WWW)).containsExactly("127.0.0.2");
  }

  @Test
  void oneFamilyDownIsNoDataForItAndNothingForTheOther() throws Exception {
    try {
      backends = TestBackend.on("127.0.0.2", "::1");
    } catch (SocketException e) {
      Assumptions.abort("no IPv6 on loopback here: " + e.getMessage());
    }
    run(
        check(QUICK)
            + "pools: { web: { backends: { b: { address: [ 127.0.0.2, \"::1\" ] } } } }\n"
            + Zones.EXAMPLE
            + "      www: { to: web }\n");
    Patience.until(() -> !client.udp(WWW, Type.AAAA).getSection(Section.ANSWER).isEmpty());

    backends.get(1).become(Mood.REFUSING);
    Patience.until(() -> client.udp(WWW, Type.AAAA).getSection(Section.ANSWER).isEmpty());

    Message gone = client.udp(WWW, Type.AAAA);
    assertThat(gone.getRcode()).isEqualTo(Rcode.NOERROR);
    SOARecord soa = (SOARecord) gone.getSection(Section.AUTHORITY).getFirst();
    assertThat(soa.getTTL()).isEqualTo(5);
    assertThat(client.a(WWW)).containsExactly("127.0.0.2");
  }

  @Test
  void aPoolThatIsDownGivesWayAndReturnsAfterItsHold() throws Exception {
    backends = TestBackend.on("127.0.0.1", "127.0.0.2");
    run(
        check(QUICK)
            + """
            pools:
              near: { failback_hold: 2s, backends: { b: 127.0.0.1 } }
              far: { backends: { b: 127.0.0.2 } }
            """
            + Zones.EXAMPLE
            + "      www: { to: [ near, far ] }\n");
    Patience.untilAnswersAre(client, WWW, "127.0.0.1");

    backends.get(0).become(Mood.FAILING);
    Patience.untilAnswersAre(client, WWW, "127.0.0.2");
    long healthy = System.nanoTime();
    backends.get(0).become(Mood.HEALTHY);
    Patience.untilAnswersAre(client, WWW, "127.0.0.1");

    assertThat(Duration.ofNanos(System.nanoTime() - healthy)).isGreaterThan(Duration.ofSeconds(2));
  }

  @Test
  void allDownDoesWhatEachNameSays() throws Exception {
    backends = TestBackend.on("127.0.0.1", "127.0.0.2");
    backends.get(1).become(Mood.FAILING);
    run(
        check(QUICK)
            + "pools: { web: { backends: { b1: 127.0.0.1, b2: 127.0.0.2 } } }\n"
            + Zones.EXAMPLE
            + """
                  www: { to: web }
                  serve: { to: web, all_down: serve_all }
                  last: { to: web, all_down: last_good }
                  address: { to: web, all_down: { address: 192.0.2.80 } }
                  cname: { to: web, all_down: { cname: fixed.example.com } }
                  nodata: { to: web, all_down: nodata }
                  servfail: { to: web, all_down: servfail }
            """);
    Patience.untilAnswersAre(client, WWW, "127.0.0.1");

    backends.get(0).become(Mood.FAILING);
    Patience.until(() -> client.udp("servfail.example.com", Type.A).getRcode() == Rcode.SERVFAIL);

    assertThat(Patience.seen(client, "serve.example.com"))
        .containsExactlyInAnyOrder("127.0.0.1", "127.0.0.2");
    assertThat(Patience.seen(client, WWW)).hasSize(2); // serve_all is the default
    assertThat(Patience.seen(client, "last.example.com")).containsExactly("127.0.0.1");
    assertThat(client.a("address.example.com")).containsExactly("192.0.2.80");
    assertThat(client.udp("address.example.com", Type.AAAA).getSection(Section.ANSWER)).isEmpty();
    assertThat(client.a("cname.example.com")).startsWith("fixed.example.com.");
    Message nodata = client.udp("nodata.example.com", Type.A);
    assertThat(nodata.getRcode()).isEqualTo(Rcode.NOERROR);
    assertThat(nodata.getSection(Section.ANSWER)).isEmpty();
    assertThat(nodata.getSection(Section.AUTHORITY).getFirst().getTTL()).isEqualTo(5);
    for (String name : List.of("serve", "last", "address", "cname")) {
      assertThat(client.udp(name + ".example.com", Type.A).getSection(Section.ANSWER).getFirst())
          .satisfies(record -> assertThat(record.getTTL()).isEqualTo(5));
    }

    backends.get(0).become(Mood.HEALTHY);
    Patience.untilAnswersAre(client, "nodata.example.com", "127.0.0.1");
  }

  @Test
  void aStopOfTheNodeForThreeSecondsChangesNoState() throws Exception {
    backends = TestBackend.on("127.0.0.1", "127.0.0.2", "127.0.0.3");
    backends.get(2).become(Mood.FAILING);
    // A timeout longer than the stop: its being late must not be what saves the test.
    start("every: 500ms, retry: 500ms, timeout: 10s, rise: 1, fall: 1");
    Patience.untilAnswersAre(client, WWW, "127.0.0.1", "127.0.0.2");
    int mark = node.mark();

    // One probe is under way all the time, and ends while nobody looks.
    backends.get(0).become(Mood.HANGING);
    Patience.until(() -> backends.get(0).connections() > 0);
    node.signal("STOP");
    Thread.sleep(3_000); // the stop itself
    assertThat(backends.get(0).connections()).isEqualTo(1);
    backends.get(0).become(Mood.HEALTHY);
    backends.get(0).hangUp();
    int before = backends.get(0).requests();
    node.signal("CONT");
    Patience.until(() -> backends.get(0).requests() >= before + 3);

    assertThat(node.log().substring(mark)).doesNotContainPattern(STATE_CHANGE);
    assertThat(Patience.seen(client, WWW)).containsExactlyInAnyOrder("127.0.0.1", "127.0.0.2");
  }
}

package dev.azimuth.app.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.health.ProbeResult;
import dev.azimuth.health.ProbeResult.Code;
import dev.azimuth.health.Target;
import dev.azimuth.steering.Binder;
import dev.azimuth.steering.Slots;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checks that are made of others, from the configuration to the answer. */
class CombinedChecksTest {
  private static final String YAML =
      """
      server: { listen: [ "127.0.0.1:0" ], state_dir: state }
      checks:
        web: { tcp: 80, fall: 1, rise: 1 }
        app: { tcp: 81, fall: 1, rise: 1 }
        sql: { tcp: 5432, address: 10.0.0.1, fall: 1, rise: 1 }
        cert: { tcp: 443, fall: 1, rise: 1 }
        site: { any: [ web, app ], veto: [ sql ], watch: [ cert ] }
      pools:
        eu:
          check: site
          backends:
            a: 192.0.2.1
            b: { address: 192.0.2.2, check: web }
            c: { address: 192.0.2.3, check: none }
        us: { check: site, backends: { d: 198.51.100.1 } }
      zones:
        example.com:
          records: |
            @   SOA ns1 hostmaster 1 1h 15m 7d 60
            @   NS  ns1
            ns1 A   203.0.113.53
          names: { www: { to: [ eu, us ] } }
      """;

  @TempDir private Path folder;

  private final DeskTest.Around around = new DeskTest.Around();
  private final Desk desk =
      new Desk(around, new Binder(Questions::octets), new Slots(), Saved.NOTHING);

  private void probe(String address, int port, Code code) {
    for (Target target : around.watched.keySet()) {
      if (target.address().getHostAddress().equals(address) && target.port() == port) {
        desk.apply(new Event.Probed(target, new ProbeResult(code, "", 5, 1000)), 5);
      }
    }
    desk.settle(5);
  }

  private void start() {
    desk.apply(new Event.Adopt(Written.load(folder, YAML), new CompletableFuture<>()), 0);
    desk.settle(0);
  }

  private Status.EndpointStatus endpoint(String pool, int backend) {
    Published now = around.published.getLast();
    return StatusView.pools(now).stream()
        .filter(each -> each.name().equals(pool))
        .findFirst()
        .orElseThrow()
        .backends()
        .get(backend)
        .endpoints()
        .getFirst();
  }

  @Test
  void whatSeveralDependOnIsProbedOnce() {
    Plan plan = Plan.of(Written.load(folder, YAML), Map.of(), new Slots());
    assertThat(plan.targets()).as("web ×3, app ×2, sql ×1, cert ×2").hasSize(8);
    assertThat(plan.verdicts()).as("a, b and d").hasSize(3);
    Target sql = plan.targets().stream().filter(t -> t.port() == 5432).findFirst().orElseThrow();
    assertThat(plan.labels().get(sql)).isEqualTo("eu/a check sql, us/d check sql");
  }

  @Test
  void aBackendIsWhatItsOwnCombinationComesTo() {
    start();
    probe("192.0.2.1", 80, Code.L4CON);
    probe("192.0.2.2", 80, Code.L4OK);
    probe("198.51.100.1", 80, Code.L4OK);
    assertThat(around.published).as("the watched one is not waited for").isNotEmpty();
    assertThat(endpoint("eu", 0).state()).isEqualTo("UNKNOWN");
    probe("192.0.2.1", 81, Code.L4OK);
    assertThat(endpoint("eu", 0).state()).as("an unknown veto holds nothing back").isEqualTo("UP");
    probe("10.0.0.1", 5432, Code.L4CON);
    assertThat(endpoint("eu", 0).state()).isEqualTo("DOWN");
    assertThat(endpoint("us", 0).state()).isEqualTo("DOWN");
    assertThat(endpoint("eu", 1).state()).as("has a check of its own").isEqualTo("UP");
    assertThat(endpoint("eu", 2).state()).isEqualTo("NONE");
    assertThat(endpoint("eu", 0).checks())
        .extracting(c -> c.check() + " " + c.state() + " " + c.watched())
        .containsExactly("web DOWN false", "app UP false", "sql DOWN false", "cert UNKNOWN true");
    assertThat(endpoint("eu", 1).checks()).isEmpty();
  }

  @Test
  void whatIsOnlyWatchedChangesNoAnswerButIsToldOf() {
    start();
    probe("192.0.2.1", 80, Code.L4OK);
    probe("192.0.2.2", 80, Code.L4OK);
    probe("198.51.100.1", 80, Code.L4OK);
    int before = around.published.size();
    probe("192.0.2.1", 443, Code.L4CON);
    assertThat(around.published).hasSize(before);
    assertThat(around.changes).endsWith("eu/a watched check cert UNKNOWN -> DOWN");
    assertThat(endpoint("eu", 0).checks().getLast().state()).isEqualTo("DOWN");
  }
}

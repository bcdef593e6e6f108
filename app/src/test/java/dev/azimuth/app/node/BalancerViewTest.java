package dev.azimuth.app.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.app.SampleReports;
import dev.azimuth.app.node.DeskTest.Around;
import dev.azimuth.steering.Binder;
import dev.azimuth.steering.Slots;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BalancerViewTest {
  private static final String YAML =
      """
      server: { listen: [ "127.0.0.1:0" ], state_dir: state }
      pools: { eu: { backends: { fra1: 192.0.2.1 } } }
      balancers:
        web:
          listen: "tcp://127.0.0.1:0"
          port: 80
          to: eu
          route: [ { sni: [ a.example, b.example ], alpn: h2, to: eu } ]
        other: { listen: "tcp://127.0.0.1:0", port: 80, to: eu }
      zones:
        example.com:
          records: |
            @   SOA ns1 hostmaster 1 1h 15m 7d 60
            @   NS  ns1
            ns1 A   203.0.113.53
      """;

  @TempDir private Path folder;
  private final Around around = new Around();
  private final RecentCounts recent = new RecentCounts();

  private final Desk desk =
      new Desk(around, new Binder(Questions::octets), new Slots(), Saved.NOTHING);

  @BeforeEach
  void publish() {
    desk.apply(new Event.Adopt(Written.load(folder, YAML), new CompletableFuture<>()), 1000);
    desk.settle(1000);
  }

  private List<BalancerStatus> at(long now, long accepted) {
    return BalancerView.of(
        around.published.getLast(), List.of(SampleReports.web(accepted)), name -> 7, recent, now);
  }

  @Test
  void everyBalancerOfTheConfigurationIsShown() {
    List<BalancerStatus> all = at(1_000_000, 47);
    assertThat(all).extracting(BalancerStatus::name).containsExactly("web", "other");
    assertThat(all).extracting(BalancerStatus::standing).containsOnly("USABLE");
    assertThat(all.getLast().listeners()).as("nobody reports of it yet").isEmpty();
    BalancerStatus web = all.getFirst();
    BalancerStatus.Listener listener = web.listeners().getFirst();
    assertThat(listener.address()).isEqualTo("tcp://203.0.113.7:443");
    assertThat(listener.ends()).isEqualTo(Map.of("DONE", 40L, "NOT_REACHED", 2L));
    assertThat(web.routes())
        .containsExactly(
            new BalancerStatus.Route(
                "",
                "FAILOVER",
                List.of(new BalancerStatus.Candidate("eu/fra1", 3, List.of("192.0.2.1:80"))),
                List.of("us")),
            new BalancerStatus.Route(
                "sni a.example, b.example; alpn h2", "ALL_DOWN", List.of(), List.of()));
    assertThat(web.acceptFailures()).isEqualTo(1);
    assertThat(web.acceptPauses()).isEqualTo(3);
    assertThat(web.ejections()).isEqualTo(7);
    BalancerStatus.Backend backend = web.backends().getFirst();
    assertThat(backend.perSecond()).isNull();
    assertThat(backend.failures()).isEqualTo(Map.of("REFUSED", 4L));
    assertThat(backend.connect()).isEqualTo(new BalancerStatus.Times(100, 64, 128));
    assertThat(backend.firstOctet().count()).isZero();
  }

  @Test
  void aBackendThatConnectionsFailWithIsShownUntilItComesBack() {
    desk.apply(new Event.Failing("web", "eu/fra1"), 2000);
    desk.settle(2000);
    assertThat(at(2000, 1).getFirst().ejected()).as("never the last").isEmpty();
    String two = YAML.replace("fra1: 192.0.2.1", "fra1: 192.0.2.1, fra2: 192.0.2.2");
    desk.apply(new Event.Adopt(Written.load(folder, two), new CompletableFuture<>()), 3000);
    desk.settle(3000);
    desk.apply(new Event.Failing("web", "eu/fra1"), 4000);
    desk.settle(4000);
    assertThat(at(4000, 1).getFirst().ejected())
        .containsExactly(new BalancerStatus.Ejected("eu/fra1", SteadyClock.instant(14_000), 1));
    assertThat(at(4000, 1).getLast().ejected()).as("each by itself").isEmpty();
    assertThat(around.ejected).containsExactly("web eu/fra1");
    desk.settle(14_000);
    assertThat(at(14_000, 1).getFirst().ejected()).isEmpty();
  }

  @Test
  void ratesAreOverTheTimeSinceALookLongEnoughAgo() {
    assertThat(rates(at(1_000_000, 100))).as("nothing is known before").isNull();
    assertThat(rates(at(1_001_000, 101))).as("too short ago").isNull();
    List<BalancerStatus> later = at(1_010_000, 150);
    assertThat(accepted(later)).isEqualTo(5);
    assertThat(later.getFirst().backends().getFirst().perSecond()).isZero();
    assertThat(accepted(at(1_012_000, 220))).as("still since the first look").isEqualTo(10);
    assertThat(accepted(at(1_020_000, 220))).as("since the one at 10 s").isEqualTo(7);
    assertThat(accepted(at(1_030_000, 0))).as("counted anew").isZero();
  }

  private static double accepted(List<BalancerStatus> all) {
    BalancerStatus.Rates rates = rates(all);
    assertThat(rates).isNotNull();
    return rates.accepted();
  }

  private static BalancerStatus.Rates rates(List<BalancerStatus> all) {
    return all.getFirst().listeners().getFirst().rates();
  }
}

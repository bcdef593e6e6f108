package dev.azimuth.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.app.node.BalancerStatus;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BalancerTextTest {
  private static final Map<String, Long> ENDS = new LinkedHashMap<>();

  static {
    ENDS.put("DONE", 40L);
    ENDS.put("NOT_REACHED", 2L);
  }

  private static final BalancerStatus WEB =
      new BalancerStatus(
          "web",
          "NO_BACKEND",
          6,
          0,
          12,
          3,
          List.of(
              new BalancerStatus.Listener(
                  "tcp://203.0.113.7:443",
                  5,
                  47,
                  20_480,
                  5_000_000_000L,
                  4,
                  47,
                  9,
                  ENDS,
                  new BalancerStatus.Rates(3.25, 0, 0)),
              new BalancerStatus.Listener(
                  "tcp://[2001:db8::7]:443", 0, 0, 0, 0, 0, 0, 0, Map.of(), null)),
          List.of(
              new BalancerStatus.Route(
                  "",
                  "FAILOVER",
                  List.of(
                      new BalancerStatus.Candidate("eu/fra1", 3, List.of("192.0.2.1:80")),
                      new BalancerStatus.Candidate("eu/fra2", 1, List.of("192.0.2.2:80"))),
                  List.of("us", "ap")),
              new BalancerStatus.Route("sni a.example", "ALL_DOWN", List.of(), List.of())),
          List.of(
              new BalancerStatus.Backend(
                  "eu/fra1",
                  5,
                  45,
                  0.25,
                  20_000L,
                  4_000_000_000L,
                  Map.of("REFUSED", 4L),
                  new BalancerStatus.Times(100, 128, 16_384),
                  new BalancerStatus.Times(0, 0, 0),
                  new BalancerStatus.LastFailure(Instant.EPOCH, "Connection refused"))),
          List.of());

  @Test
  void balancersAreThreeTables() {
    assertThat(BalancerText.of(List.of(WEB), Ink.PLAIN))
        .isEqualTo(
            """
            BALANCER  LISTENER                 STATE       OPEN  ACCEPTED  A SECOND  IN      OUT       WAITING  QUEUED  RETRIES  RESCUED  ENDED
            web       tcp://203.0.113.7:443    no backend  5     47        3.3       20 KiB  4768 MiB  6        9       4        47       done 40, not reached 2
                      tcp://[2001:db8::7]:443              0     0         -         0 B     0 B                0       0        0

            web: backends ejected 3, accepting paused 12

            BALANCER  CLIENTS        REASON    FORWARDED TO
            web       all others     FAILOVER  eu/fra1 x3, eu/fra2; then us, ap
                      sni a.example  ALL_DOWN  nobody

            BALANCER  BACKEND  OPEN  CONNECTED  A SECOND  SENT    RECEIVED  CONNECT         FIRST  FAILURES
            web       eu/fra1  5     45         0.3       19 KiB  3814 MiB  0.1 ms / 16 ms  -      refused 4, last: Connection refused

            """);
  }

  @Test
  void withoutBalancersThereIsNothing() {
    assertThat(BalancerText.of(List.of(), Ink.PLAIN)).isEmpty();
  }

  @Test
  void oneThatDoesNotRunIsShownAllTheSame() {
    var idle =
        new BalancerStatus(
            "web", "DRAINED", 0, 0, 0, 0, List.of(), List.of(), List.of(), List.of());
    assertThat(BalancerText.of(List.of(idle), Ink.PLAIN))
        .contains("web       (does not run)  drained\n");
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0 B",
    "10239, 10239 B",
    "10240, 10 KiB",
    "10485759, 10239 KiB",
    "10485760, 10 MiB",
    "9223372036854775807, 8191 PiB",
  })
  void octetsAreShownInTheLargestUnitOfWhichThereAreTen(long octets, String text) {
    assertThat(BalancerText.octets(octets)).isEqualTo(text);
  }
}

package dev.azimuth.health;

import static dev.azimuth.health.Samples.target;
import static dev.azimuth.health.Samples.timing;
import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.health.Check.Header;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** Which checks of a place ask the same. */
class QuestionTest {
  private static final Timing QUICK = timing(1_000, 500, 200, 1, 1);
  private static final Timing SLOW = timing(60_000, 1_000, 5_000, 3, 5);
  private static final Path FILE = Path.of("token");

  private static List<Check> checks(Timing timing, String token) {
    OptionalInt port = OptionalInt.of(7);
    Secure tls = new Secure(true, "www.example.com", null, null);
    InetAddress elsewhere = InetAddress.ofLiteral("192.0.2.7");
    Octets send = Octets.NONE;
    Header secret = new Header("Authorization", token, FILE);
    Check.Request request =
        new Check.Request("GET", "/", "www.example.com", List.of(secret), Octets.NONE);
    Check.Expected good = Check.Expected.status(Samples.GOOD);
    return List.of(
        new Check.Http(tls, request, good, true, true, null, elsewhere, port, timing),
        new Check.Tcp(send, null, elsewhere, port, timing),
        new Check.Handshake(tls, elsewhere, port, timing),
        new Check.Udp(send, null, elsewhere, port, timing),
        new Check.Dns("example.com", 1, List.of("192.0.2.1"), 0, true, elsewhere, port, timing),
        new Check.Grpc(tls, "service", "www.example.com", elsewhere, port, timing),
        new Check.Ping(elsewhere, timing),
        new Check.Program(List.of("/bin/true", "x"), elsewhere, port, timing),
        new Check.StateFile(FILE, Duration.ofSeconds(9), timing),
        new Check.Heartbeat(Duration.ofSeconds(9), timing));
  }

  @Test
  void timesAndSecretsDoNotMatterAndAllElseDoes() {
    List<Check> some = checks(QUICK, "one");
    List<Check> same = checks(SLOW, "two");
    for (int i = 0; i < some.size(); i++) {
      assertThat(target(1, some.get(i))).isNotEqualTo(target(1, same.get(i)));
      assertThat(target(1, some.get(i)).question()).isEqualTo(target(1, same.get(i)).question());
      assertThat(target(1, some.get(i)).question()).isNotEqualTo(target(2, same.get(i)).question());
    }
    assertThat(some.stream().map(Check::question)).doesNotHaveDuplicates();
    assertThat(new Header("X-Shard", "one").withoutSecret())
        .as("no secret")
        .isEqualTo(new Header("X-Shard", "one"));
    assertThat(some.getFirst().question().toString()).contains("token").contains("/");
    assertThat(((Check.Http) some.getFirst().question()).request().headers())
        .containsExactly(new Header("Authorization", "", FILE));
  }
}

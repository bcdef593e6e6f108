package dev.azimuth.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.OptionalInt;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Times that end a connection whatever passes. */
class TimesTest {
  private static final Duration SHORT = Duration.ofMillis(300);

  private final Draft draft = new Draft();

  private static Lab lab(boolean nio) {
    return nio ? new Lab(null, 2) : new Lab();
  }

  private static void echo(Socket socket) throws IOException {
    try (socket) {
      socket.getInputStream().transferTo(socket.getOutputStream());
    }
  }

  private static boolean answered(Socket client) {
    try {
      client.getOutputStream().write(1);
      return client.getInputStream().read() == 1;
    } catch (IOException e) {
      return false;
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aConnectionThatIsAlwaysInUseEndsAtItsAge(boolean nio) throws Exception {
    draft.bound(draft.times.queue(), SHORT, draft.times.drain());
    try (Lab lab = lab(nio);
        Socket client = lab.client(lab.forward(draft.settings(), lab.server(TimesTest::echo)))) {
      int answers = 0;
      while (answered(client)) {
        answers++;
      }
      assertThat(answers).isPositive();
      lab.assertAtRest();
      assertThat(lab.count(End.AGE)).isOne();
      assertThat(lab.ended.getFirst().micros()).isGreaterThanOrEqualTo(SHORT.toMillis() * 1000);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whoFindsNoPlaceInTimeIsSentAway(boolean nio) throws Exception {
    draft.bound(SHORT, draft.times.age(), draft.times.drain());
    draft.limits = new Settings.Limits(100, 1, 1, Settings.Limits.NONE, OptionalInt.empty(), 1);
    try (Lab lab = lab(nio)) {
      InetSocketAddress at = lab.forward(draft.settings(), lab.server(TimesTest::echo));
      try (Socket first = lab.client(at);
          Socket second = answered(first) ? lab.client(at) : first) {
        assertThat(second).isNotSameAs(first);
        assertThat(leaves(second)).isTrue();
        assertThat(lab.count(End.QUEUE_TIME)).isOne();
        assertThat(lab.report().listeners().getFirst().queued()).isOne();
        assertThat(lab.report().waiting()).isZero();
        assertThat(answered(first)).as("whoever has the place keeps it").isTrue();
      }
      lab.assertAtRest();
      ConnectionRecord late = lab.ended.getFirst();
      assertThat(late.end()).isEqualTo(End.QUEUE_TIME);
      assertThat(late.backend()).isNull();
      assertThat(late.micros()).isGreaterThanOrEqualTo(SHORT.toMillis() * 1000);
      assertThat(lab.report().backends().getFirst().failures().values()).containsOnly(0L);
    }
  }

  /** Whether it hears nothing but an end, or a reset. */
  private static boolean leaves(Socket client) throws IOException {
    try {
      return client.getInputStream().read() < 0;
    } catch (SocketException e) {
      return true;
    }
  }
}

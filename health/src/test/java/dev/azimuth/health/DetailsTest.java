package dev.azimuth.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.NoRouteToHostException;
import java.nio.channels.ClosedChannelException;
import org.junit.jupiter.api.Test;

class DetailsTest {
  @Test
  void theFirstCauseSpeaks() {
    Throwable cause = new IllegalStateException("outer", new IOException("No route to host"));

    assertThat(Details.of(cause)).isEqualTo("No route to host");
  }

  @Test
  void anExceptionWithoutMessageGivesItsName() {
    assertThat(Details.of(new ClosedChannelException())).isEqualTo("ClosedChannelException");
  }

  @Test
  void ofAFailedSystemCallTheReasonIsSaid() {
    assertThat(Details.of(new IOException("finishConnect(..) failed with error(-111): Refused")))
        .isEqualTo("Refused");
    assertThat(Details.of(new NoRouteToHostException())).isEqualTo("No route to host");
  }

  @Test
  void whatATerminalOrALogCouldTakeForACommandIsReplaced() {
    assertThat(Details.printable("a\u001b[31m\r\n\u0000\u007f\u00e9\u2028z"))
        .isEqualTo("a?[31m??????z");
  }

  @Test
  void longTextIsCut() {
    assertThat(Details.printable("x".repeat(5_000))).hasSize(120);
  }
}

package dev.azimuth.app.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class PrintableTest {
  @Test
  void ordinaryTextStaysAsItIs() {
    String text = "503 Service Unavailable: Größe 日本 \uD83D\uDE00";
    assertThat(Printable.of(text)).isSameAs(text);
  }

  @Test
  void whatMovesCursorsOrLinesIsEscaped() {
    assertThat(Printable.of("a\u001b[2J\r\n\u009b\u202e\u2028\\u000a\ud800"))
        .isEqualTo("a\\u001b[2J\\u000d\\u000a\\u009b\\u202e\\u2028\\\\u000a\\ud800");
  }

  @Test
  void noTextLeavesAControlCharacter() {
    var random = new Random(1);
    for (int i = 0; i < 2000; i++) {
      String safe =
          Printable.of(
              random
                  .ints(20, 0, 0x3000)
                  .collect(
                      StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                  .toString());
      assertThat(safe.codePoints().anyMatch(Character::isISOControl)).isFalse();
      assertThat(safe.lines().count()).isLessThanOrEqualTo(1);
    }
  }
}

package dev.azimuth.app.host;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UnicodeNameTest {
  @ParameterizedTest
  @CsvSource({
    "bücher.example, xn--bcher-kva.example",
    "BÜCHER.example., xn--bcher-kva.example.",
    "*.bücher, *.xn--bcher-kva",
    "例え.テスト, xn--r8jz45g.xn--zckzah",
    "_dns.bücher.example, _dns.xn--bcher-kva.example"
  })
  void saysWhatToWrite(String name, String written) {
    assertThat(UnicodeName.advice(name))
        .isEqualTo("write " + written + ", since DNS has only ASCII");
  }

  /** Of these the old rules make another name than the new ones. */
  @ParameterizedTest
  @ValueSource(strings = {"straße.example", "βόλος.example", "\ud83d\udca9\udca9.example", "ü..x"})
  void saysNoFormThatMayBeWrong(String name) {
    assertThat(UnicodeName.advice(name))
        .isEqualTo("write it in its xn-- form, since DNS has only ASCII");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "www.example.com", "a b", "xn--bcher-kva.example", "\u007f"})
  void saysNothingOfAscii(String name) {
    assertThat(UnicodeName.advice(name)).isNull();
  }
}

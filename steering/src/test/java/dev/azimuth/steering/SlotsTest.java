package dev.azimuth.steering;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SlotsTest {
  @Test
  void aThingKeepsItsNumberAndANumberItsThing() {
    Slots slots = new Slots();
    for (int i = 0; i < 100; i++) {
      assertThat(slots.of("eu/b" + i)).isEqualTo(i);
    }
    assertThat(slots.of("eu/b17")).isEqualTo(17);
    assertThat(slots.size()).isEqualTo(100);
    assertThat(slots.thing(17)).isEqualTo("eu/b17");
    assertThat(slots.thing(99)).isEqualTo("eu/b99");
  }
}

package dev.azimuth.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AgendaTest {
  private record Thing(long time, int number) {}

  @Test
  void whatIsDueComesInTheOrderOfItsTime() {
    Random random = new Random(3);
    for (int round = 0; round < 200; round++) {
      Agenda<Thing> agenda = new Agenda<>();
      PriorityQueue<Thing> model = new PriorityQueue<>(Comparator.comparingLong(Thing::time));
      int times = 1 + random.nextInt(1_000); // with few of them many are alike
      for (int step = 0; step < 500; step++) {
        if (random.nextInt(5) < 3) {
          Thing thing = new Thing(random.nextLong(times) - times / 2, step);
          agenda.add(thing, thing.time);
          model.add(thing);
        } else {
          long now = random.nextLong(times) - times / 2;
          Thing due = agenda.poll(now);
          boolean expected = !model.isEmpty() && model.peek().time <= now;
          assertThat(due != null).isEqualTo(expected);
          if (due != null) {
            assertThat(due.time).isEqualTo(model.peek().time);
            model.remove(due);
          }
        }
        assertThat(agenda.next()).isEqualTo(model.isEmpty() ? Long.MAX_VALUE : model.peek().time);
      }
      while (!model.isEmpty()) {
        Thing due = agenda.poll(Long.MAX_VALUE);
        assertThat(due).isNotNull();
        assertThat(due.time).isEqualTo(model.peek().time);
        assertThat(model.remove(due)).as("each comes once").isTrue();
      }
      assertThat(agenda.poll(Long.MAX_VALUE)).isNull();
    }
  }

  @Test
  void nothingIsLeftAfterClearing() {
    Agenda<String> agenda = new Agenda<>();
    for (int i = 0; i < 100; i++) {
      agenda.add("x", i);
    }
    agenda.clear();

    assertThat(agenda.next()).isEqualTo(Long.MAX_VALUE);
    assertThat(agenda.poll(Long.MAX_VALUE)).isNull();
    agenda.add("y", 1);
    assertThat(agenda.poll(1)).isEqualTo("y");
  }
}

package dev.azimuth.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.app.FakeNode;
import dev.azimuth.app.orders.Preview;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Orders, and what one would do, as a person sees them. */
class OrdersTextTest {

  @Test
  void aDryRunShowsWhatWouldBeLeft() {
    assertThat(PreviewText.of(FakeNode.preview(), Ink.PLAIN))
        .isEqualTo(
            """
            DRY RUN  drain tag:blue, nothing is changed
            REFUSED  pool eu: leaves 1 of 3 usable, 33 %, below the floor of 40 %, unless with --force

            matches 2: eu/fra1, us/iad1

            POOL  USABLE         WEIGHT    CAPACITY         FLOOR
            eu    100 % -> 33 %  30 -> 10  20,000 -> 6,666  40 %
            us    100 % -> 0 %   1 -> 0    -                -

            NAME              RULE             NOW  THEN
            www.example.com.  routes.world[0]  eu   us
            api.example.com.  routes.world[1]  us   all down
            without a usable backend: 1
            """);
  }

  @Test
  void ofManyTheNumberIsShown() {
    List<String> matches = IntStream.range(0, 60).mapToObj(i -> "eu/b" + i).toList();
    String text =
        PreviewText.of(new Preview("up eu", matches, List.of(), List.of(), null), Ink.PLAIN);
    assertThat(text)
        .contains("matches 60: eu/b0, ", "eu/b49 and 10 more\n")
        .endsWith("every name keeps its pool\n");
  }

  @Test
  void overridesAreATable() {
    assertThat(OverridesText.of(FakeNode.troubled().overrides(), FakeNode.NOW, Ink.PLAIN))
        .isEqualTo(
            """
            SELECTOR  ORDER  MATCHES  AGE  BEGINS  ENDS   AUTHOR  REASON
            us/iad2   down   1        2m   -       -      bob     disk
            tag:blue  drain  3        1m   in 2h   in 3h  ann     release
            """);
    assertThat(OverridesText.of(List.of(), FakeNode.NOW, Ink.PLAIN))
        .isEqualTo("nothing is ordered\n");
  }
}

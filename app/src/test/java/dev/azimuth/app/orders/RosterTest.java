package dev.azimuth.app.orders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.azimuth.app.orders.Roster.Entry;
import dev.azimuth.health.Forced;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whom a selector means. */
class RosterTest {
  private static final Roster ROSTER =
      new Roster(
          List.of(
              new Entry("eu", "fra1", List.of("blue")),
              new Entry("eu", "fra2", List.of("green", "new")),
              new Entry("eu", "ams1", List.of("blue")),
              new Entry("us", "iad1", List.of("blue")),
              new Entry("us", "fra2", List.of()),
              new Entry("ap", "ap", List.of()),
              new Entry("edge", "web", List.of()),
              new Entry("edge6", "web", List.of())),
          Map.of("web", List.of("edge", "edge6"), "idle", List.of()));

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          eu/fra1  | eu/fra1  | eu/fra1
          fra1     | eu/fra1  | eu/fra1
          eu       | eu       | eu/fra1 eu/fra2 eu/ams1
          */fra*   | */fra*   | eu/fra1 eu/fra2 us/fra2
          eu/*     | eu/*     | eu/fra1 eu/fra2 eu/ams1
          e?/???1  | e?/???1  | eu/fra1 eu/ams1
          */*      | */*      | eu/fra1 eu/fra2 eu/ams1 us/iad1 us/fra2 ap/ap edge/web edge6/web
          tag:blue | tag:blue | eu/fra1 eu/ams1 us/iad1
          tag:new  | tag:new  | eu/fra2
          ap/ap    | ap/ap    | ap/ap
          balancer:web | balancer:web | edge/web edge6/web
          balancer:*   | balancer:*   | edge/web edge6/web
          """)
  void aSelectorMeans(String said, String canonical, String backends) {
    Selector selector = ROSTER.resolve(said);
    assertThat(selector.text()).isEqualTo(canonical);
    assertThat(Selector.of(canonical)).isEqualTo(selector);
    assertThat(Arrays.stream(ROSTER.matching(selector)).mapToObj(i -> ROSTER.entry(i).name()))
        .containsExactly(backends.split(" "));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          fra9      | no backend or pool is called "fra9"; did you mean "fra1"?
          nowhere   | no backend or pool is called "nowhere"; pools are eu, us, ap, edge, edge6
          eu/fra9   | no backend is called "eu/fra9"; did you mean "eu/fra1"?
          us/tokyo  | no backend is called "us/tokyo"; this pool has us/iad1, us/fra2
          ue/fra9   | no backend is called "ue/fra9"; did you mean "eu"?
          fra2      | "fra2" is ambiguous: say one of eu/fra2, us/fra2, or */fra2 for all
          ap        | "ap" is a pool and a backend: say ap/* or ap/ap
          fra*      | a pattern is of pool and backend: "fra*/*", or "*/fra*"
          *         | a pattern is of pool and backend: "*/*" means all
          **        | a pattern is of pool and backend: "*/*" means all
          */x*      | no backend matches "*/x*"
          tag:red   | no backend has the tag "red"
          tag:      | no backend or pool is called "tag:"; pools are eu, us, ap, edge, edge6
          balancer:x | no balancer is called "x"; there is idle, web
          """)
  void whatMeansNobodyOrTooManyIsRefused(String said, String message) {
    assertThatThrownBy(() -> ROSTER.resolve(said))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void aBalancerIsMeantThoughNoPoolIsIt() {
    Selector idle = ROSTER.resolve("balancer:idle");
    assertThat(ROSTER.matching(idle)).isEmpty();
    assertThat(ROSTER.count(idle)).isOne();
    assertThat(ROSTER.count(ROSTER.resolve("balancer:*"))).isEqualTo(2);
    Orders drain = Orders.NONE.with(Given.order("balancer:i*", Forced.DRAIN, 5, 9));
    assertThat(drain.drained("idle", 5)).isTrue();
    assertThat(drain.drained("idle", 9)).as("it has ended").isFalse();
    assertThat(drain.drained("web", 5)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " "})
  void nothingIsNoSelector(String said) {
    assertThatThrownBy(() -> Selector.of(said)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aPatternMatchesAsARegularExpressionWould() {
    Random random = new Random(3);
    for (int i = 0; i < 20_000; i++) {
      String pattern = word(random, "ab*?", 7);
      String text = word(random, "ab", 7);
      assertThat(Selector.matches(pattern, text))
          .as("%s %s", pattern, text)
          .isEqualTo(text.matches(pattern.replace("*", ".*").replace("?", ".")));
    }
    String hard = "*a".repeat(250) + "b";
    assertThat(Selector.matches(hard, "a".repeat(500))).isFalse();
  }

  private static String word(Random random, String letters, int most) {
    StringBuilder word = new StringBuilder();
    for (int i = random.nextInt(most + 1); i > 0; i--) {
      word.append(letters.charAt(random.nextInt(letters.length())));
    }
    return word.toString();
  }
}

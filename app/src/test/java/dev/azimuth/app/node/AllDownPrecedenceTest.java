package dev.azimuth.app.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.app.node.Node.Refused;
import dev.azimuth.steering.Explanation;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which {@code all_down} counts: of the rule, the name, the first listed pool, the zone, all. */
class AllDownPrecedenceTest {
  @TempDir private Path folder;

  private static final List<String> LEVELS = List.of("rule", "name", "pool", "zone", "defaults");

  @Test
  void theFirstLevelThatSaysAnythingDecides() throws Refused {
    for (int said = 0; said < 1 << LEVELS.size(); said++) {
      String yaml =
          """
          server: { listen: [ "127.0.0.1:0" ], state_dir: state }
          checks: { web: { tcp: 80 } }
          defaults: { check: web%s }
          pools:
            eu: { backends: { fra1: 192.0.2.1 }%s }
            us: { backends: { iad1: 198.51.100.1 }, all_down: nodata }
          zones:
            example.com:
              records: |
                @   SOA ns1 hostmaster 1 1h 15m 7d 60
                @   NS  ns1
                ns1 A   203.0.113.53
              %s
              names:
                www: { route: world%s }
          routes:
            world: [ { to: [ eu, us ]%s } ]
          """
              .formatted(
                  form(said, 4),
                  form(said, 2),
                  form(said, 3).replaceFirst("^, ", ""),
                  form(said, 1),
                  form(said, 0));
      Explanation why =
          Offline.explain(
              Written.load(folder, yaml),
              List.of("fra1", "iad1"),
              "www.example.com",
              true,
              null,
              null);
      int first = Integer.numberOfTrailingZeros(said);
      assertThat(why.answer())
          .as(yaml)
          .isEqualTo(
              first < LEVELS.size() ? "cname " + LEVELS.get(first) + ".example.net." : "addresses");
      Explanation.WhenDown down = Objects.requireNonNull(why.allDown());
      assertThat(down.by())
          .as(yaml)
          .isEqualTo(first == 2 ? "pool eu" : "the " + LEVELS.get(Math.min(first, 4)));
      assertThat(down.gives())
          .isEqualTo(
              first < LEVELS.size()
                  ? LEVELS.get(first) + ".example.net."
                  : "pool eu as if all of it were up");
    }
  }

  private static String form(int said, int level) {
    return (said & 1 << level) == 0
        ? ""
        : ", all_down: { cname: %s.example.net }".formatted(LEVELS.get(level));
  }
}

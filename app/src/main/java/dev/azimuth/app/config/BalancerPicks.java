package dev.azimuth.app.config;

import static dev.azimuth.app.config.Option.optional;
import static dev.azimuth.app.config.Option.required;

import dev.azimuth.app.config.Shape.Keyword;
import dev.azimuth.balancer.Settings.By;
import dev.azimuth.balancer.Settings.Pick;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The {@code pick} of a balancer. */
final class BalancerPicks {
  private static final Option<Integer> V4 =
      optional("v4", Notation.integer(1, 32), "The length of the IPv4 networks.").byDefault("32");
  private static final Option<Integer> V6 =
      optional("v6", Notation.integer(1, 128), "The length of the IPv6 networks.").byDefault("128");

  private record Lengths(int v4, int v6) {}

  private static final Option<Lengths> PREFIX =
      optional(
              "prefix",
              ObjectOf.of(
                  "sticky_prefix",
                  "The prefix lengths of what counts as one client.",
                  List.of(V4, V6),
                  v -> new Lengths(v.get(V4), v.get(V6))),
              "What counts as one client.")
          .byDefault("{}");
  private static final Option<Double> BOUND =
      optional(
          "bound",
          Notation.percent(1.01, 9.99, "101% to 999%"),
          "How much of its share of the open connections a backend gets at most; beyond that"
              + " clients go to the next backend of their order. Without it there is no bound.");
  private static final Option<Pick> STICKY =
      required(
          "sticky",
          ObjectOf.of(
              "sticky_source",
              "The same backend for the same source.",
              List.of(BOUND, PREFIX),
              BalancerPicks::sticky),
          "The same backend for the same source, by its address.");

  static final Shape<Pick> PICK =
      new OneOf<>(
          List.of(
              new Keyword<>(ways()).map(Pick::by),
              ObjectOf.of(
                  "balancer pick",
                  "How backends are chosen, where a word does not say it all.",
                  List.of(STICKY),
                  values -> values.get(STICKY))));

  private BalancerPicks() {}

  /** The word for a way to pick. */
  static String word(By by) {
    return by.name().toLowerCase(Locale.ROOT);
  }

  private static Map<String, By> ways() {
    Map<String, By> ways = new LinkedHashMap<>();
    for (By by : By.values()) {
      ways.put(word(by), by);
    }
    return ways;
  }

  private static Pick sticky(ObjectOf.Values values) {
    Double bound = values.find(BOUND);
    Lengths prefix = values.get(PREFIX);
    return new Pick(By.STICKY, bound == null ? 0 : bound, prefix.v4, prefix.v6);
  }

  /** In the long form. */
  static Object expand(Pick pick) {
    if (pick.by() != By.STICKY) {
      return word(pick.by());
    }
    Map<String, Object> prefix = new LinkedHashMap<>();
    prefix.put("v4", pick.v4());
    prefix.put("v6", pick.v6());
    Map<String, Object> sticky = new LinkedHashMap<>();
    if (pick.bound() > 0) {
      sticky.put("bound", ExpandedForm.percent(pick.bound()));
    }
    sticky.put("prefix", prefix);
    return Map.of("sticky", sticky);
  }
}

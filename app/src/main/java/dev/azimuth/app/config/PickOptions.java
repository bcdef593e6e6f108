package dev.azimuth.app.config;

import static dev.azimuth.app.config.Option.optional;
import static dev.azimuth.app.config.Option.required;

import dev.azimuth.app.config.Shape.Keyword;
import dev.azimuth.steering.Pick;
import dev.azimuth.steering.Pick.By;
import dev.azimuth.steering.Pick.Groups;
import dev.azimuth.steering.StickyPrefix;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The {@code pick} part of the language. */
final class PickOptions {
  private static final Shape<By> WAY = new Keyword<>(ways());
  private static final Shape<Integer> ANSWERS = Notation.integer(1, Pick.MAX_ANSWERS);

  private static final Option<Integer> V4 =
      optional("v4", Notation.integer(1, 32), "The length of the IPv4 networks.").byDefault("24");
  private static final Option<Integer> V6 =
      optional("v6", Notation.integer(1, 128), "The length of the IPv6 networks.").byDefault("56");

  static final ObjectOf<StickyPrefix> NETWORKS =
      ObjectOf.of(
          "sticky",
          "The networks whose clients stay together.",
          List.of(V4, V6),
          PickOptions::networks);

  private static final Option<By> BY =
      required(
          "by",
          WAY,
          "`weighted` in proportion to the weights, `rotate` in turn, `random` in proportion to the"
              + " weights and at random, `sticky` the same for the same client network, `nearest` by"
              + " the distance from the client's place, `fastest` in proportion to the weights and"
              + " to how quickly the node's probes are answered, `all` in the order of the file.");
  private static final Option<Integer> MOST =
      optional(
          "answers",
          ANSWERS,
          "How many different backends one answer has at most. Default: 8 for `rotate`, 64 for"
              + " `all`, else 1.");
  private static final Option<Groups> SPREAD =
      optional(
          "spread",
          new Keyword<>(Map.of("group", Groups.SPREAD)),
          "No two backends of one answer are of the same `group`.");
  private static final Option<Groups> WITHIN =
      optional(
          "within",
          new Keyword<>(Map.of("group", Groups.WITHIN)),
          "All backends of one answer are of the same `group`.");

  private static final Option<Integer> WEIGHTED =
      optional("weighted", ANSWERS, "That many answers in proportion to the weights.");
  private static final Option<Integer> ROTATE =
      optional("rotate", ANSWERS, "That many answers in turn.");
  private static final Option<Integer> RANDOM =
      optional("random", ANSWERS, "That many answers at random, in proportion to the weights.");
  private static final Option<StickyPrefix> STICKY =
      optional("sticky", NETWORKS, "One answer, the same for the same client network.");
  private static final Option<Integer> NEAREST =
      optional("nearest", ANSWERS, "That many of the nearest to the client.");
  private static final Option<Integer> FASTEST =
      optional("fastest", ANSWERS, "That many answers in proportion to the weights and the speed.");
  private static final Option<Integer> ALL =
      optional("all", ANSWERS, "At most that many answers in the order of the file.");

  static final Shape<Pick> PICK =
      new OneOf<>(
          List.of(
              WAY.map(by -> new Pick(by, Pick.defaultAnswers(by))),
              ObjectOf.of(
                      "pick_short",
                      "How backends are chosen inside the pool: the way and the number of answers."
                          + " A way alone, such as `pick: weighted`, is shorter still.",
                      List.of(WEIGHTED, ROTATE, RANDOM, STICKY, NEAREST, FASTEST, ALL),
                      PickOptions::shortForm)
                  .exactlyOne(WEIGHTED, ROTATE, RANDOM, STICKY, NEAREST, FASTEST, ALL),
              ObjectOf.of(
                  "pick",
                  "How backends are chosen inside the pool, in the long form. `docs/picks.md` has"
                      + " examples, and says what is exact.",
                  List.of(BY, MOST, SPREAD, WITHIN, V4, V6),
                  PickOptions::longForm)));

  private PickOptions() {}

  /** The word for a way to pick. */
  static String word(By by) {
    return switch (by) {
      case WEIGHTED -> "weighted";
      case ROTATE -> "rotate";
      case RANDOM -> "random";
      case STICKY -> "sticky";
      case NEAREST -> "nearest";
      case FASTEST -> "fastest";
      case ALL -> "all";
    };
  }

  private static Map<String, By> ways() {
    Map<String, By> ways = new LinkedHashMap<>();
    for (By by : By.values()) {
      ways.put(word(by), by);
    }
    return ways;
  }

  /** In the long form. */
  static Map<String, Object> expand(Pick pick) {
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("by", word(pick.by()));
    out.put("answers", pick.answers());
    switch (pick.groups()) {
      case MIXED -> {}
      case SPREAD -> out.put("spread", "group");
      case WITHIN -> out.put("within", "group");
    }
    StickyPrefix prefix = pick.sticky();
    if (prefix != null) {
      out.put("v4", prefix.v4());
      out.put("v6", prefix.v6());
    }
    return out;
  }

  private static StickyPrefix networks(ObjectOf.Values values) {
    return new StickyPrefix(values.get(V4), values.get(V6));
  }

  private static Pick shortForm(ObjectOf.Values values) {
    StickyPrefix prefix = values.find(STICKY);
    if (prefix != null) {
      return new Pick(By.STICKY, Pick.defaultAnswers(By.STICKY), Groups.MIXED, prefix);
    }
    Map<Option<Integer>, By> ways =
        Map.of(
            WEIGHTED, By.WEIGHTED,
            ROTATE, By.ROTATE,
            RANDOM, By.RANDOM,
            NEAREST, By.NEAREST,
            FASTEST, By.FASTEST,
            ALL, By.ALL);
    for (Map.Entry<Option<Integer>, By> way : ways.entrySet()) {
      Integer answers = values.find(way.getKey());
      if (answers != null) {
        return new Pick(way.getValue(), answers);
      }
    }
    throw new IllegalStateException("one of them is required");
  }

  private static @Nullable Pick longForm(ObjectOf.Values values) {
    By by = values.get(BY);
    Groups spread = values.find(SPREAD);
    Groups within = values.find(WITHIN);
    boolean sound = true;
    if (spread != null && within != null) {
      values.site().error(Code.CHOICE, "has more than one of \"spread\" or \"within\"");
      sound = false;
    }
    if (by == By.ALL) {
      sound &= none(values, SPREAD, "\"all\" gives every backend, whatever its group");
      sound &= none(values, WITHIN, "\"all\" gives every backend, whatever its group");
    }
    boolean sticks = by == By.STICKY || by == By.NEAREST;
    if (!sticks) {
      sound &= none(values, V4, "only \"sticky\" and \"nearest\" look at the client's network");
      sound &= none(values, V6, "only \"sticky\" and \"nearest\" look at the client's network");
    }
    if (!sound) {
      return null;
    }
    return new Pick(
        by,
        Objects.requireNonNullElse(values.find(MOST), Pick.defaultAnswers(by)),
        spread != null ? spread : within != null ? within : Groups.MIXED,
        sticks ? networks(values) : null);
  }

  /** Whether an option that would say nothing is not there. */
  private static boolean none(ObjectOf.Values values, Option<?> option, String why) {
    if (values.find(option) == null) {
      return true;
    }
    values
        .site(option)
        .error(
            Code.NO_EFFECT,
            "\"%s\" has no effect: %s".formatted(option.name(), why),
            "leave it out");
    return false;
  }
}

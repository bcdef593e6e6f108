package dev.azimuth.app.config;

import static dev.azimuth.app.config.Option.optional;
import static dev.azimuth.app.config.Option.required;

import dev.azimuth.health.Timing;
import dev.azimuth.health.Timing.FallOf;
import dev.azimuth.health.Timing.HoldDown;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** When a check probes, and how many results change a state. */
final class TimingOptions {
  private static final Option<Duration> EVERY =
      optional(
              "every",
              Notation.duration("100ms", "1d"),
              "From the start of one probe to the start of the next, give or take 10 %; `1s` for"
                  + " `file` and `heartbeat`.")
          .byDefault("10s");
  private static final Option<Duration> RETRY =
      optional(
              "retry",
              Notation.duration("50ms", "1d"),
              "Replaces `every` while a change of state is under way; at most `every`.")
          .byDefault("1s");
  private static final Option<Duration> TIMEOUT =
      optional("timeout", Notation.duration("10ms", "60s"), "The longest that a probe may take.")
          .byDefault("2s");
  private static final Option<Integer> RISE =
      optional(
              "rise",
              Notation.integer(1, 100),
              "Successes in a row that bring a target up; 1 for `file` and `heartbeat`.")
          .byDefault("2");
  private static final Option<Integer> FALL =
      optional(
              "fall",
              Notation.integer(1, 100),
              "Failures in a row that bring a target down; 1 for `file` and `heartbeat`.")
          .byDefault("3");

  private static final Option<Integer> FAILURES =
      required("failures", Notation.integer(1, Long.SIZE), "So many bring a target down.");
  private static final Option<Integer> PROBES =
      required("probes", Notation.integer(1, Long.SIZE), "Among so many of the newest.");
  private static final Option<FallOf> FALL_OF =
      optional(
          "fall_of",
          ObjectOf.of(
              "fall_of",
              "Failures that bring a target down though they do not come in a row, counted since it"
                  + " came up.",
              List.of(FAILURES, PROBES),
              TimingOptions::fallOf),
          "Isolated failures that bring a target down as well: of the newest so many probes.");

  private static final Option<Integer> FALLS =
      required("falls", Notation.integer(2, 16), "So many falls begin a hold.");
  private static final Option<Duration> WITHIN =
      required(
          "within", Notation.duration("1s", "7d"), "From the first of them to the last at most.");
  private static final Option<Duration> FOR =
      required(
          "for", Notation.duration("1s", "7d"), "How long the hold lasts, from the last fall on.");
  private static final Option<HoldDown> HOLD_DOWN =
      optional(
          "hold_down",
          ObjectOf.of(
              "hold_down",
              "A target that goes up and down again and again is left down for a while.",
              List.of(FALLS, WITHIN, FOR),
              values -> new HoldDown(values.get(FALLS), values.get(WITHIN), values.get(FOR))),
          "Keeps a target down that fell often, though its probes succeed.");
  private static final Option<Duration> BACKOFF =
      optional(
          "backoff",
          Notation.duration("100ms", "1d"),
          "Probes a target that is down for long more seldom, every tenth of the time that it has"
              + " been down, but never less often than this. The first success ends that. Without"
              + " it `every` holds for all.");

  static final List<Option<?>> ALL =
      List.of(EVERY, RETRY, TIMEOUT, RISE, FALL, FALL_OF, HOLD_DOWN, BACKOFF);

  private static final Duration TOLD_EVERY = Duration.ofSeconds(1);

  private TimingOptions() {}

  /**
   * The timing in a check's values; null when it is not valid, which it then tells.
   *
   * @param told whether somebody else finds out and tells: it is then looked at every second and
   *     believed at once, where nothing else is written
   */
  static @Nullable Timing timing(ObjectOf.Values values, boolean told) {
    Duration every = told && values.find(EVERY) == null ? TOLD_EVERY : values.get(EVERY);
    Duration retry = values.get(RETRY);
    if (retry.compareTo(every) > 0) {
      if (values.find(RETRY) != null) {
        values
            .site(RETRY)
            .error(Code.RANGE, "\"retry\" is longer than \"every\"", "make it at most that long");
        return null;
      }
      retry = every;
    }
    if (values.find(TIMEOUT) != null && values.get(TIMEOUT).compareTo(every) > 0) {
      values
          .site(TIMEOUT)
          .warning(
              Code.LONG_TIMEOUT,
              "\"timeout\" is longer than \"every\"",
              "make it at most that long");
    }
    return new Timing(
        every,
        retry,
        values.get(TIMEOUT),
        told && values.find(RISE) == null ? 1 : values.get(RISE),
        told && values.find(FALL) == null ? 1 : values.get(FALL),
        values.find(FALL_OF),
        values.find(HOLD_DOWN),
        Objects.requireNonNullElse(values.find(BACKOFF), Duration.ZERO));
  }

  private static @Nullable FallOf fallOf(ObjectOf.Values values) {
    int failures = values.get(FAILURES);
    int probes = values.get(PROBES);
    if (failures > probes) {
      values
          .site(FAILURES)
          .error(Code.RANGE, "%d failures among %d probes never come".formatted(failures, probes));
      return null;
    }
    return new FallOf(failures, probes);
  }

  /** Puts a timing into a check's long form. */
  static void expand(Timing timing, Map<String, Object> out) {
    out.put("every", ExpandedForm.duration(timing.every()));
    out.put("retry", ExpandedForm.duration(timing.retry()));
    out.put("timeout", ExpandedForm.duration(timing.timeout()));
    out.put("rise", timing.rise());
    out.put("fall", timing.fall());
    FallOf fallOf = timing.fallOf();
    if (fallOf != null) {
      out.put("fall_of", Map.of("failures", fallOf.failures(), "probes", fallOf.probes()));
    }
    HoldDown hold = timing.holdDown();
    if (hold != null) {
      Map<String, Object> expanded = new LinkedHashMap<>();
      expanded.put("falls", hold.falls());
      expanded.put("within", ExpandedForm.duration(hold.within()));
      expanded.put("for", ExpandedForm.duration(hold.lasts()));
      out.put("hold_down", expanded);
    }
    if (!timing.backoff().isZero()) {
      out.put("backoff", ExpandedForm.duration(timing.backoff()));
    }
  }
}

package dev.azimuth.health;

import java.util.List;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;

/**
 * How the states of targets make the state of an endpoint, in a logic of three values: up, down and
 * unknown. Immutable and equal by content. Pure.
 */
public sealed interface Formula {

  /**
   * What one target says.
   *
   * @param target its number
   */
  record One(int target) implements Formula {}

  /**
   * Up when so many of some formulas are up; down when so many cannot come to be, whatever the
   * unknown ones turn out to be; else unknown.
   *
   * @param count 1 to as many as there are in {@code of}
   */
  record AtLeast(int count, List<Formula> of) implements Formula {
    public AtLeast {
      of = List.copyOf(of);
      if (count < 1 || count > of.size()) {
        throw new IllegalArgumentException(count + " of " + of.size());
      }
    }
  }

  /** A veto: down when another formula is down, else up, also while that one is unknown. */
  record Unless(Formula of) implements Formula {}

  /** Tells the number of every target in the formula, perhaps several times. */
  default void targets(IntConsumer each) {
    switch (this) {
      case One(int target) -> each.accept(target);
      case AtLeast(int count, List<Formula> of) -> of.forEach(part -> part.targets(each));
      case Unless(Formula of) -> of.targets(each);
    }
  }

  /**
   * What it comes to. That a state began cannot be told from those of its parts: {@code since} is
   * then the newest of theirs.
   *
   * @param targets by target number
   */
  default Verdict judge(IntFunction<Verdict> targets) {
    return switch (this) {
      case One(int target) -> targets.apply(target);
      case AtLeast(int count, List<Formula> of) ->
          atLeast(count, of.stream().map(part -> part.judge(targets)).toList());
      case Unless(Formula of) -> unless(of.judge(targets));
    };
  }

  private static Verdict atLeast(int count, List<Verdict> parts) {
    int up = count(parts, State.UP);
    int down = count(parts, State.DOWN);
    int downAllowed = parts.size() - count;
    long since = parts.stream().mapToLong(Verdict::since).max().orElseThrow();
    int latency =
        (int)
            Math.round(
                parts.stream()
                    .mapToInt(Verdict::latency)
                    .filter(level -> level > 0)
                    .average()
                    .orElse(0));
    int weight = parts.stream().mapToInt(Verdict::weight).min().orElse(Past.WHOLE);
    // It stays while few enough of those change that make it what it is.
    if (up >= count) {
      return new Verdict(State.UP, since, least(parts, State.UP, up - count), latency, weight);
    }
    return down > downAllowed
        ? new Verdict(
            State.DOWN, since, least(parts, State.DOWN, down - downAllowed - 1), latency, weight)
        : new Verdict(State.UNKNOWN, since, 0, latency, weight);
  }

  private static Verdict unless(Verdict of) {
    State state = of.state() == State.DOWN ? State.DOWN : State.UP;
    return new Verdict(state, of.since(), of.stableMillis(), 0, Past.WHOLE);
  }

  private static int count(List<Verdict> parts, State state) {
    return (int) parts.stream().filter(part -> part.state() == state).count();
  }

  /** For how long the parts in a state are stable but for some of them. */
  private static long least(List<Verdict> parts, State state, int but) {
    return parts.stream()
        .filter(part -> part.state() == state)
        .mapToLong(Verdict::stableMillis)
        .sorted()
        .skip(but)
        .findFirst()
        .orElseThrow();
  }
}

package dev.azimuth.app.orders;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.azimuth.health.Forced;
import java.util.Locale;
import java.util.Objects;

/** What an order says of the backends that it means. */
@JsonTypeInfo(use = JsonTypeInfo.Id.DEDUCTION)
@JsonSubTypes({@JsonSubTypes.Type(Says.State.class), @JsonSubTypes.Type(Says.Weight.class)})
public sealed interface Says {
  int HEAVIEST = 1_000_000;

  /** Their state, whatever their checks say. */
  record State(Forced state) implements Says {
    public State {
      Objects.requireNonNull(state);
    }
  }

  /**
   * Their weight, whatever the configuration says.
   *
   * @param weight 1 to 1,000,000
   */
  record Weight(int weight) implements Says {
    public Weight {
      if (weight < 1 || weight > HEAVIEST) {
        throw new IllegalArgumentException(
            "a weight is 1 to 1,000,000" + (weight == 0 ? ": for none use azimuth drain" : ""));
      }
    }
  }

  /** Whether both are about the same: two states, or two weights. */
  default boolean alike(Says other) {
    return switch (this) {
      case State state -> other instanceof State;
      case Weight weight -> other instanceof Weight;
    };
  }

  /** In one or two words, such as {@code drain} or {@code weight 5}. */
  default String words() {
    return switch (this) {
      case State(Forced state) -> state.name().toLowerCase(Locale.ROOT);
      case Weight(int weight) -> "weight " + weight;
    };
  }
}

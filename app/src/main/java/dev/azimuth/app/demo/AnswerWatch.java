package dev.azimuth.app.demo;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Says when the answers of a name have changed: a round of questions is news when the round before
 * gave the same and what was said last was something else. A change in the middle of a round is
 * thus not mistaken for a third state.
 */
final class AnswerWatch {
  private @Nullable Map<String, Integer> before;
  private @Nullable Map<String, Integer> said;

  /**
   * @param round how often each address was given
   * @return whether it is news
   */
  boolean news(Map<String, Integer> round) {
    boolean settled = round.equals(before);
    before = Map.copyOf(round);
    if (!settled || round.equals(said)) {
      return false;
    }
    said = before;
    return true;
  }
}

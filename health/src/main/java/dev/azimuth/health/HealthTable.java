package dev.azimuth.health;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The health of every target, the verdicts that follow from it, and the forced state of every
 * backend, at one instant. Immutable; indexed by the numbers that the plan gave to targets,
 * verdicts and backends.
 */
public final class HealthTable {
  private final Numbering numbering;
  private final TargetHealth[] health;
  private final Verdict[] verdicts;
  private final @Nullable ForcedState[] forced;

  /** What has which number, and which verdicts each target has a part in. */
  private static final class Numbering {
    final Target[] targets;
    final Formula[] formulas;
    final int[][] verdictsOf;

    Numbering(List<Target> targets, List<Formula> formulas) {
      this.targets = targets.toArray(Target[]::new);
      this.formulas = formulas.toArray(Formula[]::new);
      int[] parts = new int[targets.size()];
      formulas.forEach(formula -> formula.targets(target -> parts[target]++));
      verdictsOf = new int[targets.size()][];
      Arrays.setAll(verdictsOf, target -> new int[parts[target]]);
      for (int i = formulas.size() - 1; i >= 0; i--) {
        int verdict = i;
        this.formulas[i].targets(target -> verdictsOf[target][--parts[target]] = verdict);
      }
    }

    Verdict judge(int verdict, TargetHealth[] health) {
      return formulas[verdict].judge(
          target -> Verdict.of(health[target], targets[target].check().timing()));
    }
  }

  /**
   * @param targets by target number
   * @param formulas by verdict number, over the numbers of targets
   * @param health by target number, as many as {@code targets}
   * @param forced by backend number; null where nothing is forced
   */
  public HealthTable(
      List<Target> targets,
      List<Formula> formulas,
      List<TargetHealth> health,
      List<@Nullable ForcedState> forced) {
    if (targets.size() != health.size()) {
      throw new IllegalArgumentException("as many states as targets");
    }
    numbering = new Numbering(targets, formulas);
    this.health = health.toArray(TargetHealth[]::new);
    this.forced = forced.toArray(ForcedState[]::new);
    verdicts = new Verdict[formulas.size()];
    Arrays.setAll(verdicts, verdict -> numbering.judge(verdict, this.health));
  }

  /** With a verdict for each target, which has its number. */
  public HealthTable(
      List<Target> targets, List<TargetHealth> health, List<@Nullable ForcedState> forced) {
    this(
        targets,
        IntStream.range(0, targets.size()).<Formula>mapToObj(Formula.One::new).toList(),
        health,
        forced);
  }

  /**
   * A table of verdicts that no target gave.
   *
   * @param verdicts by verdict number
   * @param forced by backend number; null where nothing is forced
   */
  public static HealthTable given(List<Verdict> verdicts, List<@Nullable ForcedState> forced) {
    return new HealthTable(
        new Numbering(List.of(), List.of()),
        new TargetHealth[0],
        verdicts.toArray(Verdict[]::new),
        forced.toArray(ForcedState[]::new));
  }

  private HealthTable(
      Numbering numbering,
      TargetHealth[] health,
      Verdict[] verdicts,
      @Nullable ForcedState[] forced) {
    this.numbering = numbering;
    this.health = health;
    this.verdicts = verdicts;
    this.forced = forced;
  }

  /**
   * The same targets and forced states with other health. Only verdicts of targets that are another
   * object are judged anew.
   *
   * @param now by target number, as many as there are targets; copied
   */
  @SuppressWarnings("ReferenceEquality") // quickly passes over what is the same object
  public HealthTable with(TargetHealth[] now) {
    if (health.length != now.length) {
      throw new IllegalArgumentException("as many states as targets");
    }
    TargetHealth[] next = now.clone();
    BitSet open = new BitSet();
    for (int i = 0; i < next.length; i++) {
      if (next[i] != health[i]) {
        for (int verdict : numbering.verdictsOf[i]) {
          open.set(verdict);
        }
      }
    }
    Verdict[] judged = open.isEmpty() ? verdicts : verdicts.clone();
    open.stream().forEach(i -> judged[i] = numbering.judge(i, next).after(verdicts[i]));
    return new HealthTable(numbering, next, judged, forced);
  }

  /**
   * The same targets and health with other forced states.
   *
   * @param now by backend number, as many as there are backends; null where nothing is forced
   */
  public HealthTable with(List<@Nullable ForcedState> now) {
    if (forced.length != now.size()) {
      throw new IllegalArgumentException("as many forced states as backends");
    }
    return new HealthTable(numbering, health, verdicts, now.toArray(ForcedState[]::new));
  }

  /** Whether both number alike, as those do that {@code with} returns. */
  @SuppressWarnings("ReferenceEquality") // comparing the targets would cost more than it saves
  public boolean sameNumbers(HealthTable other) {
    return numbering == other.numbering;
  }

  /**
   * Tells what differs from another table of the same numbers, in what is judged and forced.
   *
   * @param verdict told the number of each such verdict
   * @param backend told the number of each such backend
   */
  @SuppressWarnings("ReferenceEquality") // quickly passes over what is the same object
  public void differences(HealthTable other, IntConsumer verdict, IntConsumer backend) {
    for (int i = 0; verdicts != other.verdicts && i < verdicts.length; i++) {
      if (verdicts[i] != other.verdicts[i] && !verdicts[i].equals(other.verdicts[i])) {
        verdict.accept(i);
      }
    }
    for (int i = 0; forced != other.forced && i < forced.length; i++) {
      if (!Objects.equals(forced[i], other.forced[i])) {
        backend.accept(i);
      }
    }
  }

  /**
   * What is known of a target.
   *
   * @param target its number; a table that was given its verdicts has none
   */
  public TargetHealth health(int target) {
    return health[target];
  }

  /** How many verdicts there are. */
  public int verdicts() {
    return verdicts.length;
  }

  public Verdict verdict(int verdict) {
    return verdicts[verdict];
  }

  /** Whether anything is judged by a target; else it is only watched. */
  public boolean decides(int target) {
    return numbering.verdictsOf[target].length > 0;
  }

  /** What operators order of a backend; null when they order nothing. */
  public @Nullable ForcedState forced(int backend) {
    return forced[backend];
  }
}

package dev.azimuth.steering;

import dev.azimuth.health.HealthTable;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A plan bound to a health table at one instant: what serves, why, and what to remember. */
public final class Bound {
  final SteeringPlan plan;
  final HealthTable table;
  final RouteMap[] routes;
  final PoolView[] pools;

  /** By pool: when it must be looked at anew though no event says so. */
  final long[] poolEdges;

  /** By name and destination. */
  final RuleBinding[][] bindings;

  /** By name: when it must be bound anew though no event says so. */
  final long[] edges;

  final List<Forwarding> forwardings;
  final Basis basis;
  final long now;
  private final Steering steering;
  private final Memory memory;
  private final long nextChange;

  Bound(
      SteeringPlan plan,
      HealthTable table,
      RouteMap[] routes,
      PoolView[] pools,
      long[] poolEdges,
      RuleBinding[][] bindings,
      long[] edges,
      List<Forwarding> forwardings,
      Steering steering,
      Memory memory,
      long nextChange,
      Basis basis,
      long now) {
    this.plan = plan;
    this.table = table;
    this.routes = routes;
    this.pools = pools;
    this.poolEdges = poolEdges;
    this.bindings = bindings;
    this.edges = edges;
    this.forwardings = forwardings;
    this.steering = steering;
    this.memory = memory;
    this.nextChange = nextChange;
    this.basis = basis;
    this.now = now;
  }

  public SteeringPlan plan() {
    return plan;
  }

  public HealthTable table() {
    return table;
  }

  public Steering steering() {
    return steering;
  }

  /** What the next binding must be given. */
  public Memory memory() {
    return memory;
  }

  /**
   * When the same plan and table must be bound again, in milliseconds of the steady clock; {@link
   * Long#MAX_VALUE} for not before the next event.
   */
  public long nextChange() {
    return nextChange;
  }

  /** What connections are forwarded to, in the order of the plan's forwards. */
  public List<Forwarding> forwardings() {
    return forwardings;
  }

  /** How each pool stands, by pool number. */
  public List<PoolStanding> poolStandings() {
    return Stream.of(pools)
        .map(
            view ->
                new PoolStanding(
                    view.pool(),
                    view.v4().present() ? view.v4().share() : Double.NaN,
                    view.v6().present() ? view.v6().share() : Double.NaN,
                    view.serves(),
                    view.held(now) ? view.heldUntil() : 0))
        .toList();
  }

  /** How each rule of each name stands, in the plan's order, once for each pool it gives. */
  public List<RuleStanding> ruleStandings() {
    return IntStream.range(0, bindings.length).boxed().flatMap(this::standings).toList();
  }

  /** How many names have a rule by which some client finds no usable backend. */
  public int namesAllDown() {
    int names = 0;
    for (RuleBinding[] name : bindings) {
      for (RuleBinding binding : name) {
        if (binding.allDown()) {
          names++;
          break;
        }
      }
    }
    return names;
  }

  private Stream<RuleStanding> standings(int name) {
    return IntStream.range(0, bindings[name].length)
        .mapToObj(i -> standing(name, i, bindings[name][i]))
        .distinct();
  }

  /**
   * The rules that now give another pool, or for another reason, than at an earlier binding of the
   * same plan. Costs little where little changed.
   */
  // What was not bound anew is the same object: the binder sees to that.
  @SuppressWarnings("ReferenceEquality")
  public List<Change> changesSince(Bound before) {
    List<Change> changes = new ArrayList<>();
    for (int name = 0; name < bindings.length; name++) {
      if (bindings[name] == before.bindings[name]) {
        continue;
      }
      int others = changes.size();
      for (int i = 0; i < bindings[name].length; i++) {
        if (bindings[name][i] != before.bindings[name][i]) {
          if (!bindings[name][i].gives(before.bindings[name][i])) {
            Change change =
                new Change(
                    standing(name, i, before.bindings[name][i]),
                    standing(name, i, bindings[name][i]));
            // Several destinations of one rule may have changed alike.
            if (changes.size() == others || !changes.getLast().equals(change)) {
              changes.add(change);
            }
          }
        }
      }
    }
    return changes;
  }

  private RuleStanding standing(int number, int destination, RuleBinding binding) {
    SteeredName name = plan.names().get(number);
    Rule rule = name.rules().get(routes[number].destinations().get(destination).rule());
    Offer offer = binding.offer(binding.reference());
    return new RuleStanding(
        name, rule, binding.servingNames(), offer.reason, binding.allDown(), offer.ttl);
  }

  /** How a rule stood and stands. */
  public record Change(RuleStanding before, RuleStanding after) {}

  /**
   * @param shareV4 usable share by IPv4, 0 to 1; NaN where the pool has no backend of the family
   * @param shareV6 the same by IPv6
   * @param serves by its own measure
   * @param heldUntil in milliseconds of the steady clock; 0 when not on failback hold
   */
  public record PoolStanding(
      Pool pool, double shareV4, double shareV6, boolean serves, long heldUntil) {}

  /**
   * @param pool the name of the pool that serves, several joined by commas; empty for none
   * @param allDown whether no backend of any listed pool is usable, whatever the reason says
   * @param ttl in seconds
   */
  public record RuleStanding(
      SteeredName name, Rule rule, String pool, Reason reason, boolean allDown, int ttl) {}
}

package dev.azimuth.steering;

import dev.azimuth.health.Forced;
import dev.azimuth.health.ForcedState;
import dev.azimuth.health.HealthTable;
import dev.azimuth.steering.Explanation.BackendOdds;
import dev.azimuth.steering.Explanation.PoolStep;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Says why a client gets what it gets, by running the code that decides with somebody listening.
 */
public final class Explainer {
  private Explainer() {}

  /**
   * With everything about every backend.
   *
   * @param name the number of the steered name
   * @param client how the explanation names who asks
   * @param databases the names of those that know places; none when there is no database
   * @param negativeTtl how long the name's zone lets the absence of records be kept, in seconds
   */
  public static Explanation explain(
      Bound bound,
      int name,
      Family family,
      Asker asker,
      String client,
      List<String> databases,
      int negativeTtl) {
    return explain(bound, name, family, asker, client, databases, negativeTtl, Integer.MAX_VALUE);
  }

  /**
   * The same with few words about very many backends.
   *
   * @param most of how many backends to tell, in the order of their pools; the others are counted
   */
  public static Explanation explain(
      Bound bound,
      int name,
      Family family,
      Asker asker,
      String client,
      List<String> databases,
      int negativeTtl,
      int most) {
    Decision decision = new Decision();
    int destination = bound.routes[name].destination(asker, decision);
    SteeredName steered = bound.plan.names().get(name);
    RuleBinding binding = bound.bindings[name][destination];
    Offer whole =
        (family == Family.V4 ? bound.steering().v4 : bound.steering().v6)[name][destination];
    Steering.widen(whole, decision);
    Offer offer = whole.part(decision.client);
    Rule rule = steered.rules().get(bound.routes[name].destinations().get(destination).rule());
    List<PoolView> shown =
        binding.serving().isEmpty()
            ? binding.rungs().stream().map(Ladder.Rung::pool).toList()
            : binding.serving();
    int backends = shown.stream().mapToInt(view -> view.pool().backends().size()).sum();
    boolean zoneDecides = offer.kind == Decision.Kind.NODATA && negativeTtl < offer.ttl;
    return new Explanation(
        steered.name(),
        List.of(),
        family == Family.V4 ? "A" : "AAAA",
        client,
        databases.isEmpty()
            ? null
            : Sighting.whereabouts(bound.plan.routes().places(), decision.client, databases),
        rule.label(),
        steps(binding, bound.now),
        binding.serving().isEmpty() ? null : binding.servingNames(),
        offer.reason,
        answer(offer, binding),
        binding.allDown() ? WhenAllDown.of(bound, steered, rule, binding, offer, family) : null,
        new Backends(bound, binding, Odds.of(whole, decision.client), family, decision.client)
            .told(shown, most),
        Math.max(0, backends - most),
        zoneDecides ? negativeTtl : offer.ttl,
        zoneDecides ? "the zone's negative TTL" : offer.ttlReason,
        decision.scope);
  }

  private static List<PoolStep> steps(RuleBinding binding, long now) {
    List<PoolStep> steps = new ArrayList<>();
    Family reference = binding.reference();
    List<PoolView> serving = binding.serving();
    Ladder.choose(
        binding.rungs(),
        pool -> pool.side(reference),
        now,
        (pool, verdict) -> {
          Side side = pool.side(reference);
          steps.add(
              new PoolStep(
                  pool.pool().name(),
                  side.share(),
                  serving.contains(pool),
                  words(pool, reference, verdict, now),
                  null));
        });
    return steps;
  }

  private static String words(PoolView pool, Family reference, Ladder.Verdict verdict, long now) {
    return switch (verdict) {
      case SERVES ->
          pool.side(reference).ordinary().isEmpty()
              ? "its standby serves"
              : "at or above min_up " + minUp(pool);
      case ON_HOLD ->
          pool.heldUntil() == Long.MAX_VALUE
              ? "recovered, waits for azimuth failback " + pool.pool().name()
              : "recovered, on failback hold for "
                  + (pool.heldUntil() - now + 999) / 1000
                  + " s more";
      case BELOW_MIN_UP -> "below min_up " + minUp(pool);
      case NOTHING_USABLE -> "no backend usable by " + (reference == Family.V4 ? "IPv4" : "IPv6");
    };
  }

  private static String minUp(PoolView pool) {
    return switch (pool.pool().minUp()) {
      case MinUp.Share(double share) -> Math.round(share * 100) + "%";
      case MinUp.Weight(double share) -> Math.round(share * 100) + "% by weight";
      case MinUp.Count(int backends) -> Integer.toString(backends);
    };
  }

  private static String answer(Offer offer, RuleBinding binding) {
    return switch (offer.kind) {
      case ADDRESSES -> "addresses";
      case NODATA -> "nodata";
      case SERVFAIL -> "servfail";
      case CNAME ->
          binding.terms().allDown() instanceof AllDown.Cname(String target)
              ? "cname " + target
              : "cname";
    };
  }

  /** How the backends of pools come to be given or not. */
  private record Backends(
      Bound bound, RuleBinding binding, Odds odds, Family family, Client client) {

    List<BackendOdds> told(List<PoolView> pools, int most) {
      List<BackendOdds> told = new ArrayList<>();
      for (PoolView view : pools) {
        List<Backend> all = view.pool().backends();
        long weights = all.stream().filter(b -> !b.standby()).mapToLong(Backend::weight).sum();
        Notes notes = new Notes(view, family, bound.table, client, bound.now);
        for (Backend backend : all.subList(0, Math.min(all.size(), most - told.size()))) {
          told.add(told(view, backend, weights, notes));
        }
      }
      return told;
    }

    private BackendOdds told(PoolView view, Backend backend, long weights, Notes notes) {
      Odds.Given given = odds.of(backend);
      HealthTable table = bound.table;
      ForcedState order = table.forced(backend.number());
      Forced forced = order == null ? null : order.forced();
      List<Endpoint> endpoints =
          backend.endpoints().stream().filter(e -> e.family() == family).toList();
      Member insider = binding.terms().view() == View.NONE || given == null ? null : given.member();
      // Inside it may have a family that it has not for everybody: the other one says how it is.
      String state =
          state(insider != null && endpoints.isEmpty() ? backend.endpoints() : endpoints, table);
      return new BackendOdds(
          view.pool().name() + "/" + backend.name(),
          insider != null
              ? insider.addresses().stream().map(Addresses::text).toList()
              : endpoints.stream().map(e -> Addresses.text(e.address())).toList(),
          state,
          forced == null ? null : forced.name(),
          backend.standby() || weights == 0 ? 0 : (double) backend.weight() / weights,
          given == null ? 0 : given.odds(),
          given == null ? whyNot(backend, endpoints, state, forced, table) : notes.of(given));
    }
  }

  private static String state(List<Endpoint> endpoints, HealthTable table) {
    if (endpoints.isEmpty()) {
      return "NO ADDRESS";
    }
    List<String> states =
        endpoints.stream()
            .map(e -> e.verdict() < 0 ? "NO CHECK" : table.verdict(e.verdict()).state().name())
            .distinct()
            .toList();
    // Of several addresses one that is up makes the backend up.
    return states.contains("UP") ? "UP" : states.getFirst();
  }

  private static String whyNot(
      Backend backend,
      List<Endpoint> endpoints,
      String state,
      @Nullable Forced forced,
      HealthTable table) {
    if (endpoints.isEmpty()) {
      return "no address of this family";
    }
    if (forced != null) {
      return switch (forced) {
        case UP -> "";
        case DOWN -> "forced down";
        case DRAIN -> "drained";
      };
    }
    boolean asksForNone =
        endpoints.stream()
            .filter(e -> e.verdict() >= 0)
            .anyMatch(e -> table.verdict(e.verdict()).weight() == 0);
    if (asksForNone) {
      return "asks for no clients: 0 % of its weight";
    }
    return switch (state) {
      case "DOWN" -> "its check fails";
      case "UNKNOWN" -> "nothing known of it yet";
      default -> backend.standby() ? "standby, not needed" : "";
    };
  }
}

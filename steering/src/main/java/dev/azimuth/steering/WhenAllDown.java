package dev.azimuth.steering;

import dev.azimuth.steering.Explanation.WhenDown;
import java.net.InetAddress;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Puts in words what is answered when all is down: the form, who says it, what it comes to. */
final class WhenAllDown {
  private WhenAllDown() {}

  /**
   * @param binding one whose pools have nothing usable
   * @param offer what it gives the client
   * @param family that is asked for
   */
  static WhenDown of(
      Bound bound, SteeredName name, Rule rule, RuleBinding binding, Offer offer, Family family) {
    Pool first = binding.rungs().getFirst().pool().pool();
    AllDown.Said said = Terms.allDown(name, rule, first);
    return new WhenDown(
        form(said.form()),
        by(said.level(), first),
        gives(bound, binding, said.form(), offer, family));
  }

  private static String form(AllDown form) {
    return switch (form) {
      case AllDown.ServeAll() -> "serve_all";
      case AllDown.LastGood() -> "last_good";
      case AllDown.Address address -> "address";
      case AllDown.Cname cname -> "cname";
      case AllDown.NoData() -> "nodata";
      case AllDown.ServFail() -> "servfail";
    };
  }

  private static String by(AllDown.Level level, Pool first) {
    return switch (level) {
      case RULE -> "the rule";
      case NAME -> "the name";
      case POOL -> "pool " + first.name();
      case ZONE -> "the zone";
      case DEFAULTS -> "the defaults";
    };
  }

  private static String gives(
      Bound bound, RuleBinding binding, AllDown form, Offer offer, Family family) {
    if (offer.reason == Reason.FENCED) {
      return "the fence lets only the rule's pools act: " + all(binding, offer);
    }
    return switch (form) {
      case AllDown.ServeAll() -> all(binding, offer);
      case AllDown.LastGood() -> lastGood(bound, binding, offer);
      case AllDown.Address fixed -> fixed(family == Family.V4 ? fixed.v4() : fixed.v6(), family);
      case AllDown.Cname(String target) -> target;
      case AllDown.NoData() -> "no records";
      case AllDown.ServFail() -> "SERVFAIL";
    };
  }

  private static String fixed(@Nullable InetAddress address, Family family) {
    return address == null
        ? "no records: it has no %s address".formatted(family == Family.V4 ? "IPv4" : "IPv6")
        : Addresses.text(address);
  }

  private static String all(RuleBinding binding, Offer offer) {
    List<Pool> pools = pools(binding);
    return pools.isEmpty()
        ? "no records: every backend is down by order"
        : words(pools) + " as if all of it were up" + otherFamily(offer);
  }

  private static String lastGood(Bound bound, RuleBinding binding, Offer offer) {
    Set<String> good =
        Set.copyOf(bound.memory().lastGood().getOrDefault(RuleBinder.list(binding), List.of()));
    List<Pool> pools = pools(binding);
    boolean kept =
        pools.stream()
            .flatMap(pool -> given(binding, pool).map(b -> pool.name() + "/" + b.name()))
            .anyMatch(good::contains);
    return kept
        ? "what served last of " + words(pools) + otherFamily(offer)
        : "nothing of what served last is left: " + all(binding, offer);
  }

  private static String otherFamily(Offer offer) {
    return offer.reason == Reason.NO_FAMILY ? ", which has none of this family" : "";
  }

  /** The pools of which some backends are given, by the family that decides. */
  private static List<Pool> pools(RuleBinding binding) {
    return binding.rungs().stream()
        .map(rung -> rung.pool().pool())
        .filter(pool -> given(binding, pool).findAny().isPresent())
        .toList();
  }

  private static Stream<Backend> given(RuleBinding binding, Pool pool) {
    Set<Integer> numbers =
        pool.backends().stream().map(Backend::number).collect(Collectors.toSet());
    return binding.offer(binding.reference()).parts().stream()
        .flatMap(part -> part.members.stream())
        .map(Member::backend)
        .filter(backend -> numbers.contains(backend.number()));
  }

  private static String words(List<Pool> pools) {
    return (pools.size() == 1 ? "pool " : "pools ")
        + pools.stream().map(Pool::name).collect(Collectors.joining(", "));
  }
}

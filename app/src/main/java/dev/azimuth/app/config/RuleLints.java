package dev.azimuth.app.config;

import dev.azimuth.steering.AllDown;
import dev.azimuth.steering.Cidr;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** Warns of what is hardly meant in rules, and of views that none of them looks at. */
final class RuleLints {
  private final Draft draft;

  RuleLints(Draft draft) {
    this.draft = draft;
  }

  void warn() {
    Set<String> usedViews = new HashSet<>();
    draft
        .rules()
        .forEach(
            rule -> {
              usedViews.addAll(rule.rule().match().views());
              neverMet(rule);
              fenced(rule);
            });
    draft.pools().values().stream()
        .flatMap(pool -> pool.backends().values().stream())
        .forEach(backend -> usedViews.addAll(backend.inside().keySet()));
    for (String view : draft.views().keySet()) {
      Site site = draft.site(Language.VIEWS, view);
      if (site != null && !usedViews.contains(view)) {
        site.warning(
            Code.UNUSED,
            "no rule and no backend has the view \"" + view + "\"",
            "remove it, or use it");
      }
    }
  }

  /**
   * A private client subnet never decides, so that only a resolver which is in it itself is in such
   * a {@code cidr}.
   */
  private void neverMet(Draft.Rule rule) {
    Config.Match match = rule.rule().match();
    List<Cidr> views =
        match.views().stream()
            .map(view -> Objects.requireNonNullElse(draft.views().get(view), List.<Cidr>of()))
            .flatMap(List::stream)
            .toList();
    boolean elsewhere =
        apart(match.cidr(), match.resolver())
            || (!match.views().isEmpty() && apart(match.cidr(), views));
    if (elsewhere && match.cidr().stream().allMatch(Cidr::neverSubnet)) {
      rule.site()
          .warning(
              Code.UNREACHABLE,
              "no client comes to this rule: its \"cidr\" is private, where no client subnet counts,"
                  + " and its resolvers are elsewhere",
              "leave out \"cidr\", or the resolvers");
    }
  }

  /** Whether both say something, and no resolver of the second is a client of the first. */
  private static boolean apart(List<Cidr> cidr, List<Cidr> from) {
    return !cidr.isEmpty()
        && !from.isEmpty()
        && cidr.stream().noneMatch(one -> from.stream().anyMatch(two -> meet(one, two)));
  }

  /** An IPv6 resolver may stand for an IPv4 address. */
  private static boolean meet(Cidr client, Cidr resolver) {
    return client.v4() == resolver.v4() ? client.meets(resolver) : client.v4();
  }

  private static void fenced(Draft.Rule rule) {
    AllDown allDown = rule.rule().allDown();
    if (rule.rule().fence()
        && (allDown instanceof AllDown.Address || allDown instanceof AllDown.Cname)) {
      rule.site()
          .warning(
              Code.NO_EFFECT,
              "this \"all_down\" has no effect beside fence: true, which lets nothing outside \"to\""
                  + " be given",
              "leave one of them out");
    }
  }
}

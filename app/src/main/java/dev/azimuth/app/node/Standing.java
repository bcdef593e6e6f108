package dev.azimuth.app.node;

import dev.azimuth.health.ProbeResult;
import dev.azimuth.health.State;
import dev.azimuth.health.Target;
import dev.azimuth.health.TargetHealth;
import dev.azimuth.steering.Forwarding;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.IntFunction;

/** Whether clients should come to a balancer of this node. */
public enum Standing {
  /** It takes clients and has a backend of its site for them. */
  USABLE("usable"),
  /** It has nobody to forward to, or only another site. */
  NO_BACKEND("no backend of this site to forward to"),
  /** It takes no new clients: an operator said so, or the node ends. */
  DRAINED("drained");

  private final String words;

  Standing(String words) {
    this.words = words;
  }

  /** In a few words. */
  public String words() {
    return words;
  }

  /**
   * What balancers say to those who steer clients to them, where it is news: whether they have a
   * backend of their site to forward to. Orders for balancers are not looked at: they act by
   * themselves.
   *
   * @param forwarding what each forward of the plan is now, by its number
   * @param leaving whether the node ends
   * @param known of each target
   * @param now in milliseconds of the steady clock
   */
  static Map<Target, ProbeResult> news(
      Plan plan,
      IntFunction<Forwarding> forwarding,
      boolean leaving,
      Function<Target, TargetHealth> known,
      long now) {
    Map<Target, ProbeResult> news = new LinkedHashMap<>();
    for (Plan.Tier tier : plan.balancers().values()) {
      if (!tier.told().isEmpty()) {
        Standing standing =
            leaving ? DRAINED : tier.usable(forwarding.apply(tier.forward())) ? USABLE : NO_BACKEND;
        State state = standing == USABLE ? State.UP : State.DOWN;
        for (Target target : tier.told()) {
          if (known.apply(target).state() != state) {
            news.put(target, standing.said(now));
          }
        }
      }
    }
    return news;
  }

  private ProbeResult said(long now) {
    return switch (this) {
      case USABLE -> new ProbeResult(ProbeResult.Code.L7OK, "", now, 0);
      case NO_BACKEND, DRAINED -> new ProbeResult(ProbeResult.Code.L7STS, words, now, 0);
    };
  }

  /** How a balancer stands that there is. */
  static Standing of(Published published, String balancer, Plan.Tier tier) {
    if (published.orders().drained(balancer, published.at())) {
      return DRAINED;
    }
    return tier.usable(published.bound()) ? USABLE : NO_BACKEND;
  }
}

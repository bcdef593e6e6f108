package dev.azimuth.steering;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the clients of one bearing are given: pools in shares, and their backends. An answer of
 * several backends counts for each of them in equal parts. Immutable.
 *
 * @param order by turn, or by bucket: the index of the part
 * @param sticky which clients come to one pool together; null where turns decide, or there is only
 *     one
 */
// The array is nobody else's, and mixtures are not compared.
@SuppressWarnings("ArrayRecordComponent")
record Mixture(List<Part> parts, int[] order, @Nullable StickyPrefix sticky) {

  /**
   * What comes from one pool, or from none.
   *
   * @param name of the pool, or what is answered instead in parentheses
   * @param backends the share of each, 0 to 1; empty where none is given
   * @param order by turn, or by bucket: the index of the answer
   * @param answers the names of the backends in each
   * @param sticky which clients stay with one answer; null where turns decide, or nothing
   */
  @SuppressWarnings("ArrayRecordComponent") // likewise
  record Part(
      String name,
      Map<String, Double> backends,
      int[] order,
      List<Set<String>> answers,
      @Nullable StickyPrefix sticky) {

    /** Whether it is a pool. */
    boolean pool() {
      return !backends.isEmpty();
    }
  }

  /**
   * @param near the clients' order of nearness
   * @param pools the names of pools by the numbers of their backends
   */
  static Mixture of(RuleBinding binding, NearOrders orders, int near, Map<Integer, String> pools) {
    Offer offer = binding.offer(binding.reference());
    List<Part> parts = new ArrayList<>();
    for (Offer part : offer.parts()) {
      parts.add(part(part, binding, orders, near, pools));
    }
    Offer.Split split = offer.split;
    return split == null
        ? new Mixture(parts, new int[] {0}, null)
        : new Mixture(parts, split.order(), offer.sticky == null ? null : offer.sticky.prefix());
  }

  private static Part part(
      Offer offer, RuleBinding binding, NearOrders orders, int near, Map<Integer, String> pools) {
    if (offer.schedule == null || offer.members.isEmpty()) {
      return new Part(instead(offer, binding), Map.of(), new int[] {0}, List.of(Set.of()), null);
    }
    Schedule schedule = orders.at(offer.schedule, near);
    Map<Integer, String> names = new HashMap<>();
    offer.members.forEach(each -> names.put(each.backend().slot(), each.backend().name()));
    List<Set<String>> answers = new ArrayList<>();
    for (int[] slots : schedule.slots) {
      answers.add(Set.of(Arrays.stream(slots).mapToObj(names::get).toArray(String[]::new)));
    }
    int[] counts = new int[answers.size()];
    for (int answer : schedule.order) {
      counts[answer]++;
    }
    Map<String, Double> backends = new LinkedHashMap<>();
    for (Member member : offer.members) {
      double share = 0;
      for (int answer = 0; answer < counts.length; answer++) {
        Set<String> given = answers.get(answer);
        if (given.contains(member.backend().name())) {
          share += (double) counts[answer] / given.size();
        }
      }
      if (share > 0) {
        backends.put(member.backend().name(), share / schedule.order.length);
      }
    }
    Backend first = offer.members.getFirst().backend();
    return new Part(
        pools.getOrDefault(first.number(), ""),
        backends,
        schedule.order,
        answers,
        offer.sticky == null ? null : offer.sticky.prefix());
  }

  /** What is answered where no backend is given. */
  private static String instead(Offer offer, RuleBinding binding) {
    return switch (offer.kind) {
      case ADDRESSES -> "(address)";
      case NODATA -> "(nodata)";
      case SERVFAIL -> "(servfail)";
      case CNAME ->
          binding.terms().allDown() instanceof AllDown.Cname(String target)
              ? "(cname " + target + ")"
              : "(cname)";
    };
  }

  /** The share of each part, 0 to 1. */
  double[] shares() {
    int[] counts = new int[parts.size()];
    for (int part : order) {
      counts[part]++;
    }
    return Arrays.stream(counts).mapToDouble(count -> (double) count / order.length).toArray();
  }
}

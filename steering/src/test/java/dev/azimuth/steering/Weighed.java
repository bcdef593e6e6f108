package dev.azimuth.steering;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Members made for a test, and what their schedules give. */
final class Weighed {
  private Weighed() {}

  /** Members {@code b0}, {@code b1} and so on with these weights, each with one address. */
  static List<Member> members(int... weights) {
    List<Member> members = new ArrayList<>();
    for (int i = 0; i < weights.length; i++) {
      members.add(member(i, weights[i], null, 0));
    }
    return members;
  }

  /** One of number {@code i}, whose slot it is too: the address is 10.0.0.0 + i. */
  static Member member(int i, int weight, @Nullable String group, int latency) {
    InetAddress address = InetAddress.ofLiteral("10.0." + i / 256 + "." + i % 256);
    Backend backend =
        new Backend(
            "b" + i,
            i,
            i,
            weight,
            false,
            List.of(new Endpoint(address, -1, Integer.MAX_VALUE)),
            Map.of(),
            group);
    return new Member(backend, List.of(address), weight, latency);
  }

  /** The members with groups {@code g0}, {@code g1} and so on; below 0 for none. */
  static List<Member> grouped(int[] weights, int[] groups) {
    List<Member> members = new ArrayList<>();
    for (int i = 0; i < weights.length; i++) {
      members.add(member(i, weights[i], groups[i] < 0 ? null : "g" + groups[i], 0));
    }
    return members;
  }

  /** How often a slot is among the answers, 0 to 1 of all positions. */
  static double inclusion(Schedule schedule, int slot) {
    long hits =
        IntStream.range(0, schedule.order.length).filter(i -> schedule.gives(i, slot)).count();
    return (double) hits / schedule.order.length;
  }

  /** How often each slot is the first of the entries of a whole round. */
  static int[] firsts(Schedule schedule, int slots) {
    int[] counts = new int[slots];
    Arrays.stream(schedule.order).forEach(set -> counts[schedule.slots[set][0]]++);
    return counts;
  }
}

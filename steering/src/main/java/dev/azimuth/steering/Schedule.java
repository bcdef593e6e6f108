package dev.azimuth.steering;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Ready-made answer sets and the order in which they are given. Immutable; a query reads the entry
 * at its counter and moves the counter by one.
 */
final class Schedule {
  /** By position: the number of the answer set. */
  final int[] order;

  /** By set: whole addresses one after the other. */
  final byte[][] octets;

  /** By set: the counter slots of the backends in it. */
  final int[][] slots;

  /** Every address that any of the sets has, one after the other, each once. */
  final byte[] every;

  private Schedule(int[] order, byte[][] octets, int[][] slots, byte[] every) {
    this.order = order;
    this.octets = octets;
    this.slots = slots;
    this.every = every;
  }

  /**
   * @param members at least one, all of one family
   */
  static Schedule of(List<Member> members, Pick pick) {
    Sets sets = new Sets(members);
    int[] order =
        switch (pick.by()) {
          case WEIGHTED ->
              turning(members, weights(members), Math.min(pick.answers(), members.size()), sets);
          case ROTATE ->
              turning(members, ones(members), Math.min(pick.answers(), members.size()), sets);
          case ALL -> new int[] {sets.number(everything(members, pick.answers()))};
        };
    // One that turns comes to every address; one that does not stays with its only set.
    int given = pick.by() == Pick.By.ALL ? pick.answers() : Integer.MAX_VALUE;
    return sets.schedule(order, everything(members, given));
  }

  /** One address that belongs to no backend. */
  static Schedule fixed(InetAddress address) {
    byte[] octets = address.getAddress();
    return new Schedule(new int[] {0}, new byte[][] {octets}, new int[][] {new int[0]}, octets);
  }

  /** How often a backend is among the answers, 0 to 1 of all positions. */
  double inclusion(int slot) {
    int hits = 0;
    for (int set : order) {
      for (int each : slots[set]) {
        if (each == slot) {
          hits++;
          break;
        }
      }
    }
    return (double) hits / order.length;
  }

  private static int[] turning(List<Member> members, int[] weights, int answers, Sets sets) {
    int longest = Layout.longest(members.size());
    int[] counts = Layout.counts(weights, longest);
    int[] sequence = Layout.sequence(counts);
    int[][] windows = Layout.windows(sequence, members.size(), answers);
    // A backend with several addresses gives them in turn: the sequence is repeated until every
    // address came equally often, where that fits.
    int rounds = rounds(members, counts, sequence.length, longest);
    int[] turns = new int[members.size()];
    int[] order = new int[sequence.length * rounds];
    List<Given> given = new ArrayList<>(answers);
    for (int position = 0; position < order.length; position++) {
      int[] window = windows[position % sequence.length];
      given.clear();
      for (int member : window) {
        given.add(new Given(member, turns[member] % members.get(member).addresses().size()));
      }
      turns[window[0]]++;
      order[position] = sets.number(given);
    }
    return order;
  }

  private static int rounds(List<Member> members, int[] counts, int length, int longest) {
    for (int rounds = 1; (long) rounds * length <= longest; rounds++) {
      boolean even = true;
      for (int i = 0; i < counts.length && even; i++) {
        even = (long) counts[i] * rounds % members.get(i).addresses().size() == 0;
      }
      if (even) {
        return rounds;
      }
    }
    // Not evenly then: but every address must come at least once.
    int least = 1;
    for (int i = 0; i < counts.length; i++) {
      least = Math.max(least, Math.ceilDiv(members.get(i).addresses().size(), counts[i]));
    }
    return Math.max(least, longest / length);
  }

  private static List<Given> everything(List<Member> members, int answers) {
    return IntStream.range(0, members.size())
        .boxed()
        .flatMap(
            member ->
                IntStream.range(0, members.get(member).addresses().size())
                    .mapToObj(address -> new Given(member, address)))
        .limit(answers)
        .toList();
  }

  private static int[] weights(List<Member> members) {
    return members.stream().mapToInt(Member::weight).toArray();
  }

  private static int[] ones(List<Member> members) {
    return members.stream().mapToInt(member -> 1).toArray();
  }

  /** One backend in one answer set: the number of the member and of its address. */
  private record Given(int member, int address) {}

  /** Distinct answer sets, numbered as they come. */
  private static final class Sets {
    private final List<Member> members;
    private final Map<List<Given>, Integer> numbers = new HashMap<>();
    private final List<byte[]> octets = new ArrayList<>();
    private final List<int[]> slots = new ArrayList<>();

    Sets(List<Member> members) {
      this.members = members;
    }

    int number(List<Given> given) {
      Integer known = numbers.get(given);
      if (known != null) {
        return known;
      }
      octets.add(octets(given.stream().map(this::address).toList()));
      slots.add(
          given.stream()
              .mapToInt(each -> members.get(each.member).backend().slot())
              .distinct()
              .toArray());
      numbers.put(List.copyOf(given), numbers.size());
      return numbers.size() - 1;
    }

    Schedule schedule(int[] order, List<Given> every) {
      return new Schedule(
          order,
          octets.toArray(byte[][]::new),
          slots.toArray(int[][]::new),
          octets(every.stream().map(this::address).distinct().toList()));
    }

    private InetAddress address(Given given) {
      return members.get(given.member).addresses().get(given.address);
    }

    private static byte[] octets(List<InetAddress> addresses) {
      ByteBuffer octets =
          ByteBuffer.allocate(addresses.size() * addresses.getFirst().getAddress().length);
      addresses.forEach(address -> octets.put(address.getAddress()));
      return octets.array();
    }
  }
}

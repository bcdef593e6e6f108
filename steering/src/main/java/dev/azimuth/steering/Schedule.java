package dev.azimuth.steering;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Ready-made answer sets and the order in which they are given. Immutable; a query reads the entry
 * that it is to have by {@link #turn}.
 */
final class Schedule {
  /** Which entry a query has. */
  enum Turn {
    /** The one at its counter, which moves by one. */
    NEXT,
    /** Any, at random. */
    RANDOM,
    /** The one of the client's bucket: there is one for each of {@link Buckets#COUNT}. */
    BUCKET
  }

  private static final int[] NOBODY = {};

  final Turn turn;

  /** Where the client's place decides: what does; else null. */
  final @Nullable Nearness nearness;

  /** By order of nearness: what is given there, by bucket; else none. */
  final Schedule[] near;

  /** By position: the number of the answer set. Where there is one position, no turn matters. */
  final int[] order;

  /** By set: whole addresses one after the other. */
  final byte[][] octets;

  /** By set: the counter slots of the backends in it. */
  final int[][] slots;

  /** Every address that any of the sets has, one after the other, each once. */
  final byte[] every;

  /** The counter slots of the backends that {@link #every} is of, each once. */
  final int[] everySlots;

  private Schedule(
      Turn turn,
      @Nullable Nearness nearness,
      Schedule[] near,
      int[] order,
      byte[][] octets,
      int[][] slots,
      byte[] every,
      int[] everySlots) {
    this.turn = turn;
    this.nearness = nearness;
    this.near = near;
    this.order = order;
    this.octets = octets;
    this.slots = slots;
    this.every = every;
    this.everySlots = everySlots;
  }

  /**
   * @param members at least one, all of one family
   * @param nearness of their pool; null where nothing is picked by it
   */
  static Schedule of(
      List<Member> members, Pick pick, @Nullable Nearness nearness, Sequences sequences) {
    if (pick.answers() == 1 && oneAddressEach(members)) {
      Schedule simple = simple(members, pick, sequences);
      if (simple != null) {
        return simple;
      }
    }
    Sets sets = new Sets(members);
    List<Given> all = everything(members, Integer.MAX_VALUE);
    return switch (pick.by()) {
      case WEIGHTED ->
          sets.schedule(Turn.NEXT, turning(members, weights(members), pick, sets, sequences), all);
      case FASTEST ->
          sets.schedule(
              Turn.NEXT, turning(members, Speeds.weights(members), pick, sets, sequences), all);
      case ROTATE ->
          sets.schedule(Turn.NEXT, turning(members, ones(members), pick, sets, sequences), all);
      case RANDOM ->
          sets.schedule(
              Turn.RANDOM, turning(members, weights(members), pick, sets, sequences), all);
      case STICKY ->
          sets.schedule(Turn.BUCKET, sticking(members, new int[members.size()], pick, sets), all);
      case NEAREST -> near(members, pick, Objects.requireNonNull(nearness));
      case ALL -> {
        List<Given> given = everything(members, pick.answers());
        yield sets.schedule(Turn.NEXT, new int[] {sets.number(given)}, given);
      }
    };
  }

  private static boolean oneAddressEach(List<Member> members) {
    for (Member member : members) {
      if (member.addresses().size() != 1) {
        return false;
      }
    }
    return true;
  }

  /**
   * By far the most: one answer of one address, so that there is a set for each member; null for
   * the picks that it is not for.
   */
  private static @Nullable Schedule simple(List<Member> members, Pick pick, Sequences sequences) {
    int[] order =
        switch (pick.by()) {
          case WEIGHTED, RANDOM -> sequences.of(weights(members));
          case FASTEST -> sequences.of(Speeds.weights(members));
          case ROTATE -> sequences.of(ones(members));
          case STICKY, NEAREST, ALL -> null;
        };
    if (order == null) {
      return null;
    }
    byte[][] octets = new byte[members.size()][];
    int[][] slots = new int[members.size()][];
    Set<InetAddress> distinct = LinkedHashSet.newLinkedHashSet(members.size());
    for (int i = 0; i < slots.length; i++) {
      Member member = members.get(i);
      InetAddress address = member.addresses().getFirst();
      distinct.add(address);
      octets[i] = address.getAddress();
      slots[i] = new int[] {member.backend().slot()};
    }
    return new Schedule(
        pick.by() == Pick.By.RANDOM ? Turn.RANDOM : Turn.NEXT,
        null,
        new Schedule[0],
        order,
        octets,
        slots,
        Sets.octets(List.copyOf(distinct)),
        Arrays.stream(slots).mapToInt(slot -> slot[0]).toArray());
  }

  /** One address that belongs to no backend. */
  static Schedule fixed(InetAddress address) {
    byte[] octets = address.getAddress();
    return new Schedule(
        Turn.NEXT,
        null,
        new Schedule[0],
        new int[] {0},
        new byte[][] {octets},
        new int[][] {NOBODY},
        octets,
        NOBODY);
  }

  /** One for each order of nearness; orders that come to the same share it. */
  private static Schedule near(List<Member> members, Pick pick, Nearness nearness) {
    NearRanks ranks = NearRanks.of(members, pick, nearness);
    Schedule[] distinct = new Schedule[ranks.distinct()];
    Arrays.setAll(distinct, number -> near(members, ranks.of(number), pick));
    Schedule[] near = new Schedule[nearness.orders()];
    Arrays.setAll(near, order -> distinct[ranks.at(order)]);
    Schedule nowhere = near[0];
    return new Schedule(
        nowhere.turn,
        nearness,
        near,
        nowhere.order,
        nowhere.octets,
        nowhere.slots,
        nowhere.every,
        nowhere.everySlots);
  }

  private static Schedule near(List<Member> members, int[] ranks, Pick pick) {
    int[] needed = IntStream.range(0, ranks.length).filter(i -> ranks[i] >= 0).toArray();
    List<Member> those = Arrays.stream(needed).mapToObj(members::get).toList();
    Sets sets = new Sets(those);
    int[] theirs = Arrays.stream(needed).map(i -> ranks[i]).toArray();
    return sets.schedule(
        Turn.BUCKET, sticking(those, theirs, pick, sets), everything(those, Integer.MAX_VALUE));
  }

  /** What it comes to for a client. */
  Schedule at(Client client) {
    return nearness == null ? this : near[nearness.order(client)];
  }

  /** Whether a backend is in the answer at a position. */
  boolean gives(int position, int slot) {
    for (int each : slots[order[position]]) {
      if (each == slot) {
        return true;
      }
    }
    return false;
  }

  private static int[] turning(
      List<Member> members, int[] weights, Pick pick, Sets sets, Sequences sequences) {
    int[] sequence = sequences.of(weights);
    int longest = Layout.longest(members.size());
    int[] counts = Layout.counts(weights, longest);
    int[][] windows = Layout.windows(sequence, Grouping.of(members, pick.groups()), pick.answers());
    // A backend with several addresses gives them in turn: the sequence is repeated until every
    // address came equally often, where that fits.
    int rounds = rounds(members, counts, sequence.length, longest);
    int[] turns = new int[members.size()];
    int[] order = new int[sequence.length * rounds];
    List<Given> given = new ArrayList<>();
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

  private static int[] sticking(List<Member> members, int[] ranks, Pick pick, Sets sets) {
    Rendezvous rendezvous =
        new Rendezvous(
            members.stream().map(member -> member.backend().name()).toList(),
            weights(members),
            ranks,
            Grouping.of(members, pick.groups()));
    boolean drawn =
        Arrays.stream(ranks).distinct().count() < ranks.length
            || members.stream().anyMatch(member -> member.addresses().size() > 1);
    int[] order = new int[drawn ? Buckets.COUNT : 1];
    List<Given> given = new ArrayList<>();
    for (int bucket = 0; bucket < order.length; bucket++) {
      given.clear();
      for (int member : rendezvous.best(bucket, pick.answers())) {
        List<InetAddress> addresses = members.get(member).addresses();
        given.add(new Given(member, rendezvous.address(bucket, member, addresses)));
      }
      order[bucket] = sets.number(given);
    }
    // Where all buckets give the same, nothing depends on the client.
    return sets.size() == 1 ? new int[] {0} : order;
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
    int[] weights = new int[members.size()];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = members.get(i).weight();
    }
    return weights;
  }

  private static int[] ones(List<Member> members) {
    int[] ones = new int[members.size()];
    Arrays.fill(ones, 1);
    return ones;
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
      octets.add(octets(given.stream().map(this::address).distinct().toList()));
      slots.add(slots(given));
      numbers.put(List.copyOf(given), numbers.size());
      return numbers.size() - 1;
    }

    int size() {
      return octets.size();
    }

    Schedule schedule(Turn turn, int[] order, List<Given> every) {
      return new Schedule(
          turn,
          null,
          new Schedule[0],
          order,
          octets.toArray(byte[][]::new),
          slots.toArray(int[][]::new),
          octets(every.stream().map(this::address).distinct().toList()),
          slots(every));
    }

    private int[] slots(List<Given> given) {
      return given.stream()
          .mapToInt(each -> members.get(each.member).backend().slot())
          .distinct()
          .toArray();
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

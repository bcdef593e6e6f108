package dev.azimuth.steering;

import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * What one destination of one name gives in one address family, until the next rebuild. Immutable.
 */
final class Offer {
  private static final byte[] NONE = {};

  final Decision.Kind kind;
  final Reason reason;

  /** Whether nothing usable is left, whatever the reason says: it is what is said for that. */
  final boolean allDown;

  /** In seconds; for NODATA an upper bound for the SOA's. */
  final int ttl;

  /** What keeps the TTL from being longer. */
  final String ttlReason;

  /** ADDRESSES: the answer sets; else null. */
  final @Nullable Schedule schedule;

  /** ADDRESSES: the members of the schedule; empty where they are no backends. */
  final List<Member> members;

  /** What has turns, in a word that is the same as long as it is: the key of the counter. */
  final String turns;

  /** The turn counter's slot; 0 where it is given to no name yet, or nothing has turns. */
  final int slot;

  /**
   * Where clients stick to what they are given, or of pools that share them to one, with a key of 0
   * where it is given to no name yet; null where nothing depends on the client's network.
   */
  final @Nullable Sticky sticky;

  /** CNAME: the target in uncompressed wire form; else empty. */
  final byte[] target;

  /** Where several pools share the clients: what each gives; else null. */
  final @Nullable Split split;

  /**
   * @param parts by pool; none is split itself
   * @param order by position, or by bucket: the index of the part
   */
  // The array is nobody else's, and offers are compared by identity.
  @SuppressWarnings("ArrayRecordComponent")
  record Split(List<Offer> parts, int[] order) {}

  private Offer(
      Decision.Kind kind,
      Reason reason,
      boolean allDown,
      int ttl,
      String ttlReason,
      @Nullable Schedule schedule,
      List<Member> members,
      String turns,
      int slot,
      @Nullable Sticky sticky,
      byte[] target,
      @Nullable Split split) {
    this.kind = kind;
    this.reason = reason;
    this.allDown = allDown;
    this.ttl = ttl;
    this.ttlReason = ttlReason;
    this.schedule = schedule;
    this.members = members;
    this.turns = turns;
    this.slot = slot;
    this.sticky = sticky;
    this.target = target;
    this.split = split;
  }

  /**
   * @param prefix which clients stick together; null where none do
   */
  static Offer addresses(
      Schedule schedule,
      List<Member> members,
      String turns,
      @Nullable StickyPrefix prefix,
      Lifetime.Ttl ttl,
      Reason reason) {
    boolean alike = schedule.order.length == 1 && schedule.nearness == null;
    Sticky sticky = prefix == null || alike ? null : new Sticky(0, prefix);
    return new Offer(
        Decision.Kind.ADDRESSES,
        reason,
        false,
        ttl.seconds(),
        ttl.reason(),
        schedule,
        members,
        turns,
        0,
        sticky,
        NONE,
        null);
  }

  /** Always the same address, which is no backend's: whose turn it is does not matter. */
  static Offer fixed(Schedule schedule, Lifetime.Ttl ttl, Reason reason) {
    return addresses(schedule, List.of(), "", null, ttl, reason);
  }

  /**
   * What several pools give in turn, or by the client's network; the first of them is the one to
   * show of all.
   *
   * @param order by position, or by bucket: the index of the part
   * @param prefix which clients come to one pool together; null where turns decide
   */
  static Offer shared(List<Offer> parts, int[] order, String turns, @Nullable StickyPrefix prefix) {
    Offer first = parts.getFirst();
    return new Offer(
        first.kind,
        first.reason,
        first.allDown,
        first.ttl,
        first.ttlReason,
        null,
        List.of(),
        turns,
        0,
        prefix == null ? null : new Sticky(0, prefix),
        NONE,
        new Split(parts, order));
  }

  /**
   * The same with counters and buckets of its own.
   *
   * @param slots from what has turns to the slot of its counter
   * @param pick gives the key of the buckets of backends
   * @param share gives that of the buckets of pools
   */
  Offer own(ToIntFunction<String> slots, LongSupplier pick, LongSupplier share) {
    boolean turning =
        split == null
            ? schedule != null && schedule.turn == Schedule.Turn.NEXT && schedule.order.length > 1
            : sticky == null;
    if (!turning && sticky == null) {
      return this;
    }
    return new Offer(
        kind,
        reason,
        allDown,
        ttl,
        ttlReason,
        schedule,
        members,
        turns,
        turning ? slots.applyAsInt(turns) : 0,
        sticky == null
            ? null
            : new Sticky((split == null ? pick : share).getAsLong(), sticky.prefix()),
        target,
        split == null
            ? null
            : new Split(
                split.parts.stream().map(part -> part.own(slots, pick, share)).toList(),
                split.order));
  }

  /** The same as what is given when all is down. */
  Offer whenAllDown() {
    return new Offer(
        kind,
        reason,
        true,
        ttl,
        ttlReason,
        schedule,
        members,
        turns,
        slot,
        sticky,
        target,
        split == null
            ? null
            : new Split(split.parts.stream().map(Offer::whenAllDown).toList(), split.order));
  }

  /** The part that a client's network comes to; itself where there are none, or turns decide. */
  Offer part(Client client) {
    return split == null || sticky == null
        ? this
        : split.parts.get(split.order[sticky.bucket(client)]);
  }

  /** The parts, or itself. */
  List<Offer> parts() {
    return split == null ? List.of(this) : split.parts;
  }

  static Offer cname(byte[] target, Lifetime.Ttl ttl, Reason reason) {
    return without(Decision.Kind.CNAME, ttl, reason, target);
  }

  static Offer nodata(Lifetime.Ttl ttl, Reason reason) {
    return without(Decision.Kind.NODATA, ttl, reason, NONE);
  }

  static Offer servfail(Lifetime.Ttl ttl, Reason reason) {
    return without(Decision.Kind.SERVFAIL, ttl, reason, NONE);
  }

  /** One that gives no address. */
  private static Offer without(Decision.Kind kind, Lifetime.Ttl ttl, Reason reason, byte[] target) {
    return new Offer(
        kind,
        reason,
        false,
        ttl.seconds(),
        ttl.reason(),
        null,
        List.of(),
        "",
        0,
        null,
        target,
        null);
  }
}

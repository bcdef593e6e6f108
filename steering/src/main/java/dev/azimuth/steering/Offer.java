package dev.azimuth.steering;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What one destination of one name gives in one address family, until the next rebuild. Immutable.
 */
final class Offer {
  final Decision.Kind kind;
  final Reason reason;

  /** In seconds; for NODATA an upper bound for the SOA's. */
  final int ttl;

  /** What keeps the TTL from being longer. */
  final String ttlReason;

  /** ADDRESSES: the answer sets; else null. */
  final @Nullable Schedule schedule;

  /** ADDRESSES: the members of the schedule; empty where they are no backends. */
  final List<Member> members;

  /** ADDRESSES: the turn counter's slot. */
  final int slot;

  /** Where clients stick to what they are given, their own or that of the parts; else null. */
  final @Nullable Sticky sticky;

  /** CNAME: the target in uncompressed wire form; else empty. */
  final byte[] target;

  /** Where several pools share the clients: what each gives; else null. */
  final @Nullable Split split;

  /**
   * @param parts by pool; none is split itself
   * @param order by position: the index of the part
   * @param slot of the turn counter
   */
  // The array is nobody else's, and offers are compared by identity.
  @SuppressWarnings("ArrayRecordComponent")
  record Split(List<Offer> parts, int[] order, int slot) {}

  private Offer(
      Decision.Kind kind,
      Reason reason,
      Lifetime.Ttl ttl,
      @Nullable Schedule schedule,
      List<Member> members,
      int slot,
      @Nullable Sticky sticky,
      byte[] target,
      @Nullable Split split) {
    this.kind = kind;
    this.reason = reason;
    this.ttl = ttl.seconds();
    this.ttlReason = ttl.reason();
    this.schedule = schedule;
    this.members = members;
    this.slot = slot;
    this.sticky = sticky;
    this.target = target;
    this.split = split;
  }

  /**
   * @param sticky null where the schedule does not go by buckets
   */
  static Offer addresses(
      Schedule schedule,
      List<Member> members,
      int slot,
      @Nullable Sticky sticky,
      Lifetime.Ttl ttl,
      Reason reason) {
    return new Offer(
        Decision.Kind.ADDRESSES, reason, ttl, schedule, members, slot, sticky, new byte[0], null);
  }

  /** Always the same address, which is no backend's: whose turn it is does not matter. */
  static Offer fixed(Schedule schedule, Lifetime.Ttl ttl, Reason reason) {
    return addresses(schedule, List.of(), 0, null, ttl, reason);
  }

  /** What several pools give in turn, the part at the front as the one to show. */
  static Offer shared(Split split) {
    Offer first = split.parts.getFirst();
    return new Offer(
        first.kind,
        first.reason,
        new Lifetime.Ttl(first.ttl, first.ttlReason),
        null,
        List.of(),
        0,
        split.parts.stream()
            .map(part -> part.sticky)
            .filter(Objects::nonNull)
            .findFirst()
            .orElse(null),
        new byte[0],
        split);
  }

  /** The parts, or itself. */
  List<Offer> parts() {
    return split == null ? List.of(this) : split.parts;
  }

  static Offer cname(byte[] target, Lifetime.Ttl ttl, Reason reason) {
    return new Offer(Decision.Kind.CNAME, reason, ttl, null, List.of(), 0, null, target, null);
  }

  static Offer nodata(Lifetime.Ttl ttl, Reason reason) {
    return new Offer(
        Decision.Kind.NODATA, reason, ttl, null, List.of(), 0, null, new byte[0], null);
  }

  static Offer servfail(Lifetime.Ttl ttl, Reason reason) {
    return new Offer(
        Decision.Kind.SERVFAIL, reason, ttl, null, List.of(), 0, null, new byte[0], null);
  }
}

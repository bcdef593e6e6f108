package dev.azimuth.steering;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What one rule of one name gives in one address family, until the next rebuild. Immutable. */
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

  /** CNAME: the target in uncompressed wire form; else empty. */
  final byte[] target;

  private Offer(
      Decision.Kind kind,
      Reason reason,
      Lifetime.Ttl ttl,
      @Nullable Schedule schedule,
      List<Member> members,
      int slot,
      byte[] target) {
    this.kind = kind;
    this.reason = reason;
    this.ttl = ttl.seconds();
    this.ttlReason = ttl.reason();
    this.schedule = schedule;
    this.members = members;
    this.slot = slot;
    this.target = target;
  }

  static Offer addresses(
      Schedule schedule, List<Member> members, int slot, Lifetime.Ttl ttl, Reason reason) {
    return new Offer(Decision.Kind.ADDRESSES, reason, ttl, schedule, members, slot, new byte[0]);
  }

  /** Always the same address, which is no backend's: whose turn it is does not matter. */
  static Offer fixed(Schedule schedule, Lifetime.Ttl ttl, Reason reason) {
    return addresses(schedule, List.of(), 0, ttl, reason);
  }

  static Offer cname(byte[] target, Lifetime.Ttl ttl, Reason reason) {
    return new Offer(Decision.Kind.CNAME, reason, ttl, null, List.of(), 0, target);
  }

  static Offer nodata(Lifetime.Ttl ttl, Reason reason) {
    return new Offer(Decision.Kind.NODATA, reason, ttl, null, List.of(), 0, new byte[0]);
  }

  static Offer servfail(Lifetime.Ttl ttl, Reason reason) {
    return new Offer(Decision.Kind.SERVFAIL, reason, ttl, null, List.of(), 0, new byte[0]);
  }
}

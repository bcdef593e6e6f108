package dev.azimuth.steering;

import org.jspecify.annotations.Nullable;

/**
 * What steering gives for one query: a cursor that a worker owns and hands to every {@link
 * Steering#decide}. What it says is valid until the next call.
 */
public final class Decision {
  /** What to answer. */
  public enum Kind {
    /** Addresses of the family that was asked for. */
    ADDRESSES,
    /** NOERROR without an answer; the SOA's TTL is at most {@link #ttl}. */
    NODATA,
    SERVFAIL,
    /** An alias: {@link #octets} is its target in uncompressed wire form. */
    CNAME
  }

  private static final int[] NOBODY = {};
  private static final Offer NOTHING = Offer.nodata(new Lifetime.Ttl(0, ""), Reason.RULE);

  /** In place of a set: every address of the schedule. */
  static final int EVERY = -1;

  /** The scope prefix length for the reply's client subnet; 0 when nothing depended on it. */
  public int scope;

  /** Who was steered. */
  final Client client = new Client();

  // For a collector a reference that is stored costs far more than a number, and more than finding
  // out that it is there already.
  private Offer offer = NOTHING;
  private @Nullable Schedule schedule;
  private int set;
  private boolean counted;

  /** No decision yet. */
  public Decision() {}

  /** What to answer; NODATA before the first decision. */
  public Kind kind() {
    return offer.kind;
  }

  /** The answer's TTL in seconds. */
  public int ttl() {
    return offer.ttl;
  }

  /** Why the answer is what it is. */
  public Reason reason() {
    return offer.reason;
  }

  /** Whether no backend of any listed pool is usable, whatever the reason says. */
  public boolean allDown() {
    return offer.allDown;
  }

  /**
   * ADDRESSES: whole addresses one after the other, 4 or 16 octets each. CNAME: the target's name.
   * Not to be changed.
   */
  public byte[] octets() {
    Schedule from = schedule;
    if (from == null) {
      return offer.target;
    }
    return set == EVERY ? from.every : from.octets[set];
  }

  /**
   * The slots of the backends whose addresses {@link Steering#decide} gave, all of one pool; none
   * where they are no backend's, or another method was called since. Not to be changed.
   */
  public int[] given() {
    Schedule from = schedule;
    return counted && from != null ? from.slots[set] : NOBODY;
  }

  /**
   * The slots of the backends that the addresses of {@link #octets} are of, all of one pool, also
   * where they are not {@link #given}; none where they are no backend's. Not to be changed.
   */
  public int[] backends() {
    Schedule from = schedule;
    if (from == null) {
      return NOBODY;
    }
    return set == EVERY ? from.everySlots : from.slots[set];
  }

  /**
   * Takes what an offer gives.
   *
   * @param ofClient the offer's schedule for the client; null where it has none
   * @param number of the set in it, or {@link #EVERY}
   * @param counts whether its backends are given by that
   */
  void take(Offer from, @Nullable Schedule ofClient, int number, boolean counts) {
    if (offer != from) {
      offer = from;
    }
    if (schedule != ofClient) {
      schedule = ofClient;
    }
    set = number;
    counted = counts;
  }
}

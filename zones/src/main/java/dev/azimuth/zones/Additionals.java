package dev.azimuth.zones;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Set;

/**
 * Finds what belongs into the additional section beside the sets of a zone: the addresses of the
 * names that their records point to, as far as this zone knows them.
 */
final class Additionals {
  /** Stands for the owner of the set itself, which is the name that is asked for. */
  static final int OWNER = -1;

  private final Zone zone;
  private final LookupName target = new LookupName();
  private final LookupName other = new LookupName();
  private final LookupResult result = new LookupResult();

  /** The sets with steered hints, which change: they are no part of another set's answer. */
  private final BitSet hintedSets = new BitSet();

  /** Two ints an entry: where its name begins, and its set, or the complement of a reference. */
  private int[] found = new int[16];

  private int end;

  /** Of the set whose part is being filled: where it starts, and where the owner's name begins. */
  private int start;

  private int owner;

  /**
   * @param zone whose cuts are marked
   */
  Additionals(Zone zone) {
    this.zone = zone;
  }

  /** Where the name that a record points to begins in its RDATA; -1 for types that have none. */
  static int targetIn(int type) {
    return switch (type) {
      case Types.NS, Types.MB -> 0;
      case Types.MX, Types.AFSDB, Types.RT, Types.KX, Types.SVCB, Types.HTTPS -> 2;
      case Types.SRV -> 6;
      default -> -1;
    };
  }

  /**
   * Fills in the part of each set, but for sets with hints that {@link #hinted} found, and returns
   * the array that they are parts of.
   */
  int[] fill(int[] sets) {
    for (int set = 0; set < zone.sets(); set++) {
      start = end;
      owner = zone.owner(set);
      if (targetIn(zone.type(set)) >= 0 && served(set)) {
        beside(set);
      }
      sets[(set << Zone.SET) + Zone.BESIDE] = start >> 1;
      sets[(set << Zone.SET) + Zone.BESIDE_END] = end >> 1;
    }
    return Arrays.copyOf(found, end);
  }

  /**
   * The SVCB and HTTPS records whose address hints steering decides: those in ServiceMode with a
   * target that is steered under one of these references (RFC 9460 sections 2.5 and 7.3).
   *
   * @return two ints a record, in ascending order: where it begins, and the reference
   */
  int[] hinted(Set<Integer> references) {
    int[] hinted = new int[16];
    int size = 0;
    for (int set = 0; set < zone.sets() && !references.isEmpty(); set++) {
      int at = zone.offset(set);
      for (int i = 0; i < zone.records(set) && Types.isService(zone.type(set)); i++) {
        int rdata = at + RecordStore.HEAD;
        int end = rdata + length(zone.data(), rdata);
        boolean alias = zone.data()[rdata] == 0 && zone.data()[rdata + 1] == 0;
        name(set, rdata + 2, end);
        if (!alias && steered() && references.contains(result.steered)) {
          if (size == hinted.length) {
            hinted = Arrays.copyOf(hinted, 2 * size);
          }
          hinted[size++] = at;
          hinted[size++] = result.steered;
          hintedSets.set(set);
        }
        at = end;
      }
    }
    return Arrays.copyOf(hinted, size);
  }

  private boolean steered() {
    return inZone() && zone.lookup(target, Types.A, result) == Outcome.STEERED;
  }

  private boolean inZone() {
    int label = target.labels - zone.originLabels();
    return label >= 0 && target.suffixEquals(label, zone.data(), zone.name(0));
  }

  /** Whether a set is authoritative, or is the NS set of a cut that is itself not below one. */
  private boolean served(int set) {
    int over = zone.node(zone.set(set, Zone.OWNER), Zone.AT);
    return over < 0 || over == set;
  }

  private void beside(int set) {
    int type = zone.type(set);
    int at = zone.offset(set);
    for (int i = 0; i < zone.records(set); i++) {
      int rdata = at + RecordStore.HEAD;
      at = rdata + length(zone.data(), rdata);
      int name = name(set, rdata + targetIn(type), at);
      if (!inZone()) {
        continue;
      }
      add(type, Types.A, name);
      add(type, Types.AAAA, name);
      if (Types.isService(type) && name != OWNER) {
        add(type, type, name);
      }
    }
  }

  /**
   * Makes a record's target the current one, and says where its name begins. The root as the target
   * of a service is the owner (RFC 9460 section 2.5.2).
   */
  private int name(int set, int from, int to) {
    byte[] data = zone.data();
    if (Types.isService(zone.type(set)) && data[from] == 0) {
      target.read(data, zone.owner(set), data.length);
      return OWNER;
    }
    target.read(data, from, to);
    return from;
  }

  /** Adds what the zone has of a type for the current target. */
  private void add(int beside, int type, int name) {
    int node = zone.node(target);
    if (beside == Types.NS && node >= 0 && zone.node(node, Zone.AT) >= 0) {
      // Glue below a cut is not ours: it helps to find servers, and is no answer to anything else.
      int set = zone.find(node, type);
      if (set >= 0) {
        put(zone.name(node), set);
      }
      return;
    }
    switch (zone.lookup(target, type, result)) {
      case ANSWER -> {
        if (!hintedSets.get(result.set)) {
          put(spelled(name), result.set);
        }
      }
      case STEERED -> {
        if (beside != Types.NS) {
          put(spelled(name), ~result.steered);
        }
      }
      case NODATA, NAME_ERROR, REFERRAL, CNAME, DNAME, UNUSABLE -> {}
    }
  }

  /** Where the name stands in lower case, which shares more octets; a wildcard's does not. */
  private int spelled(int name) {
    int node = zone.node(target);
    return name == OWNER || node < 0 ? name : zone.name(node);
  }

  /** How many octets the RDATA take that begin at {@code rdata} in ready-made records. */
  static int length(byte[] data, int rdata) {
    return (data[rdata - 2] & 0xff) << 8 | (data[rdata - 1] & 0xff);
  }

  private void put(int name, int what) {
    for (int i = start; i < end; i += 2) {
      if (found[i + 1] == what && same(found[i])) {
        return;
      }
    }
    if (end == found.length) {
      found = Arrays.copyOf(found, 2 * end);
    }
    found[end++] = name;
    found[end++] = what;
  }

  /** Whether a name that is there already is the current target, perhaps in another case. */
  private boolean same(int name) {
    other.read(zone.data(), name == OWNER ? owner : name, zone.data().length);
    return other.length == target.length && other.suffixEquals(0, target.octets, 0);
  }
}

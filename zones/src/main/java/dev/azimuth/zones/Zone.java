package dev.azimuth.zones;

import java.nio.ByteBuffer;

/**
 * An immutable image of one zone: a few large arrays. Safe for use by any number of threads.
 *
 * <p>A record set is known by its number. Its octets stand ready-made in {@link #data()}, record
 * after record: two octets for the owner (a compression pointer to the question, C0 0C, which the
 * writer may replace), TYPE, CLASS, TTL, RDLENGTH, RDATA with uncompressed names.
 *
 * <p>A <em>node</em> is a name that exists: an owner of records, a steered name, or an empty
 * non-terminal above one (RFC 8020). The origin is node 0; a node's number is above its parent's.
 */
public final class Zone {
  // The ints of one node, 1 << NODE of them.
  static final int NODE = 3;

  /** The first of its sets, ordered by type, and the one behind the last. */
  static final int SETS = 0;

  static final int SETS_END = 1;

  /** The set that answers for this name in place of its own: the NS of a cut, or a DNAME; or -1. */
  static final int AT = 2;

  /** The same for every name below this one. */
  static final int BELOW = 3;

  /** The child whose label is {@code *}, or -1. */
  static final int WILDCARD = 4;

  /** The reference of a steered name, or -1. */
  static final int STEERED = 5;

  /** The number of labels, without the root's. */
  static final int LABELS = 6;

  static final int PARENT = 7;

  // The ints of one set, 1 << SET of them.
  static final int SET = 3;
  static final int TYPE = 0;
  static final int OWNER = 1;
  static final int OFFSET = 2;
  static final int LENGTH = 3;
  static final int RECORDS = 4;
  static final int TTL = 5;

  /** Where in {@link #additionals} those of this set begin, and end. */
  static final int BESIDE = 6;

  static final int BESIDE_END = 7;

  /** The type of what cuts the names of an unusable zone off: none of data. */
  static final int NOTHING = 0;

  private final String origin;
  private final NameTable names;
  private final int[] nodes;
  private final int[] sets;
  private final int[] additionals;
  private final int[] hinted;
  private final byte[] data;
  private final int negativeSoa;
  private final int deepest;

  /** What the references of steered names are counted from. */
  private final int firstReference;

  /**
   * @param names those of the nodes, by number; their octets begin {@code data}
   * @param additionals as {@link Additionals#fill} gives them
   * @param hinted as {@link Additionals#hinted} gives them
   * @param deepest the most labels that any name has
   */
  Zone(
      String origin,
      NameTable names,
      int[] nodes,
      int[] sets,
      int[] additionals,
      int[] hinted,
      byte[] data,
      int negativeSoa,
      int deepest) {
    this.origin = origin;
    this.names = names;
    this.nodes = nodes;
    this.sets = sets;
    this.additionals = additionals;
    this.hinted = hinted;
    this.data = data;
    this.negativeSoa = negativeSoa;
    this.deepest = deepest;
    this.firstReference = 0;
  }

  private Zone(Zone image, int firstReference) {
    this.origin = image.origin;
    this.names = image.names;
    this.nodes = image.nodes;
    this.sets = image.sets;
    this.additionals = image.additionals;
    this.hinted = image.hinted;
    this.data = image.data;
    this.negativeSoa = image.negativeSoa;
    this.deepest = image.deepest;
    this.firstReference = firstReference;
  }

  /**
   * The same image with its references counted from another number: what a lookup gives is the
   * reference that the zone was loaded with, plus {@code first}.
   */
  public Zone referencesFrom(int first) {
    return first == firstReference ? this : new Zone(this, first);
  }

  /** The zone's name in presentation form with the final dot, such as {@code example.com.}. */
  public String origin() {
    return origin;
  }

  /** How many labels {@link #origin()} has, without the root's. */
  public int originLabels() {
    return nodes[LABELS];
  }

  /**
   * Looks a name up that is at or below the origin (RFC 1034 section 4.3.2, with RFC 2308, 4592,
   * 6672 and 8020). Allocates nothing.
   *
   * <p>A cut or a DNAME above the name comes before everything else, so nothing below a cut is
   * answered; only DS at the cut itself is ours (RFC 4035 section 3.1.4.1). A steered name is
   * STEERED for A and AAAA, and for ANY where nothing else stands there; its NODATA for other types
   * comes with the reference too. ANY gives the set with the lowest type otherwise (RFC 8482).
   *
   * @param type the type in question, 0 to 65535, known or not
   */
  public Outcome lookup(LookupName name, int type, LookupResult result) {
    result.set = -1;
    result.skip = 0;
    result.steered = -1;
    result.wildcard = false;
    int found = names.find(name, 0);
    if (found >= 0) {
      int over = node(found, AT);
      if (over < 0 || (type == Types.DS && set(over, OWNER) == found)) {
        return at(found, type, result);
      }
      return above(over, name, result);
    }
    int encloser = encloser(name);
    int over = node(encloser, BELOW);
    if (over >= 0) {
      return above(over, name, result);
    }
    int wildcard = node(encloser, WILDCARD);
    if (wildcard < 0) {
      return Outcome.NAME_ERROR;
    }
    result.wildcard = true;
    return at(wildcard, type, result);
  }

  /** What the data of one node say to a type. */
  private Outcome at(int node, int type, LookupResult result) {
    int steered = node(node, STEERED);
    if (steered >= 0 && Types.isAddress(type)) {
      result.steered = firstReference + steered;
      return Outcome.STEERED;
    }
    int set = find(node, type);
    if (set >= 0) {
      result.set = set;
      return Outcome.ANSWER;
    }
    if (steered >= 0 && type == Types.ANY) {
      result.steered = firstReference + steered;
      return Outcome.STEERED;
    }
    // Of signatures and denials each name has its own, an alias too (RFC 4035 section 2.5).
    if (Types.isBesideAlias(type)) {
      return Outcome.NODATA;
    }
    result.set = find(node, Types.CNAME);
    if (result.set >= 0) {
      return Outcome.CNAME;
    }
    result.steered = steered < 0 ? -1 : firstReference + steered;
    return Outcome.NODATA;
  }

  /** What a cut at or above the name, or a DNAME above it, says. */
  private Outcome above(int set, LookupName name, LookupResult result) {
    int type = set(set, TYPE);
    if (type == NOTHING) {
      return Outcome.UNUSABLE;
    }
    result.set = set;
    result.skip = name.labels - node(set(set, OWNER), LABELS);
    return type == Types.NS ? Outcome.REFERRAL : Outcome.DNAME;
  }

  /**
   * The closest encloser of a name that does not exist (RFC 4592 section 3.3.1). All names above an
   * existing one exist too, so a binary search over the number of labels finds it.
   */
  private int encloser(LookupName name) {
    int encloser = 0;
    int low = nodes[LABELS];
    int high = Math.min(name.labels - 1, deepest);
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      int found = names.find(name, name.labels - middle);
      if (found >= 0) {
        encloser = found;
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return encloser;
  }

  /** The set of a type among a node's, or -1; for ANY the first. */
  int find(int node, int type) {
    int low = node(node, SETS);
    int high = node(node, SETS_END);
    if (type == Types.ANY) {
      return low < high ? low : -1;
    }
    while (low < high) {
      int middle = (low + high) >>> 1;
      int there = set(middle, TYPE);
      if (there == type) {
        return middle;
      }
      if (there < type) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return -1;
  }

  /** The node of a name, or -1. */
  int node(LookupName name) {
    return names.find(name, 0);
  }

  /** One int of a node. */
  int node(int node, int field) {
    return nodes[(node << NODE) + field];
  }

  /** One int of a set. */
  int set(int set, int field) {
    return sets[(set << SET) + field];
  }

  /** How many names there are, empty non-terminals counted. */
  public int nodes() {
    return names.size();
  }

  /** The serial of the SOA, 0 to 4294967295. */
  public long serial() {
    int end = offset(negativeSoa) + length(negativeSoa);
    return Integer.toUnsignedLong(ByteBuffer.wrap(data).getInt(end - 5 * Integer.BYTES));
  }

  /** Where a node's name begins in {@link #data()}. */
  int name(int node) {
    return names.start(node);
  }

  /** The octets that the offsets of record sets point into. Never written to. */
  public byte[] data() {
    return data;
  }

  /** How many sets there are; their numbers are those below. */
  public int sets() {
    return sets.length >>> SET;
  }

  /** The record type of a set, 1 to 65535. */
  public int type(int set) {
    return set(set, TYPE);
  }

  /** Where a set's first record begins in {@link #data()}. */
  public int offset(int set) {
    return set(set, OFFSET);
  }

  /** How many octets all records of a set take. */
  public int length(int set) {
    return set(set, LENGTH);
  }

  /** How many records a set has, at least 1. */
  public int records(int set) {
    return set(set, RECORDS);
  }

  /** The TTL that all records of a set share, in seconds. */
  public int ttl(int set) {
    return set(set, TTL);
  }

  /**
   * Where the owner name of a set (wire form, lower case, uncompressed) begins in {@link #data()}.
   */
  public int owner(int set) {
    return name(set(set, OWNER));
  }

  /**
   * The SOA with the TTL of negative answers: the least of its TTL, its MINIMUM and the configured
   * one (RFC 2308 section 5).
   */
  public int negativeSoa() {
    return negativeSoa;
  }

  /**
   * How much belongs into the additional section beside a set: what this zone has of the addresses
   * of its NS, MX, SRV, SVCB, HTTPS and similar targets, and of the bindings of service targets;
   * for a referral all glue in the zone (RFC 9471).
   */
  public int additionals(int set) {
    return set(set, BESIDE_END) - set(set, BESIDE);
  }

  /**
   * One set that belongs beside {@code set}; -1 where it is the addresses of a steered name.
   *
   * @param index below {@link #additionals}
   */
  public int additional(int set, int index) {
    return Math.max(additionals[beside(set, index) + 1], -1);
  }

  /** The reference of the steered name whose addresses belong beside {@code set}; else -1. */
  public int additionalSteered(int set, int index) {
    int steered = ~additionals[beside(set, index) + 1];
    return steered < 0 ? -1 : firstReference + steered;
  }

  /**
   * Where the name begins in {@link #data()} that owns what belongs beside {@code set},
   * uncompressed and in any case; -1 where that is the owner of {@code set} itself.
   */
  public int additionalName(int set, int index) {
    return additionals[beside(set, index)];
  }

  private int beside(int set, int index) {
    return (set(set, BESIDE) + index) << 1;
  }

  /**
   * The number of the first record of a set whose address hints steering decides (RFC 9460 section
   * 7.3); -1 when it has none. Those that follow have the next numbers.
   */
  public int hinted(int set) {
    int start = offset(set);
    int low = 0;
    int high = hinted.length >>> 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (hintedRecord(middle) < start) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return hintedRecord(low) - start < length(set) ? low : -1;
  }

  /**
   * Where the record with this number begins in {@link #data()}; {@link Integer#MAX_VALUE} behind
   * the last one.
   */
  public int hintedRecord(int number) {
    return number << 1 < hinted.length ? hinted[number << 1] : Integer.MAX_VALUE;
  }

  /** The reference of the steered name whose addresses are the hints of this record. */
  public int hintedBy(int number) {
    return firstReference + hinted[(number << 1) + 1];
  }
}

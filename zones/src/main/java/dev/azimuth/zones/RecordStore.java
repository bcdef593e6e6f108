package dev.azimuth.zones;

import dev.azimuth.zones.Problems.Place;
import java.util.Arrays;

/**
 * Gathers the names and records of one zone while its text is read, in growing arrays of
 * primitives. Every name between a record and the origin gets a node, parents before children.
 */
final class RecordStore {
  /** The most records, and the most names, of one zone. Both fit 23 bits. */
  static final int MOST = 8_000_000;

  /** The most octets that names take, and the most that ready-made records take. */
  static final int MOST_OCTETS = 1 << 29;

  /** Octets of a ready-made record before its RDATA. */
  static final int HEAD = 12;

  // The ints of one record, 1 << RECORD of them.
  private static final int RECORD = 3;
  static final int NODE = 0;
  static final int TYPE = 1;
  static final int TTL = 2;
  static final int OFFSET = 3;
  static final int LENGTH = 4;
  private static final int SOURCE = 5;
  private static final int LINE = 6;
  private static final int COLUMN = 7;

  private final NameTable names = new NameTable();
  private final byte[] origin;
  private final int originLabels;
  private int[] nodes = new int[16 << Zone.NODE];
  private int[] records = new int[16 << RECORD];
  private int size;
  private byte[] rdata = new byte[1024];
  private int rdataEnd;
  private int deepest;

  RecordStore(LookupName origin) {
    this.origin = Arrays.copyOf(origin.octets, origin.length);
    this.originLabels = origin.labels;
    create(origin, 0, -1);
  }

  /** Whether a name is the origin or below it. */
  boolean inZone(LookupName name) {
    return name.labels >= originLabels && name.suffixEquals(name.labels - originLabels, origin, 0);
  }

  /** Whether nothing more can be added safely. */
  boolean full() {
    return size >= MOST
        || names.size() >= MOST - LookupName.MAX_LABELS
        || names.end() >= MOST_OCTETS - LookupName.MAX_LABELS * LookupName.MAX_OCTETS
        || rdataEnd + (long) HEAD * size >= MOST_OCTETS - (1 << 17);
  }

  /** Makes a name in the zone steered. */
  void steer(LookupName name, int reference) {
    int node = node(name); // may replace the array
    nodes[(node << Zone.NODE) + Zone.STEERED] = reference;
  }

  /**
   * Adds a record.
   *
   * @param owner in the zone
   * @param wire holds the RDATA from {@code from} to its end
   */
  void add(LookupName owner, int type, int ttl, byte[] wire, int from, Place place) {
    int length = wire.length - from;
    if (rdataEnd + length > rdata.length) {
      rdata = Arrays.copyOf(rdata, Math.max(2 * rdata.length, rdataEnd + length));
    }
    System.arraycopy(wire, from, rdata, rdataEnd, length);
    int record = size << RECORD;
    if (record == records.length) {
      records = Arrays.copyOf(records, 2 * record);
    }
    records[record + NODE] = node(owner);
    records[record + TYPE] = type;
    records[record + TTL] = ttl;
    records[record + OFFSET] = rdataEnd;
    records[record + LENGTH] = length;
    records[record + SOURCE] = place.source();
    records[record + LINE] = place.line();
    records[record + COLUMN] = place.column();
    rdataEnd += length;
    size++;
  }

  NameTable names() {
    return names;
  }

  /** The nodes in the layout of {@link Zone}, their sets and cuts not yet filled in. */
  int[] nodes() {
    return Arrays.copyOf(nodes, names.size() << Zone.NODE);
  }

  int deepest() {
    return deepest;
  }

  /** How many records there are. */
  int size() {
    return size;
  }

  /** One int of a record. */
  int record(int record, int field) {
    return records[(record << RECORD) + field];
  }

  /** The octets that {@link #OFFSET} points into. */
  byte[] rdata() {
    return rdata;
  }

  Place place(int record) {
    return new Place(record(record, SOURCE), record(record, LINE), record(record, COLUMN));
  }

  private int node(LookupName name) {
    int node = names.find(name, 0);
    if (node >= 0) {
      return node;
    }
    int parent = 0;
    for (int label = name.labels - originLabels - 1; label >= 0; label--) {
      node = names.find(name, label);
      parent = node >= 0 ? node : create(name, label, parent);
    }
    return parent;
  }

  private int create(LookupName name, int label, int parent) {
    int node = names.add(name, label);
    int at = node << Zone.NODE;
    if (at == nodes.length) {
      nodes = Arrays.copyOf(nodes, 2 * at);
    }
    nodes[at + Zone.AT] = -1;
    nodes[at + Zone.BELOW] = -1;
    nodes[at + Zone.WILDCARD] = -1;
    nodes[at + Zone.STEERED] = -1;
    nodes[at + Zone.LABELS] = name.labels - label;
    nodes[at + Zone.PARENT] = parent;
    deepest = Math.max(deepest, name.labels - label);
    int start = name.starts[label];
    if (parent >= 0 && name.octets[start] == 1 && name.octets[start + 1] == '*') {
      nodes[(parent << Zone.NODE) + Zone.WILDCARD] = node;
    }
    return node;
  }
}

package dev.azimuth.zones;

import dev.azimuth.zones.Problems.Place;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Gathers the names and records of one zone while its text is read, without an object for any.
 * Every name between a record and the origin gets a node, parents before children.
 */
final class RecordStore implements AutoCloseable {
  /** The most records, and the most names, of one zone. Both fit 23 bits. */
  static final int MOST = 8_000_000;

  /** The most octets that names take, and the most that ready-made records take. */
  static final int MOST_OCTETS = 1 << 29;

  /** Octets of a ready-made record before its RDATA. */
  static final int HEAD = 12;

  // The ints of one record.
  private static final int RECORD = 8;
  static final int NODE = 0;
  static final int TYPE = 1;
  static final int TTL = 2;
  static final int OFFSET = 3;
  static final int LENGTH = 4;
  private static final int SOURCE = 5;
  private static final int LINE = 6;
  private static final int COLUMN = 7;

  /** How many octets of text a name has on average, not to grow too often. */
  private static final int TEXT_OF_NAME = 40;

  private final NameTable names;
  private final byte[] origin;
  private final int originLabels;
  private int[] nodes;
  private final OffHeap records = new OffHeap();
  private int size;
  private final OffHeap rdata = new OffHeap();
  private int rdataEnd;
  private int deepest;

  /** The first SOA of the origin; -1 while there is none. */
  private int soa = -1;

  /**
   * @param text about how many octets of text will be read
   */
  RecordStore(LookupName origin, long text) {
    int expected = (int) Math.min(MOST, text / TEXT_OF_NAME);
    this.names = new NameTable(expected, (int) Math.min(MOST_OCTETS, text / 2));
    this.nodes = new int[Math.max(16, expected) << Zone.NODE];
    this.origin = Arrays.copyOf(origin.octets, origin.length + LookupName.ROOM);
    this.originLabels = origin.labels;
    create(origin, 0, -1);
  }

  @Override
  public void close() {
    records.close();
    rdata.close();
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
   * @param wire holds the RDATA from {@code from} on
   */
  void add(LookupName owner, int type, int ttl, byte[] wire, int from, int length) {
    if (length > OffHeap.CHUNK - (rdataEnd & (OffHeap.CHUNK - 1))) {
      rdataEnd = (rdataEnd | (OffHeap.CHUNK - 1)) + 1;
    }
    rdata.reserve(rdataEnd + length);
    rdata.put(wire, from, length, rdataEnd);
    records.reserve(at(size + 1, 0));
    int node = node(owner);
    records.set(at(size, NODE), node);
    records.set(at(size, TYPE), type);
    records.set(at(size, TTL), ttl);
    records.set(at(size, OFFSET), rdataEnd);
    records.set(at(size, LENGTH), length);
    if (type == Types.SOA && node == 0 && soa < 0) {
      soa = size;
    }
    rdataEnd += length;
    size++;
  }

  /** Says where the record that was added last stands. */
  void from(int source, int line, int column) {
    records.set(at(size - 1, SOURCE), source);
    records.set(at(size - 1, LINE), line);
    records.set(at(size - 1, COLUMN), column);
  }

  private static long at(int record, int field) {
    return Integer.BYTES * ((long) record * RECORD + field);
  }

  /** The RDATA of the origin's SOA; empty when there is none. */
  byte[] soa() {
    return soa < 0 ? new byte[0] : rdata(soa);
  }

  /** Puts a serial into the origin's SOA (RFC 1035 section 3.3.13). */
  void serial(int serial) {
    byte[] octets = rdata(soa);
    ByteBuffer.wrap(octets).putInt(octets.length - 5 * Integer.BYTES, serial);
    rdata.put(octets, 0, octets.length, record(soa, OFFSET));
  }

  private byte[] rdata(int record) {
    byte[] octets = new byte[record(record, LENGTH)];
    copy(record, octets, 0);
    return octets;
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
    return records.get(at(record, field));
  }

  /** Copies the RDATA of a record. */
  void copy(int record, byte[] octets, int to) {
    rdata.copy(record(record, OFFSET), record(record, LENGTH), octets, to);
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

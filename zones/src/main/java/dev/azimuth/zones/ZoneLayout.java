package dev.azimuth.zones;

import dev.azimuth.zones.Problems.Place;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Lays gathered records out as the image of a zone: one set after the other, ready-made. */
final class ZoneLayout {
  /** What fits a message over TCP beside the longest question and an OPT record. */
  private static final int LARGEST_SET = 65_000;

  private static final int NODE_SHIFT = 39;
  private static final int TYPE_SHIFT = 23;
  private static final int CLASS_IN = 1;

  private final RecordStore store;
  private final Problems problems;

  /** The records ordered by node, type, and place in the text: three numbers in each key. */
  private final long[] keys;

  private final int[] nodes;
  private final int[] sets;
  private final byte[] data;

  /** The record behind each ready-made one, and where those of a set begin. */
  private final int[] origins;

  private final int[] firsts;
  private int setCount;
  private int laid;
  private int end;

  ZoneLayout(RecordStore store, Problems problems) {
    this.store = store;
    this.problems = problems;
    this.keys = keys(store);
    this.nodes = store.nodes();
    // One SOA more, for negative answers.
    int soa = store.soa().length;
    int most = soa > 0 ? 1 : 0;
    long octets = (long) store.names().end() + (soa > 0 ? RecordStore.HEAD + soa : 0);
    for (int i = 0; i < keys.length; i++) {
      most += i == 0 || !sameSet(keys[i], keys[i - 1]) ? 1 : 0;
      octets += RecordStore.HEAD + store.record(record(keys[i]), RecordStore.LENGTH);
    }
    this.sets = new int[most << Zone.SET];
    this.origins = new int[keys.length];
    this.firsts = new int[most];
    this.data = new byte[Math.toIntExact(octets + LookupName.ROOM)];
  }

  /**
   * Lays everything out; to be called once.
   *
   * @param origin in presentation form with the final dot
   */
  Zone build(ZoneSource source, String origin) {
    end = store.names().end();
    System.arraycopy(store.names().octets(), 0, data, 0, end);
    int from = 0;
    for (int i = 1; i <= keys.length; i++) {
      if (i == keys.length || !sameSet(keys[i], keys[from])) {
        layOut(from, i);
        from = i;
      }
    }
    int soa = negativeSoa(source.negativeTtl());
    // Left out are duplicates only.
    int length = end + LookupName.ROOM;
    byte[] octets = length == data.length ? data : Arrays.copyOf(data, length);
    NameTable names = store.names();
    names.freeze(octets);
    int[] none = {};
    int deepest = store.deepest();
    var bare = new Zone(origin, names, nodes, sets, none, none, octets, soa, deepest);
    markCuts(bare);
    var additionals = new Additionals(bare);
    int[] hinted = additionals.hinted(source.hinted());
    int[] beside = additionals.fill(sets);
    return new Zone(origin, names, nodes, sets, beside, hinted, octets, soa, deepest);
  }

  /** Where in the text a record of a set came from. */
  Place place(int set, int index) {
    return store.place(origins[firsts[set] + index]);
  }

  private static long[] keys(RecordStore store) {
    long[] keys = new long[store.size()];
    for (int record = 0; record < keys.length; record++) {
      keys[record] =
          (long) store.record(record, RecordStore.NODE) << NODE_SHIFT
              | (long) store.record(record, RecordStore.TYPE) << TYPE_SHIFT
              | record;
    }
    Arrays.sort(keys);
    return keys;
  }

  private static boolean sameSet(long key, long other) {
    return key >>> TYPE_SHIFT == other >>> TYPE_SHIFT;
  }

  private static int record(long key) {
    return (int) key & ((1 << TYPE_SHIFT) - 1);
  }

  /** Lays out the set of the keys from {@code from} to {@code to}. */
  private void layOut(int from, int to) {
    int first = record(keys[from]);
    int type = store.record(first, RecordStore.TYPE);
    int ttl = leastTtl(from, to);
    int start = end;
    firsts[setCount] = laid;
    @Nullable Seen seen = to - from > 1 ? new Seen(data, Types.namesFrom(type)) : null;
    for (int i = from; i < to && end - start <= LARGEST_SET; i++) {
      int record = record(keys[i]);
      int length = store.record(record, RecordStore.LENGTH);
      int rdata = end + RecordStore.HEAD;
      store.copy(record, data, rdata);
      if (seen != null && !seen.add(rdata, length)) {
        problems.warning(
            "DUPLICATE", store.place(record), "the record is there already: remove one of them");
        continue;
      }
      head(type, ttl, length);
      end += length;
      origins[laid++] = record;
    }
    if (end - start > LARGEST_SET) {
      problems.error(
          "SET_TOO_LARGE",
          store.place(first),
          "the records of this name and type take more than "
              + LARGEST_SET
              + " octets, which no"
              + " answer can hold: remove some");
    }
    int node = store.record(first, RecordStore.NODE);
    int at = node << Zone.NODE;
    if (nodes[at + Zone.SETS_END] == 0) {
      nodes[at + Zone.SETS] = setCount;
    }
    nodes[at + Zone.SETS_END] = setCount + 1;
    addSet(type, node, start, laid - firsts[setCount], ttl);
  }

  private int leastTtl(int from, int to) {
    int first = store.record(record(keys[from]), RecordStore.TTL);
    int least = first;
    for (int i = from + 1; i < to; i++) {
      int record = record(keys[i]);
      int ttl = store.record(record, RecordStore.TTL);
      if (ttl != first) {
        problems.warning(
            "TTL_DIFFERS",
            store.place(record),
            "the TTL is not that of the first record of this name and type; the least of them is"
                + " served: write the same one");
      }
      least = Math.min(least, ttl);
    }
    return least;
  }

  private void head(int type, int ttl, int length) {
    ByteBuffer.wrap(data, end, RecordStore.HEAD)
        .putShort((short) 0xc00c)
        .putShort((short) type)
        .putShort((short) CLASS_IN)
        .putInt(ttl)
        .putShort((short) length);
    end += RecordStore.HEAD;
  }

  private void addSet(int type, int node, int start, int records, int ttl) {
    int at = setCount << Zone.SET;
    sets[at + Zone.TYPE] = type;
    sets[at + Zone.OWNER] = node;
    sets[at + Zone.OFFSET] = start;
    sets[at + Zone.LENGTH] = end - start;
    sets[at + Zone.RECORDS] = records;
    sets[at + Zone.TTL] = ttl;
    setCount++;
  }

  /** Lays the SOA out once more; -1 when there is none. */
  private int negativeSoa(int negativeTtl) {
    for (int set = nodes[Zone.SETS]; set < nodes[Zone.SETS_END]; set++) {
      int at = set << Zone.SET;
      if (sets[at + Zone.TYPE] == Types.SOA) {
        int laidOut = sets[at + Zone.OFFSET] + RecordStore.HEAD;
        int length = Additionals.length(data, laidOut);
        long minimum =
            Integer.toUnsignedLong(ByteBuffer.wrap(data).getInt(laidOut + length - Integer.BYTES));
        int ttl = (int) Math.min(minimum, Math.min(sets[at + Zone.TTL], negativeTtl));
        int start = end;
        head(Types.SOA, ttl, length);
        System.arraycopy(data, laidOut, data, end, length);
        end += length;
        addSet(Types.SOA, 0, start, 1, ttl);
        return setCount - 1;
      }
    }
    return -1;
  }

  /** Fills in what stands over each name, from the origin down; parents have lower numbers. */
  private void markCuts(Zone zone) {
    nodes[Zone.BELOW] = zone.find(0, Types.DNAME);
    for (int node = 1; node < zone.nodes(); node++) {
      int over = zone.node(zone.node(node, Zone.PARENT), Zone.BELOW);
      if (over < 0) {
        over = zone.find(node, Types.NS);
      }
      int at = node << Zone.NODE;
      nodes[at + Zone.AT] = over;
      nodes[at + Zone.BELOW] = over >= 0 ? over : zone.find(node, Types.DNAME);
    }
  }

  /** The RDATA of one set so far, to find those that come twice. */
  private static final class Seen {
    /** Up to here each is compared with each. */
    private static final int FEW = 16;

    private final byte[] data;
    private final int names;
    private final int[] starts = new int[FEW];
    private final int[] ends = new int[FEW];
    private int count;
    private @Nullable Set<ByteBuffer> many;

    /**
     * @param names from which octet on the RDATA is names alone, in which case does not count (RFC
     *     4034 section 6.2); -1 when it is not
     */
    Seen(byte[] data, int names) {
      this.data = data;
      this.names = names;
    }

    /** False when these octets were added before. */
    boolean add(int start, int length) {
      if (many != null) {
        return many.add(key(start, length));
      }
      for (int i = 0; i < count; i++) {
        if (same(starts[i], ends[i], start, start + length)) {
          return false;
        }
      }
      starts[count] = start;
      ends[count++] = start + length;
      if (count == FEW) {
        many = new HashSet<>();
        for (int i = 0; i < count; i++) {
          many.add(key(starts[i], ends[i] - starts[i]));
        }
      }
      return true;
    }

    private boolean same(int start, int end, int other, int otherEnd) {
      return names < 0
          ? Arrays.equals(data, start, end, data, other, otherEnd)
          : end - start == otherEnd - other
              && key(start, end - start).equals(key(other, end - start));
    }

    private ByteBuffer key(int start, int length) {
      ByteBuffer octets = ByteBuffer.wrap(data, start, length).slice();
      if (names < 0) {
        return octets;
      }
      byte[] folded = new byte[length];
      octets.get(folded);
      for (int i = names; i < length; i++) {
        // The length of a label is no letter.
        if (folded[i] >= 'A' && folded[i] <= 'Z') {
          folded[i] |= 0x20;
        }
      }
      return ByteBuffer.wrap(folded);
    }
  }
}

package dev.azimuth.zones;

import java.util.Arrays;

/** Finds the sets of addresses that belong beside the NS, MX and SRV sets of a zone. */
final class Additionals {
  private final Zone zone;
  private final LookupName target = new LookupName();
  private int[] found = new int[16];
  private int end;

  Additionals(Zone zone) {
    this.zone = zone;
  }

  /** Where the name that a record points to begins in its RDATA; -1 for types that have none. */
  static int targetIn(int type) {
    return switch (type) {
      case Types.NS -> 0;
      case Types.MX -> 2;
      case Types.SRV -> 6;
      default -> -1;
    };
  }

  /** Fills in the part of each set, and returns the array that they are parts of. */
  int[] fill(int[] sets) {
    for (int set = 0; set < zone.sets(); set++) {
      int start = end;
      if (targetIn(zone.type(set)) >= 0 && served(set)) {
        beside(set, start);
      }
      sets[(set << Zone.SET) + Zone.BESIDE] = start;
      sets[(set << Zone.SET) + Zone.BESIDE_END] = end;
    }
    return Arrays.copyOf(found, end);
  }

  /** Whether a set is authoritative, or is the NS set of a cut that is itself not below one. */
  private boolean served(int set) {
    int over = zone.node(zone.set(set, Zone.OWNER), Zone.AT);
    return over < 0 || over == set;
  }

  private void beside(int set, int start) {
    int type = zone.type(set);
    int at = zone.offset(set);
    for (int i = 0; i < zone.records(set); i++) {
      int rdata = at + RecordStore.HEAD;
      at = rdata + length(zone.data(), rdata);
      target.read(zone.data(), rdata + targetIn(type), at);
      int node = zone.node(target);
      // Glue below a cut is not ours: it helps to find servers, and is no answer to anything else.
      if (node >= 0 && (type == Types.NS || zone.node(node, Zone.AT) < 0)) {
        add(zone.find(node, Types.A), start);
        add(zone.find(node, Types.AAAA), start);
      }
    }
  }

  /** How many octets the RDATA take that begin at {@code rdata} in ready-made records. */
  static int length(byte[] data, int rdata) {
    return (data[rdata - 2] & 0xff) << 8 | (data[rdata - 1] & 0xff);
  }

  private void add(int set, int start) {
    if (set < 0) {
      return;
    }
    for (int i = start; i < end; i++) {
      if (found[i] == set) {
        return;
      }
    }
    if (end == found.length) {
      found = Arrays.copyOf(found, 2 * end);
    }
    found[end++] = set;
  }
}

package dev.azimuth.zones;

import dev.azimuth.zones.Problems.Place;
import java.util.Arrays;

/** The rules that hold between the records of a whole zone. */
final class ZoneCheck {
  /** So many aliases are followed, as in answers. */
  private static final int MOST_LINKS = 16;

  private final Zone zone;
  private final RecordStore store;
  private final ZoneLayout layout;
  private final Place start;
  private final Problems problems;
  private final LookupName target = new LookupName();
  private final LookupResult result = new LookupResult();
  private boolean complete;

  /**
   * @param layout knows where each record of {@code zone} came from
   * @param start where problems lie that no record has
   */
  ZoneCheck(Zone zone, RecordStore store, ZoneLayout layout, Place start, Problems problems) {
    this.zone = zone;
    this.store = store;
    this.layout = layout;
    this.start = start;
    this.problems = problems;
  }

  /**
   * @param complete whether all records could be read; else nothing is said of missing ones
   */
  void run(boolean complete) {
    this.complete = complete;
    origin();
    for (int node = 0; node < zone.nodes(); node++) {
      node(node);
    }
  }

  private void origin() {
    int soa = zone.find(0, Types.SOA);
    if (soa < 0 && complete) {
      problems.error(
          "NO_SOA",
          start,
          "the zone has no SOA: add \"@ SOA ns1 hostmaster 0 1h 15m 7d 60\" with your names");
    }
    if (soa >= 0 && zone.records(soa) > 1) {
      problems.error("TWO_SOA", layout.place(soa, 1), "the zone has a SOA already: remove one");
    }
    if (zone.find(0, Types.NS) < 0 && complete) {
      problems.error(
          "NO_NS", start, "the zone has no NS at its origin: add \"@ NS ns1\" with your name");
    }
  }

  private void node(int node) {
    int over = zone.node(node, Zone.AT);
    if (over >= 0) {
      covered(node, over);
    }
    if (zone.node(node, Zone.STEERED) >= 0) {
      steered(node, over);
    }
    alias(node);
    if (zone.node(node, Zone.LABELS) >= 2 * zone.originLabels()
        && zone.node(node, Zone.SETS) < zone.node(node, Zone.SETS_END)) {
      target.read(zone.data(), zone.name(node), zone.data().length);
      if (repeatsOrigin(target)) {
        repeats(target, layout.place(zone.node(node, Zone.SETS), 0));
      }
    }
    if (node > 0) {
      belowOrigin(node);
    }
    for (int set = zone.node(node, Zone.SETS); set < zone.node(node, Zone.SETS_END); set++) {
      targets(set);
    }
  }

  /** A node at or below a cut, or below a DNAME. */
  private void covered(int node, int over) {
    boolean cut = zone.type(over) == Types.NS;
    boolean atCut = zone.set(over, Zone.OWNER) == node;
    for (int set = zone.node(node, Zone.SETS); set < zone.node(node, Zone.SETS_END); set++) {
      int type = zone.type(set);
      if (!cut) {
        problems.error(
            "BELOW_DNAME",
            layout.place(set, 0),
            name(node)
                + " lies below the DNAME of "
                + owner(over)
                + ", which answers for it: remove one of them");
      } else if (!Types.isAddress(type) && !(atCut && belongsAtCut(type))) {
        problems.warning(
            "BELOW_CUT",
            layout.place(set, 0),
            "the zone is cut at "
                + owner(over)
                + ", so this record is never served: it belongs into the zone below");
      }
    }
  }

  /** DNAME does not belong there either, but has a problem of its own. */
  private static boolean belongsAtCut(int type) {
    return type == Types.NS || type == Types.DS || type == Types.DNAME;
  }

  private void steered(int node, int over) {
    if (over >= 0) {
      problems.error(
          "STEERED_BELOW_CUT",
          layout.place(over, 0),
          "the steered name "
              + name(node)
              + " is answered by the "
              + (zone.type(over) == Types.NS ? "servers of the zone below " : "DNAME of ")
              + owner(over)
              + ": remove one of them");
    }
    for (int type : new int[] {Types.A, Types.AAAA}) {
      int set = zone.find(node, type);
      if (set >= 0) {
        problems.error(
            "STEERED_AND_ADDRESS",
            layout.place(set, 0),
            name(node) + " is a steered name: remove its A and AAAA records, or do not steer it");
      }
    }
  }

  private void alias(int node) {
    int cname = zone.find(node, Types.CNAME);
    if (cname >= 0) {
      boolean alone = zone.node(node, Zone.SETS_END) - zone.node(node, Zone.SETS) == 1;
      if (node == 0) {
        problems.error(
            "CNAME_AT_ORIGIN",
            layout.place(cname, 0),
            "the origin of a zone cannot have a CNAME, since it has SOA and NS: steer it instead");
      } else if (!alone || zone.node(node, Zone.STEERED) >= 0) {
        problems.error(
            "CNAME_AND_OTHER",
            layout.place(cname, 0),
            name(node)
                + " has a CNAME and "
                + (alone ? "is steered" : "other records")
                + ", of which there may be one only (RFC 1034 section 3.6.2)");
      }
      single(cname, "CNAME");
    }
    int dname = zone.find(node, Types.DNAME);
    if (dname >= 0) {
      single(dname, "DNAME");
    }
  }

  private void single(int set, String type) {
    if (zone.records(set) > 1) {
      problems.error(
          "TWO_" + type,
          layout.place(set, 1),
          owner(set) + " has a " + type + " already: remove one of them");
    }
  }

  private void belowOrigin(int node) {
    int soa = zone.find(node, Types.SOA);
    if (soa >= 0) {
      problems.error(
          "SOA_BELOW_ORIGIN",
          layout.place(soa, 0),
          "a SOA stands at the origin only: make " + name(node) + " a zone of its own");
    }
    int ns = zone.find(node, Types.NS);
    int dname = zone.find(node, Types.DNAME);
    if (ns >= 0 && dname >= 0) {
      problems.error(
          "DNAME_AND_NS",
          layout.place(dname, 0),
          name(node) + " has a DNAME and NS: remove one of them (RFC 6672 section 2.3)");
    }
    int doubtful = Math.max(ns, dname);
    if (doubtful >= 0 && zone.node(zone.node(node, Zone.PARENT), Zone.WILDCARD) == node) {
      problems.error(
          "WILDCARD",
          layout.place(doubtful, 0),
          "a wildcard cannot have NS or DNAME (RFC 4592 sections 4.2 and 4.4): name what it is"
              + " for");
    }
  }

  /** The names that NS, MX and SRV records point to. */
  private void targets(int set) {
    int type = zone.type(set);
    int over = zone.node(zone.set(set, Zone.OWNER), Zone.AT);
    if (!pointsToHost(type) || (over >= 0 && over != set)) {
      return;
    }
    int at = zone.offset(set);
    for (int index = 0; index < zone.records(set); index++) {
      int rdata = at + RecordStore.HEAD;
      at = rdata + Additionals.length(zone.data(), rdata);
      target.read(zone.data(), rdata + Additionals.targetIn(type), at);
      if (looksLikeAddress()) {
        problems.warning(
            "TARGET_IS_ADDRESS",
            layout.place(set, index),
            name(target) + " looks like an address, where a name belongs: give the address a name");
      } else if (store.inZone(target)) {
        target(set, type, index);
      }
    }
  }

  private static boolean pointsToHost(int type) {
    return type == Types.NS || type == Types.MX || type == Types.SRV;
  }

  /** Whether the name, or what was written of it below the origin, is four numbers. */
  private boolean looksLikeAddress() {
    int written = store.inZone(target) ? target.labels - zone.originLabels() : target.labels;
    for (int i = target.starts[0]; written == 4 && i < target.starts[4]; i++) {
      byte octet = target.octets[i];
      boolean size = octet >= 1 && octet <= 3;
      written = size || (octet >= '0' && octet <= '9') ? written : 0;
    }
    return written == 4;
  }

  private void target(int set, int type, int index) {
    switch (zone.lookup(target, Types.A, result)) {
      case STEERED -> {
        if (type == Types.NS) {
          problems.error(
              "NS_IS_STEERED",
              layout.place(set, index),
              name(target)
                  + " is a steered name; the address of a name server must be static (A or AAAA)");
        }
      }
      case CNAME, DNAME -> {
        problems.warning(
            "TARGET_IS_ALIAS",
            layout.place(set, index),
            name(target)
                + " is an alias, which NS, MX and SRV may not name (RFC 2181 section 10.3, RFC"
                + " 2782): name what it stands for");
        if (type == Types.NS && leadsToSteered()) {
          problems.error(
              "NS_IS_STEERED",
              layout.place(set, index),
              name(target)
                  + " leads to a steered name; the address of a name server must be static (A or"
                  + " AAAA)");
        }
      }
      case REFERRAL -> {
        if (type == Types.NS && complete && !glued()) {
          missingGlue(set, index);
        }
      }
      case NODATA, NAME_ERROR -> {
        if (complete && zone.lookup(target, Types.AAAA, result) != Outcome.ANSWER) {
          unreachable(set, index);
        }
      }
      case ANSWER -> {}
    }
  }

  /** Whether the alias that was found leads to a steered name of this zone, over others perhaps. */
  private boolean leadsToSteered() {
    var next = new LookupName();
    var at = new LookupResult();
    at.set = result.set;
    Outcome outcome = zone.type(at.set) == Types.CNAME ? Outcome.CNAME : Outcome.DNAME;
    for (int links = 0; outcome == Outcome.CNAME && links < MOST_LINKS; links++) {
      int rdata = zone.offset(at.set) + RecordStore.HEAD;
      next.read(zone.data(), rdata, rdata + Additionals.length(zone.data(), rdata));
      outcome = store.inZone(next) ? zone.lookup(next, Types.A, at) : Outcome.NAME_ERROR;
    }
    return outcome == Outcome.STEERED;
  }

  private void unreachable(int set, int index) {
    if (repeatsOrigin(target)) {
      repeats(target, layout.place(set, index));
    } else {
      problems.warning(
          "NO_ADDRESS",
          layout.place(set, index),
          name(target) + " has no address in this zone: add its A or AAAA");
    }
  }

  private void missingGlue(int set, int index) {
    if (result.set == set) {
      problems.error(
          "NO_GLUE",
          layout.place(set, index),
          name(target)
              + " lies below the cut and can only be found by its address here: add its A or"
              + " AAAA");
    } else {
      problems.warning(
          "NO_ADDRESS",
          layout.place(set, index),
          name(target) + " has no address in this zone: add its A or AAAA as glue");
    }
  }

  /**
   * Whether a name below the origin ends in the origin twice: most likely it was meant to be
   * complete and lacks its final dot. Of an origin with one label that is too usual to say so.
   */
  private boolean repeatsOrigin(LookupName name) {
    int labels = zone.originLabels();
    int label = name.labels - 2 * labels;
    if (labels < 2 || label < 0) {
      return false;
    }
    int from = name.starts[label];
    int to = name.starts[label + labels];
    int origin = zone.name(0);
    return Arrays.equals(name.octets, from, to, zone.data(), origin, origin + to - from)
        && name.length - to == to - from + 1;
  }

  private void repeats(LookupName name, Place place) {
    problems.warning(
        "REPEATS_ORIGIN",
        place,
        name(name) + " has the zone's name twice: if it was meant to be complete, end it in a dot");
  }

  private boolean glued() {
    int node = zone.node(target);
    return node >= 0 && (zone.find(node, Types.A) >= 0 || zone.find(node, Types.AAAA) >= 0);
  }

  private String owner(int set) {
    return NameText.format(zone.data(), zone.owner(set));
  }

  private static String name(LookupName name) {
    return NameText.format(name.octets, 0);
  }

  private String name(int node) {
    return NameText.format(zone.data(), zone.name(node));
  }
}

package dev.azimuth.zones;

import java.util.ArrayList;
import java.util.List;

/** The rules that hold between the zones of a server. */
public final class ZonesCheck {
  private final Zones zones;
  private final Zone zone;
  private final LookupName target = new LookupName();
  private final LookupResult result = new LookupResult();
  private final List<Found> found = new ArrayList<>();

  private ZonesCheck(Zones zones, Zone zone) {
    this.zones = zones;
    this.zone = zone;
  }

  /** What is wrong with a record of a zone: the one of a set with this index. */
  record Found(int set, int index, String code, String message) {}

  /**
   * Finds the NS records of one zone that name a steered name of another; those that name one of
   * its own are found by {@link ZoneLoader}.
   *
   * @param source what the zone was read from. An image does not know where its records stand, so
   *     the text is read once more where there is something to say of one; if it holds something
   *     else by now, the problems stand at its beginning.
   * @return as {@link ZoneLoader.Loaded#problems}
   */
  public static List<ZoneProblem> run(Zones zones, Zone zone, ZoneSource source) {
    var check = new ZonesCheck(zones, zone);
    for (int set = 0; set < zone.sets(); set++) {
      if (zone.type(set) == Types.NS) {
        check.servers(set);
      }
    }
    return check.found.isEmpty() ? List.of() : ZoneLoader.place(check.found, zone, source);
  }

  private void servers(int set) {
    int at = zone.offset(set);
    for (int i = 0; i < zone.records(set); i++) {
      int rdata = at + RecordStore.HEAD;
      at = rdata + Additionals.length(zone.data(), rdata);
      target.read(zone.data(), rdata, at);
      Zone other = zones.find(target);
      if (other != null
          && !other.origin().equals(zone.origin())
          && other.lookup(target, Types.A, result) == Outcome.STEERED) {
        found.add(
            new Found(
                set,
                i,
                "NS_IS_STEERED",
                NameText.format(target.octets, 0)
                    + " is a steered name of the zone "
                    + other.origin()
                    + "; the address of a name server must be static (A or AAAA)"));
      }
    }
  }
}

package dev.azimuth.zones;

import dev.azimuth.zones.ZoneProblem.Severity;
import java.util.ArrayList;
import java.util.List;

/** The rules that hold between the zones of a server. */
public final class ZonesCheck {
  private final Zones zones;
  private final Zone zone;
  private final String label;
  private final LookupName target = new LookupName();
  private final LookupResult result = new LookupResult();
  private final List<ZoneProblem> problems = new ArrayList<>();

  private ZonesCheck(Zones zones, Zone zone, String label) {
    this.zones = zones;
    this.zone = zone;
    this.label = label;
  }

  /**
   * Finds the NS records of one zone that name a steered name of another; those that name one of
   * its own are found by {@link ZoneLoader}.
   *
   * @param label how problems name the text of the zone; they stand at its beginning
   */
  public static List<ZoneProblem> run(Zones zones, Zone zone, String label) {
    var check = new ZonesCheck(zones, zone, label);
    for (int set = 0; set < zone.sets(); set++) {
      if (zone.type(set) == Types.NS) {
        check.servers(set);
      }
    }
    return List.copyOf(check.problems);
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
        problems.add(
            new ZoneProblem(
                Severity.ERROR,
                "NS_IS_STEERED",
                label,
                1,
                1,
                NameText.format(zone.data(), zone.owner(set))
                    + " NS names "
                    + NameText.format(target.octets, 0)
                    + ", a steered name of the zone "
                    + other.origin()
                    + "; the address of a name server must be static (A or AAAA)"));
      }
    }
  }
}

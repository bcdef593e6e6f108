package dev.azimuth.app.node;

import dev.azimuth.app.host.Counted;
import dev.azimuth.balancer.BalancerReport;
import dev.azimuth.resolver.DnsServer;
import dev.azimuth.resolver.Listener;
import dev.azimuth.steering.Addresses;
import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a node tells the log when it answers. */
final class Announcement {
  private static final Logger LOG = LoggerFactory.getLogger("azimuth");

  /** How many zones are told of. */
  private static final int MOST_ZONES = 50;

  private Announcement() {}

  static void log(
      DnsServer dns,
      List<BalancerReport> balancers,
      Reloading reloading,
      int names,
      String version) {
    listening(dns.listeners(), reloading.config().server().receiveBuffer());
    for (BalancerReport balancer : balancers) {
      for (BalancerReport.ListenerReport listener : balancer.listeners()) {
        LOG.info(
            "balancer {} listening {} {}",
            balancer.name(),
            listener.configured().protocol().name().toLowerCase(Locale.ROOT),
            Addresses.text(listener.at()));
      }
    }
    ZoneDiff.refused(reloading.zones()).forEach(LOG::error);
    reloading.zones().values().stream()
        .filter(ZoneData::usable)
        .limit(MOST_ZONES)
        .map(ZoneData::zone)
        .forEach(
            zone ->
                LOG.info(
                    "zone {} {}, serial {}",
                    zone.origin(),
                    Counted.of(zone.nodes(), "name"),
                    zone.serial()));
    LOG.info(
        "ready: {}, {}, version {}",
        Counted.of(reloading.config().zones().size(), "zone"),
        Counted.of(names, "name"),
        version);
  }

  /**
   * Tells of sockets that DNS is answered on.
   *
   * @param wanted receive buffer, in octets
   */
  static void listening(List<Listener> listeners, int wanted) {
    for (Listener listener : listeners) {
      String address = Addresses.text(listener.effective());
      LOG.info(
          "listening udp {} ({}, receive buffer {} KiB)",
          address,
          listener.transport(),
          listener.receiveBuffer() / 1024);
      LOG.info("listening tcp {}", address);
      if (listener.receiveBuffer() < wanted) {
        LOG.warn(
            "the kernel gives {} a receive buffer of {} KiB instead of {}: raise net.core.rmem_max",
            address,
            listener.receiveBuffer() / 1024,
            wanted / 1024);
      }
    }
  }
}

package dev.azimuth.app;

import dev.azimuth.balancer.BalancerReport;
import dev.azimuth.balancer.BalancerReport.BackendReport;
import dev.azimuth.balancer.BalancerReport.DatagramCounts;
import dev.azimuth.balancer.BalancerReport.ListenerReport;
import dev.azimuth.balancer.End;
import dev.azimuth.balancer.Failure;
import dev.azimuth.balancer.Histogram;
import dev.azimuth.balancer.Listen;
import dev.azimuth.balancer.Supply;
import dev.azimuth.steering.Reason;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What a balancer might report. */
public final class SampleReports {
  private SampleReports() {}

  /**
   * The balancer {@code web} with one backend.
   *
   * @param accepted connections so far
   */
  public static BalancerReport web(long accepted) {
    Map<End, Long> ends = new EnumMap<>(End.class);
    for (End end : End.values()) {
      ends.put(end, 0L);
    }
    ends.put(End.DONE, 40L);
    ends.put(End.NOT_REACHED, 2L);
    var address = new InetSocketAddress(InetAddress.ofLiteral("192.0.2.1"), 80);
    var at = new InetSocketAddress(InetAddress.ofLiteral("203.0.113.7"), 443);
    return new BalancerReport(
        "web",
        false,
        List.of(
            new Supply(
                Reason.FAILOVER,
                true,
                List.of(new Supply.Candidate("eu/fra1", List.of(address), 3)),
                new Supply(
                    Reason.FAILOVER,
                    true,
                    List.of(new Supply.Candidate("us/iad1", List.of(address), 1)),
                    null)),
            Supply.NOTHING),
        6,
        1,
        List.of(
            new ListenerReport(
                new Listen(Listen.Protocol.TCP, at),
                at,
                5,
                accepted,
                20_480,
                5_000_000_000L,
                4_000_000_000L,
                4,
                accepted,
                9,
                new DatagramCounts(0, 0, 0, 0),
                ends)),
        List.of(
            new BackendReport(
                "eu/fra1",
                5,
                45,
                20_000,
                4_000_000_000L,
                Map.of(Failure.REFUSED, 4L, Failure.RESET, 0L),
                histogram(90, 9, 1),
                histogram(0, 0, 0),
                null)));
  }

  /** Of 20 classes those from the first on. */
  private static Histogram histogram(long... counts) {
    List<Long> all = new ArrayList<>(Collections.nCopies(20, 0L));
    for (int i = 0; i < counts.length; i++) {
      all.set(i, counts[i]);
    }
    return new Histogram(all, 6_400);
  }
}

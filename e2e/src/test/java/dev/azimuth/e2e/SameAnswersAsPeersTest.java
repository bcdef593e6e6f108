package dev.azimuth.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

/**
 * NSD, Knot and BIND serve the same generated master files as we do, and are asked the same: where
 * two of them agree, so do we, but for the differences in {@code docs/differences.md}. The system
 * property {@code azimuth.compared} says how many questions there are, at most 26 groups of zones
 * with about 100,000 each, and {@code azimuth.seed} which zones and questions; the whole proof is
 * 100,000.
 */
class SameAnswersAsPeersTest {
  private static final int COMPARED = Integer.getInteger("azimuth.compared", 10_000);
  private static final int GROUPS = Math.clamp(COMPARED / 10_000, 2, 26);
  private static final Random RANDOM = new Random(Long.getLong("azimuth.seed", 53));

  @TempDir static Path folder;
  private static final List<List<GeneratedZone>> groups = new ArrayList<>();
  private static final List<Peer> peers = new ArrayList<>();
  private static AzimuthProcess node;
  private static DnsClient ours;

  @BeforeAll
  static void start() throws IOException {
    List<String> names = new ArrayList<>();
    StringBuilder yaml = new StringBuilder("zones:\n");
    for (int group = 0; group < GROUPS; group++) {
      List<GeneratedZone> zones = ZoneGenerator.zones(group, RANDOM);
      groups.add(zones);
      for (GeneratedZone zone : zones) {
        String name = zone.origin().toString(true);
        names.add(name);
        Files.writeString(folder.resolve(name), zone.text());
        yaml.append("  %1$s: { file: %1$s, ttl: { negative: 1d } }%n".formatted(name));
      }
    }
    for (Peer.Kind kind : Peer.Kind.values()) {
      peers.add(Peer.start(kind, folder, names));
    }
    node = AzimuthProcess.start(folder, yaml.toString());
    ours = node.client();
  }

  @AfterAll
  static void stop() {
    peers.forEach(Peer::close);
    if (node != null) {
      ours.close();
      node.close();
    }
  }

  @Test
  void whereTwoOfThreeAgreeSoDoWe(TestReporter reporter) throws IOException {
    PeerComparison comparison =
        new PeerComparison(ours, peers, groups.stream().flatMap(List::stream).toList());
    for (List<GeneratedZone> zones : groups) {
      for (PeerQuery query : PeerQuery.about(zones, COMPARED / GROUPS, RANDOM)) {
        comparison.compare(query, RANDOM.nextInt(0x10000));
      }
    }

    reporter.publishEntry("comparison", comparison.toString());
    assertThat(comparison.mismatches().stream().limit(20)).as(comparison.toString()).isEmpty();
    assertThat(comparison.compared()).isEqualTo(COMPARED / GROUPS * GROUPS);
    assertThat(comparison.meant()).containsOnlyKeys(PeerComparison.Difference.values());
  }
}

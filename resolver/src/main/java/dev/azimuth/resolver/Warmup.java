package dev.azimuth.resolver;

import dev.azimuth.steering.Turns;
import dev.azimuth.zones.Zone;
import dev.azimuth.zones.ZoneLoader;
import dev.azimuth.zones.ZoneSource;
import dev.azimuth.zones.Zones;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Has the query path compiled before the first client asks: a responder of its own, whose turns
 * nobody reads, answers queries of every outcome.
 */
public final class Warmup {
  private static final String ORIGIN = "warmup.invalid.";

  /** How many steered names and how many zones of the picture are asked for. */
  private static final int MOST = 64;

  /** Names of every static outcome. */
  private static final String RECORDS =
      """
      @         SOA   ns hostmaster 1 1h 15m 7d 60
      @         NS    ns
      @         MX    10 ns
      ns        A     192.0.2.1
      ns        AAAA  2001:db8::1
      a.b       TXT   "text"
      alias     CNAME chain
      chain     CNAME ns
      loop      CNAME loop
      away      CNAME example.
      tree      DNAME b
      *.wild    A     192.0.2.2
      cut       NS    ns.cut
      ns.cut    A     192.0.2.3
      service   HTTPS 1 s0 alpn=h2
      service   MX    10 s0
      """;

  private static final List<String> LABELS =
      List.of(
          "", "ns", "b", "alias", "loop", "away", "a.tree", "x.wild", "x.cut", "service", "none");

  private static final int[] TYPES = {
    Wire.A, Wire.AAAA, Wire.NS, Wire.MX, Wire.TXT, Wire.HTTPS, Wire.ANY
  };

  private Warmup() {}

  /**
   * Answers synthetic queries until the time is up.
   *
   * @param picture its zones are asked for their origins, its steering for its names
   * @param steered how many steered names the picture has
   * @param nanoTime as {@link System#nanoTime}
   * @return how many were answered
   */
  public static long run(Picture picture, int steered, LongSupplier nanoTime, Duration most) {
    long start = nanoTime.getAsLong();
    Picture synthetic = synthetic(picture, Math.min(steered, MOST));
    List<byte[]> ours = syntheticQueries(Math.min(steered, MOST));
    List<byte[]> loaded = queries(picture);
    var responder = new Responder(new Turns(0));
    var client = new Client();
    client.low = 0xC000_0201L;
    client.v4 = true;
    byte[] out = new byte[ResponseWriter.STREAM];
    long answered = 0;
    while (nanoTime.getAsLong() - start < most.toNanos()) {
      client.stream = !client.stream;
      for (byte[] query : ours) {
        responder.respond(query, query.length, client, synthetic, out);
      }
      for (byte[] query : loaded) {
        responder.respond(query, query.length, client, picture, out);
      }
      answered += ours.size() + loaded.size();
    }
    return answered;
  }

  static Picture synthetic(Picture picture, int steered) {
    Map<String, Integer> names = new HashMap<>();
    for (int i = 0; i < steered; i++) {
      names.put("s" + i + "." + ORIGIN, i);
    }
    Set<Integer> hinted = steered > 0 ? Set.of(0) : Set.of();
    Zone zone =
        ZoneLoader.load(
                new ZoneSource(ORIGIN, "warmup", RECORDS, Path.of("."), 60, 60, names, hinted))
            .zone();
    List<Zone> zones = zone == null ? List.of() : List.of(zone);
    return new Picture(
        picture.generation(),
        new Zones(zones),
        picture.steering(),
        picture.identity(),
        picture.cookies(),
        Admission.OPEN);
  }

  private static List<byte[]> syntheticQueries(int steered) {
    var names = new ArrayList<byte[]>();
    for (String label : LABELS) {
      names.add(octets(label.isEmpty() ? ORIGIN : label + "." + ORIGIN));
    }
    for (int i = 0; i < steered; i++) {
      names.add(octets("s" + i + "." + ORIGIN));
    }
    names.add(octets("refused.invalid."));
    return queries(names);
  }

  private static List<byte[]> queries(Picture picture) {
    return queries(
        picture.zones().all().stream()
            .limit(MOST)
            .map(
                zone -> {
                  int origin = zone.owner(zone.negativeSoa());
                  int end = origin + Wire.nameLength(zone.data(), origin);
                  return Arrays.copyOfRange(zone.data(), origin, end);
                })
            .toList());
  }

  /** Every type, plain and with EDNS and some options, and each packet cut short. */
  private static List<byte[]> queries(List<byte[]> names) {
    var queries = new ArrayList<byte[]>();
    for (byte[] name : names) {
      for (int type : TYPES) {
        queries.add(query(name, type, false));
        byte[] edns = query(name, type, true);
        queries.add(edns);
        queries.add(Arrays.copyOf(edns, edns.length - 1));
      }
    }
    return queries;
  }

  private static byte[] query(byte[] name, int type, boolean edns) {
    var packet = new ByteArrayOutputStream();
    packet.writeBytes(new byte[] {0, 1, Wire.RD, 0, 0, 1, 0, 0, 0, 0, 0, (byte) (edns ? 1 : 0)});
    packet.writeBytes(name);
    packet.writeBytes(new byte[] {(byte) (type >> 8), (byte) type, 0, Wire.CLASS_IN});
    if (edns) {
      packet.writeBytes(new byte[] {0, 0, Wire.OPT, 4, (byte) 0xD0, 0, 0, 0, 0, 0, 39});
      packet.writeBytes(new byte[] {0, Wire.CLIENT_SUBNET, 0, 7, 0, 1, 24, 0, (byte) 198, 51, 100});
      packet.writeBytes(new byte[] {0, Wire.COOKIE, 0, ServerCookie.WHOLE});
      packet.writeBytes(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 1, 0, 0, 0, 0, 0, 0, 0});
      packet.writeBytes(new byte[] {1, 2, 3, 4, 5, 6, 7, 8});
    }
    return packet.toByteArray();
  }

  /** The wire form of a name without escapes. */
  private static byte[] octets(String name) {
    var octets = new ByteArrayOutputStream();
    for (String label : name.split("\\.", -1)) {
      octets.write(label.length());
      octets.writeBytes(label.getBytes(StandardCharsets.US_ASCII));
    }
    return octets.toByteArray();
  }
}

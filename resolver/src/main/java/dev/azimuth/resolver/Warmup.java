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
import java.util.Random;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Has the query path compiled before the first client asks: a responder of its own, whose turns and
 * counters nobody reads, answers queries of every outcome. Cookies and the limit of responses are
 * as in the picture.
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

  /** How much later one client asks everything again: some of it is above a usual limit. */
  private static final long ROUND_MILLIS = 10_000;

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
    return run(picture, steered, nanoTime, most, new Tally());
  }

  static long run(Picture picture, int steered, LongSupplier nanoTime, Duration most, Tally tally) {
    long start = nanoTime.getAsLong();
    Client client = client();
    Picture synthetic = synthetic(picture, Math.min(steered, MOST));
    byte[] cookie = cookie(client, picture.cookies());
    List<byte[]> ours = queries(syntheticNames(Math.min(steered, MOST)), cookie);
    List<byte[]> loaded = queries(origins(picture), cookie);
    // As a datagram's and a stream's: only what is sent in datagrams is limited.
    var limited = new Responder(new Turns(0), new RateLimiter(1, new Random(0)));
    var unlimited = new Responder(new Turns(0));
    byte[] out = new byte[ResponseWriter.STREAM];
    while (nanoTime.getAsLong() - start < most.toNanos()) {
      client.stream = !client.stream;
      client.now += ROUND_MILLIS;
      Responder responder = client.stream ? unlimited : limited;
      for (byte[] query : ours) {
        tally.count(responder.respond(query, query.length, client, synthetic, out), responder);
      }
      for (byte[] query : loaded) {
        tally.count(responder.respond(query, query.length, client, picture, out), responder);
      }
    }
    return tally.received();
  }

  private static Client client() {
    var client = new Client();
    client.low = 0xC000_0201L;
    client.v4 = true;
    return client;
  }

  /** A cookie that is good for this client for an hour; one of nobody's where there are none. */
  private static byte[] cookie(Client client, CookieSecrets secrets) {
    byte[] cookie = new byte[ServerCookie.WHOLE];
    if (!secrets.off()) {
      var maker = new ServerCookie();
      maker.judge(cookie, 0, ServerCookie.CLIENT, client, secrets);
      maker.write(cookie, 0);
    }
    return cookie;
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
        new Admission(Admission.ANY, List.of(), List.of(), picture.admission().limit()));
  }

  private static List<byte[]> syntheticNames(int steered) {
    var names = new ArrayList<byte[]>();
    for (String label : LABELS) {
      names.add(octets(label.isEmpty() ? ORIGIN : label + "." + ORIGIN));
    }
    for (int i = 0; i < steered; i++) {
      names.add(octets("s" + i + "." + ORIGIN));
    }
    names.add(octets("refused.invalid."));
    return names;
  }

  private static List<byte[]> origins(Picture picture) {
    return picture.zones().all().stream()
        .limit(MOST)
        .map(
            zone -> {
              int origin = zone.owner(zone.negativeSoa());
              int end = origin + Wire.nameLength(zone.data(), origin);
              return Arrays.copyOfRange(zone.data(), origin, end);
            })
        .toList();
  }

  /** Every type, plain and with EDNS and some options, and each packet cut short. */
  private static List<byte[]> queries(List<byte[]> names, byte[] cookie) {
    byte[] forged = new byte[ServerCookie.WHOLE];
    forged[ServerCookie.CLIENT] = 1; // the version
    var queries = new ArrayList<byte[]>();
    for (byte[] name : names) {
      for (int type : TYPES) {
        queries.add(query(name, type));
        byte[] edns = query(name, type, cookie);
        queries.add(edns);
        queries.add(query(name, type, forged));
        queries.add(Arrays.copyOf(edns, edns.length - 1));
      }
    }
    return queries;
  }

  /**
   * A query.
   *
   * @param cookie the data of one option of several in an OPT record; none for no such record
   */
  private static byte[] query(byte[] name, int type, byte... cookie) {
    boolean edns = cookie.length > 0;
    var packet = new ByteArrayOutputStream();
    packet.writeBytes(new byte[] {0, 1, Wire.RD, 0, 0, 1, 0, 0, 0, 0, 0, (byte) (edns ? 1 : 0)});
    packet.writeBytes(name);
    packet.writeBytes(new byte[] {(byte) (type >> 8), (byte) type, 0, Wire.CLASS_IN});
    if (edns) {
      packet.writeBytes(new byte[] {0, 0, Wire.OPT, 4, (byte) 0xD0, 0, 0, 0, 0, 0});
      packet.write(15 + cookie.length);
      packet.writeBytes(new byte[] {0, Wire.CLIENT_SUBNET, 0, 7, 0, 1, 24, 0, (byte) 198, 51, 100});
      packet.writeBytes(new byte[] {0, Wire.COOKIE, 0, (byte) cookie.length});
      packet.writeBytes(cookie);
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

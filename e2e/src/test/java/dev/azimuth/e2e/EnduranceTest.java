package dev.azimuth.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.xbill.DNS.Message;
import org.xbill.DNS.Type;

/**
 * Very many queries and hostile packets, over a real socket to a real process. The system
 * properties {@code azimuth.queries}, {@code azimuth.mutations} and {@code azimuth.tcp.mutations}
 * say how many; the whole proof is 1,000,000 queries and mutated packets of 10,000,000 over UDP and
 * 1,000,000 over TCP.
 */
class EnduranceTest {
  private static final int QUERIES = Integer.getInteger("azimuth.queries", 100_000);
  private static final int MUTATIONS = Integer.getInteger("azimuth.mutations", 10_000);

  private static final int TCP_MUTATIONS = Integer.getInteger("azimuth.tcp.mutations", 5_000);

  /** Mutated messages on one connection: one that gets silence ends it. */
  private static final int STREAK = 20;

  /** More than a node that serves comes to hold by itself, less than one for each mutation. */
  private static final int OBJECTS = 2_500;

  private static final int ALLOCATIONS = 250;
  private static final int DESCRIPTORS = 8;

  /** Queries under way at once: fewer than any socket buffer holds. */
  private static final int WINDOW = 32;

  @RegisterExtension
  static final SharedNode SHARED =
      new SharedNode(
          """
            defaults: { check: none }
            pools:
              here: { backends: { a: 192.0.2.1, b: { address: [ 192.0.2.2, "2001:db8::2" ] } } }
              there: { backends: { c: 192.0.2.3 } }
            routes: { near: [ { cidr: 198.51.100.0/24, to: there }, { to: here } ] }
            """
              + Zones.EXAMPLE
              + """
                      www: { to: here }
                      one: { to: there }
                      all: { to: here, pick: all }
                      near: { route: near }
                """,
          AzimuthProcess.Options.USUAL.jvm(Footprint.JVM.toArray(String[]::new)));

  private final AzimuthProcess node = SHARED.node();
  private final DnsClient client = SHARED.client();

  /** One query for every kind of answer. */
  private static List<byte[]> queries() throws IOException {
    List<byte[]> queries = new ArrayList<>();
    for (String label : List.of("www", "all", "text", "alias", "a.deep", "deep", "no", "x.sub")) {
      queries.add(DnsClient.query(label + ".example.com", Type.A).toWire());
      queries.add(DnsClient.query(label + ".example.com", Type.AAAA).toWire());
    }
    for (String subnet : List.of("198.51.100.0/24", "203.0.113.0/24", "2001:db8::/48")) {
      queries.add(DnsClient.query("near.example.com", Type.A, subnet).toWire());
    }
    queries.add(DnsClient.query("example.com", Type.MX).toWire());
    queries.add(DnsClient.query("example.com", Type.ANY).toWire());
    queries.add(DnsClient.query("example.org", Type.A).toWire());
    return queries;
  }

  @Test
  void aWarmWorkerAllocatesNothing() throws Exception {
    List<byte[]> queries = queries();
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.connect(node.dns());
      socket.setSoTimeout(20_000);
      long before;
      int rounds = 0;
      do {
        before = allocated();
        ask(socket, queries, 10_000);
        assertThat(++rounds).as("rounds to warm up").isLessThan(50);
      } while (allocated() != before);

      ask(socket, queries, QUERIES);

      assertThat(allocated() - before).as("octets for %d queries", QUERIES).isZero();
    }
  }

  private static void ask(DatagramSocket socket, List<byte[]> queries, int count)
      throws IOException {
    DatagramPacket answer = new DatagramPacket(new byte[2048], 2048);
    for (int i = 0; i < count; i += WINDOW) {
      for (int j = i; j < i + WINDOW; j++) {
        byte[] query = queries.get(j % queries.size());
        socket.send(new DatagramPacket(query, query.length));
      }
      for (int j = 0; j < WINDOW; j++) {
        socket.receive(answer);
      }
    }
  }

  private long allocated() throws Exception {
    return number(node.get("/metrics").body(), "(?m)^azimuth_worker_allocated_bytes_total (\\d+)$");
  }

  @Test
  void mutatedPacketsDoNoHarm() throws Exception {
    List<byte[]> queries = queries();
    Random random = new Random(20);
    Footprint before = null;
    try (DnsClient hostile = node.client()) {
      for (int i = 0; i < MUTATIONS; i++) {
        hostile.send(mutated(queries.get(i % queries.size()), random));
        if (i % 100 == 0) {
          assertThat(client.a("one.example.com")).containsExactly("192.0.2.3");
        }
        if (i == MUTATIONS / 4) {
          before = Footprint.of(node.pid());
        }
      }
    }
    assertUnharmed(before);
  }

  @Test
  void mutatedMessagesOverTcpDoNoHarm() throws Exception {
    List<byte[]> queries = queries();
    Random random = new Random(21);
    Footprint before = null;
    long answered = 0;
    for (int sent = 0; sent < TCP_MUTATIONS; sent += STREAK) {
      ByteArrayOutputStream stream = new ByteArrayOutputStream();
      for (int i = 0; i < STREAK; i++) {
        byte[] message = mutated(queries.get((sent + i) % queries.size()), random);
        int length = random.nextInt(50) == 0 ? random.nextInt(65_536) : message.length;
        stream.write(length >> 8);
        stream.write(length);
        stream.writeBytes(message);
      }
      answered += say(stream.toByteArray());
      if (sent % 1_000 == 0) {
        assertThat(client.a("one.example.com")).containsExactly("192.0.2.3");
        Message whole = client.tcp(DnsClient.query("one.example.com", Type.A)).getFirst();
        assertThat(DnsClient.addresses(whole)).containsExactly("192.0.2.3");
      }
      if (before == null && sent >= TCP_MUTATIONS / 4) {
        before = Footprint.of(node.pid());
      }
    }
    assertThat(answered).isGreaterThan(TCP_MUTATIONS / 10);
    assertUnharmed(before);
  }

  /** Says all of it on a connection of its own; returns how many messages were answered. */
  private int say(byte[] octets) throws IOException {
    int answered = 0;
    try (Socket socket = new Socket(node.dns().getAddress(), node.dns().getPort())) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(octets);
      socket.shutdownOutput();
      DataInputStream in = new DataInputStream(socket.getInputStream());
      while (true) {
        in.readFully(new byte[in.readUnsignedShort()]);
        answered++;
      }
    } catch (EOFException | SocketException e) {
      return answered; // closed, perhaps before it had read everything
    }
  }

  private void assertUnharmed(Footprint before) throws Exception {
    assertThat(client.a("one.example.com")).containsExactly("192.0.2.3");
    assertThat(node.get("/readyz").statusCode()).isEqualTo(200);
    Patience.until(() -> Footprint.descriptors(node.pid()) <= before.descriptors() + DESCRIPTORS);
    Footprint after = Footprint.of(node.pid());
    assertThat(after.objects() - before.objects()).as("objects more").isLessThan(OBJECTS);
    assertThat(after.allocations() - before.allocations())
        .as("native allocations more")
        .isLessThan(ALLOCATIONS);
    // A buffer that was lost is found missing by those that are taken after a collection.
    for (int i = 0; i < 10; i++) {
      sayInPieces(DnsClient.query("one.example.com", Type.A).toWire());
    }
    int mark = node.mark();
    assertThat(node.operate("reload").exit()).isZero();
    node.awaitLog(mark, Pattern.compile("admin /reload"));
    assertThat(node.log())
        .doesNotContain("ERROR")
        .doesNotContain("Exception")
        .doesNotContain("LEAK");
  }

  /** Says a message so that the node has to keep its beginning, and waits for the answer. */
  private void sayInPieces(byte[] message) throws Exception {
    try (Socket socket = new Socket(node.dns().getAddress(), node.dns().getPort())) {
      socket.setSoTimeout(10_000);
      socket.setTcpNoDelay(true);
      socket.getOutputStream().write(new byte[] {0, (byte) message.length, message[0]});
      // What comes in between says that the beginning was read.
      assertThat(client.tcp(DnsClient.query("one.example.com", Type.A))).hasSize(1);
      socket.getOutputStream().write(message, 1, message.length - 1);
      DataInputStream in = new DataInputStream(socket.getInputStream());
      in.readFully(new byte[in.readUnsignedShort()]);
    }
  }

  /** A packet with some octets changed, a part repeated or removed, or cut short. */
  private static byte[] mutated(byte[] packet, Random random) {
    byte[] changed = Arrays.copyOf(packet, packet.length + random.nextInt(3) * random.nextInt(64));
    for (int flips = random.nextInt(6); flips > 0; flips--) {
      changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
    }
    if (random.nextInt(3) == 0) {
      int from = random.nextInt(changed.length);
      int to = random.nextInt(changed.length);
      int length = random.nextInt(changed.length - Math.max(from, to));
      System.arraycopy(changed, from, changed, to, length);
    }
    return random.nextInt(4) == 0
        ? Arrays.copyOf(changed, random.nextInt(changed.length + 1))
        : changed;
  }

  private static long number(String text, String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    assertThat(matcher.find()).as("%s in %s", pattern, text).isTrue();
    return Long.parseLong(matcher.group(1));
  }
}

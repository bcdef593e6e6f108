package dev.azimuth.e2e;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;

/**
 * Queries of every class, opcode, meta type and flag, with records where none belong, with broken
 * options and signatures: where two of NSD, Knot and BIND agree, so do we, but for what {@code
 * docs/differences.md} lists.
 */
class OddQueriesAsPeersTest {
  private static final String ZONE = "odd.example";
  private static final int PATIENCE_MILLIS = 1_000;

  @TempDir static Path folder;
  private static final List<Peer> peers = new ArrayList<>();
  private static AzimuthProcess node;

  /**
   * What was answered.
   *
   * @param rcode all twelve bits
   */
  private record Seen(int rcode, boolean authoritative, Set<String> answer, boolean opt) {
    static Seen of(byte[] packet) throws IOException {
      Message message = new Message(packet);
      Set<String> answer =
          message.getSection(Section.ANSWER).stream()
              .map(Record::toString)
              .collect(Collectors.toCollection(TreeSet::new));
      return new Seen(
          message.getRcode(),
          message.getHeader().getFlag(Flags.AA),
          answer,
          message.getOPT() != null);
    }

    @Override
    public String toString() {
      return "%s%s %d%s"
          .formatted(
              Rcode.string(rcode), authoritative ? " aa" : "", answer.size(), opt ? " OPT" : "");
    }
  }

  @BeforeAll
  static void start() throws IOException {
    Files.writeString(
        folder.resolve(ZONE),
        """
        $TTL 300
        @   SOA ns1 hostmaster 1 3600 900 604800 60
        @   NS  ns1
        ns1 A   192.0.2.53
        www A   192.0.2.1
        """);
    for (Peer.Kind kind : Peer.Kind.values()) {
      peers.add(Peer.start(kind, folder, List.of(ZONE)));
    }
    node =
        AzimuthProcess.start(
            folder, "zones:\n  %1$s: { file: %1$s, ttl: { negative: 1d } }\n".formatted(ZONE));
  }

  @AfterAll
  static void stop() {
    peers.forEach(Peer::close);
    if (node != null) {
      node.close();
    }
  }

  @Test
  void whereTwoOfThreeAgreeOverUdpSoDoWe() throws IOException {
    assertThat(differing(OddQueriesAsPeersTest::udp)).isEmpty();
  }

  @Test
  void whereTwoOfThreeAgreeOverTcpSoDoWe() throws IOException {
    assertThat(differing(OddQueriesAsPeersTest::tcp)).isEmpty();
  }

  /**
   * The cases in which we differ and mean to, by the beginning of their names, with the section
   * that says so: no more than {@code docs/differences.md} lists.
   */
  private static final Map<String, String> MEANT =
      Map.ofEntries(
          entry("type 41", "RFC 6891 section 6.1.1"),
          entry("type 128", "RFC 9824 section 3.4"),
          entry("type 249", "RFC 2930 section 2"),
          entry("type 250", "RFC 8945 section 4.2"),
          entry("type 253", "RFC 1035 section 3.2.3"),
          entry("type 254", "RFC 1035 section 3.2.3"),
          entry("opcode 5", "RFC 1035 section 4.1.1"),
          entry("EDNS 255 with a broken option", "RFC 6891 section 6.1.3"),
          entry("a cookie of 7 octets", "RFC 7873 section 5.2.2"),
          entry("keepalive with a time", "RFC 7828 section 3.2.1"),
          entry("a client subnet with scope", "RFC 7871 section 6"),
          entry("a client subnet of 33", "RFC 7871 section 6"),
          entry("a short client subnet", "RFC 7871 section 6"),
          entry("a client subnet of family 3", "RFC 7871 section 6"),
          entry("signed, TTL 1", "RFC 8945 section 4.2"));

  /** Asks one server; null when it says nothing, or ends the connection. */
  private interface Asking {
    Seen ask(InetSocketAddress server, byte[] packet) throws IOException;
  }

  private static List<String> differing(Asking way) throws IOException {
    List<String> differing = new ArrayList<>();
    for (OddQuery query : OddQuery.all("www." + ZONE + ".", "no." + ZONE + ".", ZONE + ".")) {
      Seen we = way.ask(node.dns(), query.packet());
      List<Seen> they = new ArrayList<>();
      for (Peer peer : peers) {
        they.add(way.ask(peer.client().server(), query.packet()));
      }
      boolean same =
          agree(they, we, seen -> seen == null ? -1 : seen.rcode())
              && agree(they, we, seen -> seen == null ? Set.of() : seen.answer())
              && agree(they, we, seen -> seen != null && seen.authoritative())
              && agree(they, we, seen -> seen != null && seen.opt());
      boolean meant = MEANT.keySet().stream().anyMatch(query.about()::startsWith);
      if (!same && !meant) {
        differing.add("%s: we %s, NSD, Knot and BIND %s".formatted(query.about(), we, they));
      }
    }
    return differing;
  }

  /** Whether we say what two of the three say; also when they say three things. */
  private static <T> boolean agree(List<Seen> they, Seen we, Function<Seen, T> part) {
    for (int i = 0; i < they.size(); i++) {
      T one = part.apply(they.get(i));
      for (Seen other : they.subList(i + 1, they.size())) {
        if (one.equals(part.apply(other))) {
          return one.equals(part.apply(we));
        }
      }
    }
    return true;
  }

  private static Seen udp(InetSocketAddress server, byte[] packet) throws IOException {
    try (DnsClient client = new DnsClient(server)) {
      client.patience(PATIENCE_MILLIS);
      client.send(packet);
      return Seen.of(client.receive());
    } catch (SocketTimeoutException e) {
      return null;
    }
  }

  private static Seen tcp(InetSocketAddress server, byte[] packet) throws IOException {
    try (Socket connection = new Socket(server.getAddress(), server.getPort())) {
      connection.setSoTimeout(PATIENCE_MILLIS);
      var out = new DataOutputStream(connection.getOutputStream());
      out.writeShort(packet.length);
      out.write(packet);
      out.flush();
      var in = new DataInputStream(connection.getInputStream());
      return Seen.of(in.readNBytes(in.readUnsignedShort()));
    } catch (SocketTimeoutException | EOFException | SocketException e) {
      return null;
    }
  }
}

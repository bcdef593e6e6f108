package dev.azimuth.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.xbill.DNS.AFSDBRecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Flags;
import org.xbill.DNS.KXRecord;
import org.xbill.DNS.MXRecord;
import org.xbill.DNS.Master;
import org.xbill.DNS.Message;
import org.xbill.DNS.NSRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.NameTooLongException;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SRVRecord;
import org.xbill.DNS.SVCBBase;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * The same master files, served by NSD and by us: the same rcode, flags, OPT and sections for every
 * name and type in them, for missing ones and for every way to ask. The differences that are meant:
 *
 * <ul>
 *   <li>Beside an answer we leave out the NS records of the zone and their addresses (RFC 1034
 *       section 6.2.1 has them, later servers make them optional: NSD by minimal-responses).
 *   <li>We give addresses beside AFSDB, SVCB and HTTPS too, and the bindings of service targets
 *       (RFC 1183 section 1, RFC 9460 section 4.1).
 *   <li>A truncated response of ours has empty sections (RFC 2181 section 9 has them ignored).
 *   <li>A referral whose in-domain glue does not fit is truncated (RFC 9471 section 2.1), which
 *       this NSD is too old for.
 *   <li>ANY may give another set (RFC 8482 section 4.1).
 * </ul>
 */
class SameAnswersAsNsdTest {
  private static final Map<String, String> ZONES =
      Map.of("example.com", "peers.zone", "child.example.com", "child.zone");

  /** What the zones hold, by owner. */
  private static final Map<Name, List<Record>> master = new LinkedHashMap<>();

  @TempDir static Path folder;
  private static Process nsd;
  private static AzimuthProcess node;
  private static DnsClient theirs;
  private static DnsClient ours;

  @BeforeAll
  static void start() throws IOException {
    String program = Tools.find("nsd");
    for (var zone : ZONES.entrySet()) {
      read(zone.getKey(), zone.getValue());
    }
    int port = Tools.freePort();
    Path file = Files.writeString(folder.resolve("nsd.conf"), configuration(port));
    nsd =
        new ProcessBuilder(program, "-d", "-c", file.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("nsd.log").toFile())
            .start();
    theirs = new DnsClient(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    node =
        AzimuthProcess.start(
            folder,
            """
            zones:
              example.com: { file: peers.zone, ttl: { negative: 1h } }
              child.example.com: { file: child.zone, ttl: { negative: 1h } }
            """);
    ours = node.client();
    Patience.until(SameAnswersAsNsdTest::answers);
  }

  private static void read(String zone, String file) throws IOException {
    Path copy = folder.resolve(file);
    try (var in = SameAnswersAsNsdTest.class.getResourceAsStream("/" + file)) {
      Files.write(copy, in.readAllBytes());
    }
    try (Master records = new Master(copy.toString(), Name.fromString(zone + "."))) {
      for (Record r = records.nextRecord(); r != null; r = records.nextRecord()) {
        master.computeIfAbsent(r.getName(), owner -> new ArrayList<>()).add(r);
      }
    }
  }

  private static String configuration(int port) {
    return """
        server:
          ip-address: 127.0.0.1@%1$d
          server-count: 1
          username: ""
          database: ""
          zonesdir: "%2$s"
          pidfile: "%2$s/nsd.pid"
          xfrdfile: "%2$s/xfrd.state"
          zonelistfile: "%2$s/zone.list"
          xfrdir: "%2$s"
          rrl-ratelimit: 0
          refuse-any: no
        remote-control:
          control-enable: no
        zone:
          name: example.com
          zonefile: peers.zone
        zone:
          name: child.example.com
          zonefile: child.zone
        """
        .formatted(port, folder);
  }

  private static boolean answers() {
    try {
      return theirs.udp("example.com", Type.SOA).getRcode() == Rcode.NOERROR;
    } catch (IOException e) {
      return false; // not listening yet
    }
  }

  @AfterAll
  static void stop() throws InterruptedException {
    if (node != null) {
      ours.close();
      node.close();
    }
    if (nsd != null) {
      theirs.close();
      nsd.destroy();
      nsd.waitFor();
    }
  }

  /** How a query is asked. */
  enum Way {
    UDP,
    UDP_EDNS,
    UDP_DNSSEC,
    UDP_RECURSION_DESIRED,
    TCP,
    TCP_DNSSEC;

    Message query(Name name, int type) {
      Message query = Message.newQuery(Record.newRecord(name, type, DClass.IN));
      if (this != UDP_RECURSION_DESIRED) {
        query.getHeader().unsetFlag(Flags.RD);
      }
      switch (this) {
        case UDP, UDP_RECURSION_DESIRED, TCP -> {}
        case UDP_EDNS -> query.addRecord(new OPTRecord(4096, 0, 0), Section.ADDITIONAL);
        case UDP_DNSSEC, TCP_DNSSEC ->
            query.addRecord(new OPTRecord(1232, 0, 0, ExtendedFlags.DO), Section.ADDITIONAL);
      }
      return query;
    }

    List<Message> ask(DnsClient server, List<Message> queries) throws IOException {
      return switch (this) {
        case TCP, TCP_DNSSEC -> server.tcp(queries.toArray(Message[]::new));
        case UDP, UDP_EDNS, UDP_DNSSEC, UDP_RECURSION_DESIRED -> {
          List<Message> answers = new ArrayList<>();
          for (Message query : queries) {
            answers.add(server.udp(query));
          }
          yield answers;
        }
      };
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyNameAndTypeHasTheSameAnswer(Way way) throws IOException {
    List<Integer> types = types();
    List<String> differences = new ArrayList<>();
    int compared = 0;
    for (Name name : names()) {
      List<Message> queries = types.stream().map(type -> way.query(name, type)).toList();
      List<Message> here = way.ask(ours, queries);
      List<Message> there = way.ask(theirs, queries);
      for (int i = 0; i < types.size(); i++) {
        Said we = Said.by(here.get(i)).asNsdSaysIt();
        Said they = Said.by(there.get(i)).asWeSayIt();
        assertThat(here.get(i).getQuestion()).isEqualTo(queries.get(i).getQuestion());
        compared++;
        if (types.get(i) == Type.ANY ? !we.isLike(they) : !we.equals(they)) {
          differences.add(
              "%s %s%n  we  %s%n  NSD %s".formatted(name, Type.string(types.get(i)), we, they));
        }
      }
    }
    assertThat(compared).isGreaterThan(10_000);
    assertThat(differences.stream().limit(20)).as("%d in all", differences.size()).isEmpty();
  }

  /** A set that does not fit is missing from UDP only, and the client is told to ask over TCP. */
  @Test
  void whatIsTruncatedIsWholeOverTcp() throws IOException {
    Message query = Way.UDP_EDNS.query(Name.fromString("big.example.com."), Type.A);

    assertThat(ours.udp(query).getHeader().getFlag(Flags.TC)).isTrue();
    assertThat(Said.by(ours.tcp(query).getFirst()).answer()).hasSize(100);
  }

  /**
   * What a response says, in a form by which two servers can be compared.
   *
   * @param opt without its options, null for none
   */
  private record Said(
      String rcode,
      Set<String> flags,
      String opt,
      List<Record> answer,
      List<Record> authority,
      List<Record> additional) {

    static Said by(Message response) throws IOException {
      OPTRecord opt = response.getOPT();
      return new Said(
          Rcode.string(response.getRcode()),
          Set.of(response.getHeader().printFlags().strip().split(" ")),
          opt == null
              ? "none"
              : "version %d, %d octets, flags %x"
                  .formatted(opt.getVersion(), opt.getPayloadSize(), opt.getFlags()),
          canonical(response.getSection(Section.ANSWER)),
          canonical(response.getSection(Section.AUTHORITY)),
          canonical(response.getSection(Section.ADDITIONAL)));
    }

    /** Sorted, names in small letters as NSD keeps them, without OPT. */
    private static List<Record> canonical(List<Record> records) throws IOException {
      List<Record> canonical = new ArrayList<>();
      for (Record record : records) {
        if (record.getType() != Type.OPT) {
          canonical.add(Record.fromWire(record.toWireCanonical(), Section.ANSWER));
        }
      }
      canonical.sort(null);
      return canonical;
    }

    /** The listed differences taken away from what NSD says. */
    Said asWeSayIt() {
      if (flags.contains("tc") || lacksGlue()) {
        return truncated();
      }
      List<Record> authorities =
          answer.isEmpty()
              ? authority
              : authority.stream().filter(record -> !isApexNs(record)).toList();
      Set<Name> targets = new HashSet<>();
      Stream.of(answer, authorities)
          .flatMap(List::stream)
          .forEach(record -> targets.add(target(record)));
      List<Record> additionals =
          additional.stream().filter(record -> targets.contains(record.getName())).toList();
      return new Said(rcode, flags, opt, answer, authorities, additionals);
    }

    /** Without what we add and NSD does not. */
    Said asNsdSaysIt() {
      boolean more =
          answer.stream()
              .anyMatch(record -> record instanceof AFSDBRecord || record instanceof SVCBBase);
      return more ? new Said(rcode, flags, opt, answer, authority, List.of()) : this;
    }

    private Said truncated() {
      Set<String> with = new HashSet<>(flags);
      with.add("tc");
      return new Said(rcode, with, opt, List.of(), List.of(), List.of());
    }

    /** Whether it is a referral without all the glue that stands below the cut. */
    private boolean lacksGlue() {
      return !flags.contains("aa")
          && authority.stream()
              .filter(record -> target(record).subdomain(record.getName()))
              .flatMap(record -> master.getOrDefault(target(record), List.of()).stream())
              .anyMatch(glue -> !additional.contains(glue));
    }

    /** Whether it says the same to ANY, whose answer is one set, but any (RFC 8482). */
    boolean isLike(Said other) {
      return rcode.equals(other.rcode)
          && (flags.equals(other.flags) || other.flags.contains("tc"))
          && answer.isEmpty() == other.answer.isEmpty();
    }

    private static boolean isApexNs(Record record) {
      return record.getType() == Type.NS && ZONES.containsKey(record.getName().toString(true));
    }

    /** Whose addresses belong beside a record; the root, which has none, for most. */
    private static Name target(Record record) {
      return switch (record) {
        case NSRecord ns -> ns.getTarget();
        case MXRecord mx -> mx.getTarget();
        case SRVRecord srv -> srv.getTarget();
        case KXRecord kx -> kx.getTarget();
        default -> Name.root;
      };
    }
  }

  /** Every name of the zones and every name above it, with others that do not exist. */
  private static Set<Name> names() throws IOException {
    Set<Name> names = new LinkedHashSet<>();
    for (Name owner : master.keySet()) {
      for (Name name = owner; name.labels() > 2; name = new Name(name, 1)) {
        addWithNeighbours(name, names);
      }
    }
    for (String outside : List.of(".", "com.", "evilexample.com.", "www.elsewhere.test.")) {
      names.add(Name.fromString(outside));
    }
    return names;
  }

  private static void addWithNeighbours(Name name, Set<Name> names) throws IOException {
    names.add(name);
    for (String below : List.of("no", "a.b", "*", "host", "x.y.z")) {
      try {
        names.add(Name.concatenate(Name.fromString(below), name));
      } catch (NameTooLongException e) {
        // There is no such name.
      }
    }
  }

  /** Every type of the zones, and some that they have not. */
  private static List<Integer> types() {
    return Stream.concat(
            Stream.of(Type.DNSKEY, Type.NSEC, Type.ANY, 65281),
            master.values().stream().flatMap(List::stream).map(Record::getType))
        .distinct()
        .toList();
  }
}

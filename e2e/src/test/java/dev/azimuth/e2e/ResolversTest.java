package dev.azimuth.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** What clients get through resolvers that ask us; each is skipped where it is absent. */
class ResolversTest {
  @TempDir Path folder;

  /** A zone with a set that takes 5,000 octets. */
  private static String zone(String child) {
    String large =
        IntStream.range(0, 25)
            .mapToObj(i -> "      large TXT \"%d%s\"".formatted(i, "x".repeat(190)))
            .collect(Collectors.joining("\n"));
    return """
      defaults: { check: none }
      pools: { web: { backends: { a: 192.0.2.1, b: 192.0.2.2 } } }
      zones:
        example.com:
          ttl: 5s..60s
          records: |
            @         SOA   ns1 hostmaster 1 1h 15m 7d 60
            @         NS    ns1
            ns1       A     203.0.113.53
            mx        MX    10 www
            link1     CNAME link2
            link2     CNAME Link3
            link3     CNAME www
            dangling  CNAME nowhere
            old       DNAME new
            host.new  A     203.0.113.1
            *.wild    CNAME host.new
            a.b.ent   A     203.0.113.2
            sub       NS    ns.sub
            ns.sub    A     %s
      %s
          names:
            www:     { to: web }
            "*.app": { to: web }
      """
        .formatted(child, large);
  }

  /** The zone below, whose name server has this address. */
  private static String child(String address) {
    return """
      zones:
        sub.example.com:
          records: |
            @       SOA   ns hostmaster 1 1h 15m 7d 60
            @       NS    ns
            ns      A     %s
            deep.er A     203.0.113.3
      """
        .formatted(address);
  }

  private AzimuthProcess node(String name, String listen, String yaml) throws IOException {
    return AzimuthProcess.start(
        Files.createDirectory(folder.resolve(name)),
        yaml,
        AzimuthProcess.Options.USUAL.listen(listen));
  }

  @ParameterizedTest
  @CsvSource({
    "UNBOUND_STUB, 127.0.0.1:0", "UNBOUND_STUB, [::1]:0",
    "BIND_FORWARD, 127.0.0.1:0", "BIND_FORWARD, [::1]:0",
  })
  void everyKindOfAnswerComesThrough(Resolver.Kind kind, String listen) throws Exception {
    try (AzimuthProcess node = node("node", listen, zone("203.0.113.54"));
        Resolver resolver = Resolver.start(kind, folder, node.dns())) {
      assertThat(shares(resolver, "www")).containsOnlyKeys("192.0.2.1", "192.0.2.2");
      assertThat(DnsClient.addresses(resolver.ask("any.app", Type.A)).getFirst())
          .startsWith("192.0.2.");
      assertThat(DnsClient.addresses(resolver.askByTcp("ns1", Type.A)))
          .containsExactly("203.0.113.53");
      chains(resolver);
      nothings(resolver);
      // More than a datagram takes: the resolver has it from us over TCP.
      assertThat(resolver.askByTcp("large", Type.TXT).getSection(Section.ANSWER)).hasSize(25);
      assertThat(node.get("/metrics").body())
          .containsPattern("azimuth_responses_total\\{[^}]*transport=\"tcp\"[^}]*\\} [1-9]");
    }
  }

  /** How often each address of a steered name comes first, in 100 answers that no cache gave. */
  private static Map<String, Integer> shares(Resolver resolver, String name) throws IOException {
    Map<String, Integer> shares = new HashMap<>();
    for (int i = 0; i < 100; i++) {
      Message answer = resolver.ask(name, Type.A);
      shares.merge(DnsClient.addresses(answer).getFirst(), 1, Integer::sum);
    }
    assertThat(shares.values()).allSatisfy(share -> assertThat(share).isBetween(40, 60));
    return shares;
  }

  private static void chains(Resolver resolver) throws IOException {
    Message chain = resolver.ask("link1", Type.A);
    assertThat(aliases(chain)).containsExactly("link1", "link2", "Link3");
    assertThat(DnsClient.addresses(chain).getLast()).startsWith("192.0.2.");
    assertThat(DnsClient.addresses(resolver.ask("host.old", Type.A))).contains("203.0.113.1");
    assertThat(DnsClient.addresses(resolver.ask("x.wild", Type.A))).contains("203.0.113.1");
    assertThat(resolver.ask("mx", Type.MX).getSection(Section.ANSWER)).hasSize(1);
  }

  private static List<String> aliases(Message answer) {
    return answer.getSection(Section.ANSWER).stream()
        .filter(CNAMERecord.class::isInstance)
        .map(record -> record.getName().getLabelString(0))
        .toList();
  }

  private static void nothings(Resolver resolver) throws IOException {
    for (String missing : List.of("no", "x.y.no", "dangling", "b.www", "no.old")) {
      Message answer = resolver.ask(missing, Type.A);
      assertThat(answer.getRcode()).as(missing).isEqualTo(Rcode.NXDOMAIN);
      assertThat(answer.getSection(Section.AUTHORITY))
          .extracting(Record::getType)
          .contains(Type.SOA);
    }
    for (String there : List.of("www", "ent", "b.ent", "link1", "any.app")) {
      Message answer = resolver.ask(there, Type.AAAA);
      assertThat(answer.getRcode()).as(there).isEqualTo(Rcode.NOERROR);
      assertThat(answer.getSection(Section.AUTHORITY))
          .extracting(Record::getType)
          .contains(Type.SOA);
    }
  }

  /**
   * Resolvers follow a referral to port 53, so both servers are there, on addresses of their own.
   */
  @ParameterizedTest
  @EnumSource(names = {"UNBOUND_STUB", "BIND_STATIC_STUB"})
  void aReferralOfOursLeadsToTheServersBelow(Resolver.Kind kind) throws Exception {
    Random random = new Random();
    String network = "127.%d.%d.".formatted(random.nextInt(1, 255), random.nextInt(256));
    assumePort53(network + 1);
    assumePort53(network + 2);
    try (AzimuthProcess above = node("above", network + "1:53", zone(network + 2));
        AzimuthProcess below = node("below", network + "2:53", child(network + 2));
        Resolver resolver = Resolver.start(kind, folder, above.dns())) {
      assertThat(DnsClient.addresses(resolver.ask("deep.er.sub", Type.A)))
          .containsExactly("203.0.113.3");
      assertThat(resolver.ask("no.sub", Type.A).getRcode()).isEqualTo(Rcode.NXDOMAIN);
      assertThat(DnsClient.addresses(resolver.ask("www", Type.A)).getFirst())
          .startsWith("192.0.2.");
      assertThat(below.get("/metrics").body())
          .containsPattern("azimuth_responses_total\\{[^}]*\\} [1-9]");
    }
  }

  private static void assumePort53(String address) throws IOException {
    InetSocketAddress wanted = new InetSocketAddress(InetAddress.getByName(address), 53);
    boolean free;
    try (DatagramSocket udp = new DatagramSocket(wanted);
        ServerSocket tcp = new ServerSocket()) {
      tcp.bind(wanted);
      free = udp.isBound() && tcp.isBound();
    } catch (SocketException e) {
      free = false;
    }
    assumeThat(free).as("port 53 of %s may be used here", address).isTrue();
  }
}

package dev.azimuth.resolver;

import static dev.azimuth.resolver.Asking.additional;
import static dev.azimuth.resolver.Asking.answers;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Message;
import org.xbill.DNS.Type;

/** Which answers about one name speak of the same backend. */
class AgreementTest {
  private final Asking asking = new Asking(Sample.picture());

  private void from(int network) {
    asking.client.low = 0x0b000000L + ((long) network << 8) + 9;
  }

  private static String only(List<String> records) {
    assertThat(records).hasSize(1);
    return records.getFirst();
  }

  /** Of a record, or a hint in it: 41 or 42, as the addresses of the two backends end. */
  private static String backend(String record, String before) {
    var matcher = Pattern.compile(before + "\\S*?(41|42)\"?(?=$| )").matcher(record);
    assertThat(matcher.find()).as(record).isTrue();
    return matcher.group(1);
  }

  @Test
  void ofAStickyNameAllTypesSpeakOfTheBackendOfTheClientsNetwork() {
    Set<String> backends = new HashSet<>();
    for (int network = 0; network < 64; network++) {
      from(network);
      String a = backend(only(answers(asking.ask("stick.example.com", "A"))), "192\\.0\\.2\\.");
      String aaaa =
          backend(only(answers(asking.ask("stick.example.com", "AAAA"))), "2001:db8:0:0:0:0:0:");
      String https = only(answers(asking.ask("stick.example.com", "HTTPS")));
      assertThat(List.of(aaaa, backend(https, "ipv4hint="), backend(https, "ipv6hint=")))
          .containsOnly(a);
      List<String> beside = additional(asking.ask("tostick.example.com", "SRV"));
      assertThat(beside).hasSize(2).allMatch(record -> record.endsWith(a));
      backends.add(a);
    }
    assertThat(backends).hasSize(2);
  }

  @Test
  void ofATurningNameOneMessageSpeaksOfOneBackendAndTheNextOfAny() {
    Set<String> backends = new HashSet<>();
    for (int message = 0; message < 64; message++) {
      List<String> beside = additional(asking.ask("twins.example.com", "SRV"));
      assertThat(beside).hasSize(2);
      String first = backend(beside.getFirst(), "");
      assertThat(beside).allMatch(record -> record.endsWith(first));
      backends.add(first);
      String https = answers(asking.ask("web.example.com", "HTTPS")).getFirst();
      assertThat(https).contains("ipv4hint=192.0.2.41,192.0.2.42");
    }
    assertThat(backends).hasSize(2);
  }

  @Test
  void theScopeOfAStickyAnswerIsItsPrefix() {
    for (int type : new int[] {Type.A, Type.AAAA, Type.HTTPS, Type.ANY}) {
      String subnet = Packets.option(8, "0001 18 00 0b0102");
      byte[] query =
          Packets.of().question("stick.example.com", type, 1).opt(1232, 0, subnet).bytes();
      Message reply = asking.ask(query);
      assertThat(answers(reply)).hasSize(1);
      assertThat(Asking.options(reply)).containsEntry(8, "000118180b0102");
    }
  }

  @Test
  void withASubnetNothingOfAStickyNameStandsBesideOrBehindAnAlias() {
    String subnet = Packets.option(8, "0001 18 00 0b0102");
    byte[] srv =
        Packets.of().question("tostick.example.com", Type.SRV, 1).opt(1232, 0, subnet).bytes();
    // The OPT record alone.
    assertThat(additional(asking.ask(srv))).hasSize(1);
    byte[] alias =
        Packets.of().question("viastick.example.com", Type.A, 1).opt(1232, 0, subnet).bytes();
    Message reply = asking.ask(alias);
    assertThat(only(answers(reply))).contains("CNAME stick.example.com.");
    assertThat(Asking.options(reply)).containsEntry(8, "000118000b0102");
  }
}

package dev.azimuth.resolver;

import static dev.azimuth.resolver.Asking.answers;
import static dev.azimuth.resolver.Asking.options;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;

class IdentityTest {
  private static final int CH = 3;

  private final Asking asking = new Asking(Sample.picture());

  private Message chaos(String name, int type) {
    return asking.ask(Packets.of().question(name, type, CH).bytes());
  }

  private void tell(Identity identity) {
    Picture now = asking.picture;
    asking.picture =
        new Picture(2, now.zones(), now.steering(), identity, now.cookies(), Admission.OPEN);
  }

  @ParameterizedTest
  @CsvSource({
    "version.bind, azimuth 1.2.3",
    "VERSION.Bind, azimuth 1.2.3",
    "version.server, azimuth 1.2.3",
    "id.server, fra1",
    "hostname.bind, host.example"
  })
  void tellsWhatItIs(String name, String text) {
    for (int type : new int[] {16, 255}) {
      Message reply = chaos(name, type);
      assertThat(answers(reply)).hasSize(1);
      assertThat(answers(reply).getFirst().replace("\"", "")).isEqualTo(name + ". 0 TXT " + text);
      assertThat(reply.getSection(1).getFirst().getDClass()).isEqualTo(CH);
      assertThat(reply.getHeader().getFlag(Flags.AA)).isTrue();
      assertThat(asking.responder.rcode()).isEqualTo(Rcode.NOERROR);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "version.bind, 1",
    "id.server, 6",
    "authors.bind, 16",
    "bind, 16",
    "a.version.bind, 16",
    "version.bind.example.com, 16",
    "www.example.com, 1",
    "'', 16"
  })
  void refusesAllElseOfItsClass(String name, int type) {
    Message reply = chaos(name, type);
    assertThat(reply.getRcode()).isEqualTo(Rcode.REFUSED);
    assertThat(reply.getHeader().getFlag(Flags.AA)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"version.bind", "version.server", "id.server", "hostname.bind"})
  void refusesWhatItDoesNotTell(String name) {
    tell(Identity.NONE);
    assertThat(chaos(name, 16).getRcode()).isEqualTo(Rcode.REFUSED);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 4, 254, 255})
  void otherClassesHaveNoSuchNames(int qclass) {
    byte[] query = Packets.of().question("version.bind", 16, qclass).bytes();
    assertThat(asking.ask(query).getRcode()).isEqualTo(Rcode.REFUSED);
  }

  @Test
  void theIdentifierIsGivenToWhoAsks() {
    for (String data : new String[] {"", "0102"}) {
      String option = Packets.option(3, data);
      byte[] query = Packets.of().question("www.example.com", 1, 1).opt(1232, 0, option).bytes();
      assertThat(options(asking.ask(query))).containsExactly(Map.entry(3, "66726131"));
    }
    assertThat(asking.ask(Packets.edns("www.example.com", "A", 1232)).getOPT().getOptions())
        .isEmpty();
  }

  @Test
  void withoutAnIdentifierNoneIsGiven() {
    tell(Identity.NONE);
    String option = Packets.option(3, "");
    byte[] query = Packets.of().question("www.example.com", 1, 1).opt(1232, 0, option).bytes();
    assertThat(asking.ask(query).getOPT().getOptions()).isEmpty();
  }

  @Test
  void theLongestTextsFit() {
    tell(new Identity(new byte[Identity.LONGEST_NSID], "v".repeat(255), "é", ""));
    String options =
        Packets.option(3, "")
            + Packets.option(10, "0102030405060708")
            + Packets.option(8, "0002 80 00 20010db8000000000000000000000001");
    byte[] query = Packets.of().question("version.server", 16, CH).opt(512, 0, options).bytes();
    Message reply = asking.ask(query);
    assertThat(answers(reply)).hasSize(1);
    assertThat(reply.getOPT().getOptions()).hasSize(3);
    assertThat(asking.responder.truncated()).isFalse();
  }

  @Test
  void longerTextsAreRefused() {
    assertThatThrownBy(() -> new Identity(new byte[129], "", "", ""))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Identity(new byte[0], "", "é".repeat(128), ""))
        .isInstanceOf(IllegalArgumentException.class);
  }
}

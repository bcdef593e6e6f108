package dev.azimuth.app.whatif;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.azimuth.app.node.Node.Refused;
import dev.azimuth.steering.Addresses;
import dev.azimuth.steering.Asker;
import dev.azimuth.steering.Cidr;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClientFileTest {
  private final List<String> taken = new ArrayList<>();
  private final List<Double> progress = new ArrayList<>();
  @TempDir private Path folder;

  private long read(String text) throws IOException, Refused {
    Path file = Files.writeString(folder.resolve("clients"), text);
    ClientFile.Sink sink =
        new ClientFile.Sink() {
          @Override
          public void prefix(Cidr prefix, double weight) {
            taken.add(Addresses.text(prefix) + " " + weight);
          }

          @Override
          public void query(Asker asker) {
            String source =
                Addresses.text(new Cidr(asker.sourceV4, asker.sourceHigh, asker.sourceLow, 32));
            taken.add(
                asker.subnet
                    ? source
                        + " "
                        + Addresses.text(
                            new Cidr(
                                asker.subnetV4,
                                asker.subnetHigh,
                                asker.subnetLow,
                                asker.subnetLength))
                    : source);
          }
        };
    return ClientFile.read(file, sink, progress::add);
  }

  @Test
  void prefixesHaveWeightsAndComments() throws Exception {
    long lines =
        read(
            """
            # the offices
            192.0.2.0/24 30
              198.51.100.7\t# one
            2001:db8::/32   2 # six

            203.0.113.5/24 999999999999999""");
    assertThat(lines).isEqualTo(4);
    assertThat(taken)
        .containsExactly(
            "192.0.2.0/24 30.0",
            "198.51.100.7/32 1.0",
            "2001:db8::/32 2.0",
            "203.0.113.0/24 9.99999999999999E14");
  }

  @Test
  void theQueryLogCountsWhoAskedAndForWhom() throws Exception {
    read(
        """
        2026-11-21T13:52:44.123Z udp 192.0.2.7:53123 203.0.113.53:53 query www.example.com. IN A rd,do 0/1232 198.51.100.0/24 NOERROR aa,rd 60 rule eu fra1
        2026-11-21T13:52:44.123Z tcp [2001:db8::1]:53123 [::1]:53 query #.example.com. IN A - - - NOERROR aa,rd 60 - - -
        {"time":"2026-11-21T13:52:44.123Z","transport":"udp","client":"192.0.2.8","client_port":4,"name":"\\\\010.","subnet":"2001:db8::/56","reply_flags":["aa"]}
        {"client":"192.0.2.9","subnet":"0.0.0.0/0"}
        """);
    assertThat(taken)
        .containsExactly(
            "192.0.2.7/32 198.51.100.0/24",
            "2001:db8::1/32",
            "192.0.2.8/32 2001:db8::/56",
            "192.0.2.9/32");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "nonsense | 2:1: expected a prefix such as 192.0.2.0/24 or 2001:db8::/56, or a line of the query log, not \"nonsense\"",
        "192.0.2.0/33 | 2:1: expected a prefix",
        "1.2.3/8 | 2:1: expected a prefix",
        "192.0.2.0/24 0 | 2:14: expected a weight, a whole number from 1 to 999999999999999, not \"0\"",
        "192.0.2.0/24 -1 | 2:14: expected a weight",
        "192.0.2.0/24 1000000000000000 | 2:14: expected a weight",
        "192.0.2.0/24 1 2 | 2:16: expected the end of the line, not \"2\"",
        "x udp 192.0.2.7:5 | 2:7: expected 17 words, as the query log writes them",
        "x udp 192.0.2:5 d e f g h i j - l m n o p q | 2:7: expected the address of a client, not \"192.0.2:5\"",
        "x udp 192.0.2.1:5 d e f g h i j 1/2 l m n o p q | 2:33: expected a client subnet, not \"1/2\"",
        "{\"client\": | 2:11: expected an object of the query log on a line of its own",
        "{\"server\":\"192.0.2.1\"} | 2:1: expected an object with a member \"client\"",
        "{\"client\":\"\\u001b[31m\"} | 2:1: expected the address of a client, not \"\\u001b[31m\"",
      })
  void aLineThatIsNoneOfTheseIsToldByItsPlace(String line, String expected) {
    assertThatThrownBy(() -> read("192.0.2.0/24\n" + line + "\n10.0.0.0/8\n"))
        .isInstanceOf(Refused.class)
        .hasMessageContaining(folder.resolve("clients") + ":" + expected);
    assertThat(taken).hasSize(1);
  }

  @Test
  void aLineWithoutAnEndIsRefusedBeforeItFillsTheMemory() {
    assertThatThrownBy(() -> read("# " + "x".repeat(70_000)))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("clients:1:65537: expected a line of at most 65536 characters");
  }

  @Test
  void aFileWithoutClientsAndOneThatIsNotThereAreRefused() {
    assertThatThrownBy(() -> read("# nobody\n\n")).hasMessageContaining("there is no client in it");
    assertThatThrownBy(() -> ClientFile.read(folder.resolve("absent"), new NoSink(), progress::add))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("absent cannot be read");
  }

  private static final class NoSink implements ClientFile.Sink {
    @Override
    public void prefix(Cidr prefix, double weight) {
      throw new AssertionError(prefix);
    }

    @Override
    public void query(Asker asker) {
      throw new AssertionError(asker);
    }
  }

  @Test
  void progressIsToldNowAndThen() throws Exception {
    read("192.0.2.0/24\n".repeat(10_000));
    assertThat(progress).hasSize(2).isSorted().allMatch(done -> done > 0 && done < 1);
  }
}

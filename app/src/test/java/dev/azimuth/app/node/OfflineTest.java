package dev.azimuth.app.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.azimuth.app.node.Node.Refused;
import dev.azimuth.steering.Explanation;
import dev.azimuth.steering.Explanation.PoolStep;
import dev.azimuth.steering.Reason;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OfflineTest {
  @TempDir private Path folder;

  private Explanation explain(List<String> down, String name, String client, String subnet)
      throws Refused {
    return Offline.explain(Written.load(folder, Written.REGIONS), down, name, true, client, subnet);
  }

  @Test
  void everythingIsUpButWhatIsSaidToBeDown() throws Refused {
    assertThat(explain(List.of(), "www.example.com", null, null).pool()).isEqualTo("eu");
    Explanation why = explain(List.of("fra1", "eu/fra2"), "WWW.Example.com.", null, null);
    assertThat(why.pool()).isEqualTo("us");
    assertThat(why.reason()).isEqualTo(Reason.FAILOVER);
  }

  @Test
  void aFamilyThatIsNotThereIsAbsentForAsLongAsTheZoneSays() throws Refused {
    Explanation why =
        Offline.explain(
            Written.load(folder, Written.REGIONS), List.of(), "www.example.com", false, null, null);
    assertThat(why.answer()).isEqualTo("nodata");
    assertThat(why.reason()).isEqualTo(Reason.NO_FAMILY);
    assertThat(why.ttl()).as("below the SOA's minimum of 60").isEqualTo(30);
    assertThat(why.ttlReason()).isEqualTo("the zone's negative TTL");
  }

  @Test
  void aNameBeyondAsciiIsAnsweredWithWhatToWrite() {
    assertThatThrownBy(() -> explain(List.of(), "b\u00fccher.example.com", null, null))
        .isInstanceOf(Refused.class)
        .hasMessageEndingWith("write xn--bcher-kva.example.com, since DNS has only ASCII");
  }

  @Test
  void aPoolThatIsTriedSaysWhatIsLeftOfItsCapacity() throws Refused {
    String yaml = Written.REGIONS.replace("eu: { check", "eu: { capacity: 900, check");
    assertThat(why(yaml, "fra1").pools())
        .extracting(PoolStep::pool, PoolStep::capacity)
        .containsExactly(tuple("eu", 450L));
    assertThat(why(yaml, "eu").pools())
        .extracting(PoolStep::pool, PoolStep::capacity)
        .containsExactly(tuple("eu", 0L), tuple("us", null));
  }

  private Explanation why(String yaml, String down) throws Refused {
    return Offline.explain(
        Written.load(folder, yaml), List.of(down), "www.example.com", true, null, null);
  }

  @Test
  void whatHasNoCheckCanBeDownToo() throws Refused {
    String yaml = Written.REGIONS.replace("us: { check: web", "us: { check: none");
    assertThat(why(yaml, "us").pool()).isEqualTo("eu");
    assertThat(why(yaml.replace("[ eu, us ]", "[ us, eu ]"), "us").pool()).isEqualTo("eu");
    assertThat(why(yaml.replace("[ eu, us ]", "[ us, eu ]"), "eu").pool()).isEqualTo("us");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ns1.example.com | 192.0.2.1 | | has static records",
        "none.example.com | 192.0.2.1 | | does not exist",
        "www.example.net | 192.0.2.1 | | in none of the zones",
        "a..b | 192.0.2.1 | | not a domain name",
        "www.example.com | localhost | | not an IP address",
        "www.example.com | 1.2.3 | | not an IP address",
        "www.example.com | 16909060 | | not an IP address",
        "www.example.com | 192.0.2.1 | 192.0.2.0/33 | not a client subnet",
        "www.example.com | 192.0.2.1 | 192.0.2.0/x | not a client subnet",
      })
  void whatCannotBeExplainedSaysWhy(String name, String client, String subnet, String message) {
    assertThatThrownBy(() -> explain(List.of(), name, client, subnet))
        .isInstanceOf(Refused.class)
        .hasMessageContaining(message)
        .extracting("kind")
        .isEqualTo(message.startsWith("not a") ? Refused.Kind.QUESTION : Refused.Kind.STATE);
  }

  @Test
  void aliasesInTheZoneDataAreFollowed() throws Refused {
    String yaml =
        Written.REGIONS.replaceFirst(
            "( +)(ns1 +A .*\n)",
            "$1$2$1first CNAME second\n$1second CNAME www\n$1away CNAME www.example.net.\n");
    Explanation why =
        Offline.explain(
            Written.load(folder, yaml), List.of(), "first.example.com", true, null, null);
    assertThat(why.name()).isEqualTo("www.example.com.");
    assertThat(why.aliases()).containsExactly("first.example.com.", "second.example.com.");
    assertThat(why.pool()).isEqualTo("eu");
    assertThatThrownBy(
            () ->
                Offline.explain(
                    Written.load(folder, yaml), List.of(), "away.example.com", true, null, null))
        .hasMessage("www.example.net. is in none of the zones: away.example.com. leads elsewhere");
  }

  @Test
  void anUnknownBackendIsRefused() {
    assertThatThrownBy(() -> explain(List.of("fra9"), "www.example.com", null, null))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("no backend or pool is called")
        .extracting("kind")
        .isEqualTo(Refused.Kind.QUESTION);
  }
}

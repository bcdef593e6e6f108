package dev.azimuth.zones;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Words of each type, and the octets that we make of them, are one record to other servers. */
class TypesAsPeersTest {
  private static final Path BIND = Path.of("/usr/bin/named-checkzone");
  private static final Path NSD = Path.of("/usr/sbin/nsd-checkzone");

  /** Obsolete to BIND, which only takes their octets. */
  private static final Set<String> NOT_OF_BIND = Set.of("MD", "MF");

  /** NSD 4.6 knows no words for these types, or wants more of them. */
  private static final Set<String> NOT_OF_NSD =
      Set.of(
          "NSAP-PTR GPOS EID NIMLOC ATMA A6 SINK HIP NINFO RKEY TALINK UINFO UID GID UNSPEC"
              .concat(" DOA AMTRELAY RESINFO WALLET DSYNC TA")
              .split(" "));

  private static final String[] BIND_OPTIONS = {"-q", "-i", "none", "-D", "-s", "full", "-o", "-"};

  @TempDir private Path folder;

  @Test
  void bindReadsTheWordsAsTheOctetsThatWeMakeOfThem() throws Exception {
    assumeTrue(Files.isExecutable(BIND), "no named-checkzone");
    assertThat(dump("words", but(NOT_OF_BIND, words()), BIND, BIND_OPTIONS))
        .isEqualTo(dump("octets", but(NOT_OF_BIND, octets()), BIND, BIND_OPTIONS))
        .hasSizeGreaterThan(words().size());
  }

  @Test
  void nsdReadsTheWordsAsTheOctetsThatWeMakeOfThem() throws Exception {
    assumeTrue(Files.isExecutable(NSD), "no nsd-checkzone");
    assertThat(dump("words", but(NOT_OF_NSD, words()), NSD, "-p"))
        .isEqualTo(dump("octets", but(NOT_OF_NSD, octets()), NSD, "-p"))
        .hasSizeGreaterThan(words().size() / 2);
  }

  private static List<String> but(Set<String> types, List<String> records) {
    return records.stream().filter(each -> !types.contains(each.split(" ", 2)[0])).toList();
  }

  private static List<String> words() {
    return RecordTypesTest.examples();
  }

  private static List<String> octets() {
    return words().stream()
        .map(
            example -> {
              String[] parts = example.split(" +", 2);
              byte[] octets = RecordTypesTest.rdata(parts[0], parts[1]);
              String hex = HexFormat.of().formatHex(octets);
              return "%s \\# %d %s".formatted(parts[0], octets.length, hex);
            })
        .toList();
  }

  /** The zone as the checker writes it. */
  private List<String> dump(String named, List<String> records, Path checker, String... options)
      throws IOException, InterruptedException {
    Path zone = folder.resolve(named);
    Files.writeString(
        zone,
        IntStream.range(0, records.size())
            .mapToObj(i -> "x" + i + " 60 " + records.get(i))
            .collect(Collectors.joining("\n", "$TTL 60\n" + ZoneText.APEX, "\n")));
    Path output = folder.resolve(named + ".out");
    var command = new ProcessBuilder(checker.toString());
    command.command().addAll(List.of(options));
    command.command().addAll(List.of("example.com", zone.toString()));
    Process process = command.redirectErrorStream(true).redirectOutput(output.toFile()).start();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    // NSD also warns there, with the time of day.
    List<String> lines =
        Files.readAllLines(output).stream().filter(line -> !line.startsWith("[")).toList();
    assertThat(process.exitValue()).as("%s", lines).isZero();
    return lines;
  }
}

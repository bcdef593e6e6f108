package dev.azimuth.zones;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringReader;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Type;

/** What is scanned without dnsjava has the octets that dnsjava gives it. */
class DataScannerTest {
  private static final byte[] ORIGIN = {7, 'e', 'x', 'a', 'm', 'p', 'l', 'e', 3, 'c', 'o', 'm', 0};
  private static final int[] TYPES = {
    Types.A,
    Types.AAAA,
    Types.NS,
    Types.CNAME,
    Types.PTR,
    Types.DNAME,
    Types.MX,
    Types.SRV,
    Types.TXT,
    Types.SOA
  };
  private static final String[] PIECES = {
    "192.0.2.1",
    "0.0.0.0",
    "255.255.255.255",
    "1.2.3",
    "01.2.3.4",
    "1.2.3.256",
    "1.2.3.4.",
    "",
    "2001:db8::1",
    "::",
    "::1",
    "1::",
    "1:2:3:4:5:6:7:8",
    "1:2:3:4:5:6:7::",
    "::2:3:4:5:6:7:8",
    "1::2::3",
    "1:::2",
    "12345::",
    ":1",
    "1:",
    "fe80::1.2.3.4",
    "1:2:3:4:5:6:7:8:9",
    "ABCD::ef",
    "a",
    "@",
    ".",
    "a.b.c.",
    "Www",
    "a..b",
    ".a",
    "x.example.com",
    "*",
    "\\065b",
    "\\.",
    "\\#",
    "0",
    "10",
    "65535",
    "65536",
    "-1",
    "00010",
    "123456",
    "\"a b\"",
    "\"\"",
    "\"a\\\"b\"",
    "a\"b\"",
    "plain",
    "\"" + "x".repeat(255) + "\"",
    "x".repeat(256),
    "y".repeat(63),
    "y".repeat(64)
  };

  @Test
  void givesTheSameOctetsAsDnsjavaOrNone() throws IOException {
    var random = new Random(1035);
    var scanner = new DataScanner();
    int plain = 0;
    for (int round = 0; round < 40_000; round++) {
      int type = TYPES[random.nextInt(TYPES.length)];
      var text = new StringBuilder();
      for (int i = tokens(type, random); i > 0; i--) {
        text.append(PIECES[random.nextInt(PIECES.length)]).append(' ');
      }
      if (random.nextInt(4) == 0 && text.length() > 1) {
        text.setCharAt(random.nextInt(text.length()), (char) (33 + random.nextInt(94)));
      }
      var problems = new Problems();
      problems.source("text");
      var entry = new EntryScanner(new StringReader("n " + text), 0, problems);
      if (text.indexOf(";") >= 0 || !entry.next() || entry.count() < 2) {
        continue;
      }
      int length = scanner.scan(type, entry, 1, ORIGIN);
      if (length < 0) {
        continue;
      }
      plain++;
      byte[] wire;
      try {
        wire = RecordText.parse(type, text.toString(), RecordText.name(ORIGIN));
      } catch (RecordText.BadData e) {
        throw new AssertionError(Type.string(type) + " " + text + " was taken", e);
      }
      assertThat(Arrays.copyOf(scanner.octets, length))
          .as("%s %s", Type.string(type), text)
          .isEqualTo(wire);
    }
    assertThat(plain).isGreaterThan(5000);
  }

  private static int tokens(int type, Random random) {
    if (random.nextInt(10) == 0) {
      return random.nextInt(6);
    }
    return switch (type) {
      case Types.MX -> 2;
      case Types.SRV -> 4;
      case Types.TXT -> 1 + random.nextInt(3);
      default -> 1;
    };
  }
}

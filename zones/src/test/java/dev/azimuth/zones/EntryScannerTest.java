package dev.azimuth.zones;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EntryScannerTest {
  private static final String ALPHABET = "ab (\n);\"\\\t\r.$1é";

  /** Gives a few characters at a time. */
  private static final class Trickle extends Reader {
    private final Reader whole;
    private final Random random;

    Trickle(String text, Random random) {
      this.whole = new StringReader(text);
      this.random = random;
    }

    @Override
    public int read(char[] buffer, int from, int length) throws IOException {
      return whole.read(buffer, from, Math.min(length, 1 + random.nextInt(5)));
    }

    @Override
    public void close() {}
  }

  /** Every token with its place, and every problem. */
  private static List<String> tokens(Reader reader) throws IOException {
    var problems = new Problems();
    problems.source("text");
    var entry = new EntryScanner(reader, 0, problems);
    List<String> tokens = new ArrayList<>();
    while (entry.next()) {
      for (int i = 0; i < entry.count(); i++) {
        tokens.add(entry.token(i) + " " + entry.line(i) + ":" + entry.column(i));
      }
      tokens.add(entry.blankOwner() ? "blank" : "owner");
    }
    problems.inOrder().forEach(p -> tokens.add(p.code() + " " + p.line() + ":" + p.column()));
    return tokens;
  }

  @Test
  void whereTheReaderCutsTheTextDoesNotMatter() throws IOException {
    var random = new Random(53);
    int found = 0;
    for (int round = 0; round < 5000; round++) {
      var text = new StringBuilder();
      for (int i = random.nextInt(80); i > 0; i--) {
        text.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
      }
      List<String> whole = tokens(new StringReader(text.toString()));
      assertThat(tokens(new Trickle(text.toString(), random))).as("%s", text).isEqualTo(whole);
      found += whole.size();
    }
    assertThat(found).isGreaterThan(15_000);
  }

  @Test
  void aPlaceIsRightBehindAnyNumberOfChunks() throws IOException {
    String line = "x".repeat(100) + " ; comment\n";
    List<String> tokens = tokens(new StringReader(line.repeat(1000) + " (\n\n  b"));
    assertThat(tokens).contains("x".repeat(100) + " 1000:1").endsWith("PARENTHESIS 1001:2");
    assertThat(tokens(new StringReader(line.repeat(1000) + " (\n\n  b )")))
        .endsWith("b 1003:3", "blank");
  }

  @Test
  void anEntryEndsAtABound() throws IOException {
    assertThat(tokens(new StringReader("a TXT " + "x".repeat(3 << 20) + "\nb TXT y\n")))
        .containsExactly("b 2:1", "TXT 2:3", "y 2:7", "owner", "ENTRY 1:7");
    assertThat(tokens(new StringReader("a TXT (" + "x\n".repeat(2 << 20) + ")\nb y")))
        .contains("b 2097154:1");
  }

  @Test
  void aByteOrderMarkIsNoText() throws IOException {
    assertThat(tokens(new StringReader("\ufeffa b"))).containsExactly("a 1:1", "b 1:3", "owner");
    assertThat(tokens(new StringReader("\ufeff"))).isEmpty();
  }
}

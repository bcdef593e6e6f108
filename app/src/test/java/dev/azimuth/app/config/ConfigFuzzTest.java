package dev.azimuth.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever the bytes are, loading ends soon, without an exception, and says why it refuses. */
class ConfigFuzzTest {
  private static final List<String> PIECES =
      List.of(
          "@",
          "*",
          "&a",
          "*a",
          "!!str ",
          "[",
          "]",
          "{",
          "}",
          ":",
          ": ",
          ",",
          "- ",
          "|",
          ">",
          "\"",
          "'",
          "\n",
          "\n  ",
          "\t",
          "#",
          "? ",
          "---\n",
          "...\n",
          "%YAML 1.1\n",
          "::",
          "[::]:53",
          "~",
          "null",
          "0",
          "1e999",
          "-1",
          "99999999999",
          "50%",
          "1s",
          "999999999d",
          "\u0000",
          "\u2028",
          "\ufeff",
          "\ud83d\ude00",
          "<<: ",
          "=",
          "include: [ azimuth.yaml ]\n",
          "\\",
          "\\u",
          "a.".repeat(600));

  private static void load(Path folder, byte[] octets) throws IOException {
    Path file = Files.write(folder.resolve("azimuth.yaml"), octets);
    Loaded loaded = ConfigLoader.load(file);
    boolean failed =
        loaded.problems().stream().anyMatch(p -> p.severity() == Problem.Severity.ERROR);
    assertThat(loaded.config() == null).isEqualTo(failed);
    for (Problem problem : loaded.problems()) {
      assertThat(problem.line()).isPositive();
      assertThat(problem.column()).isPositive();
      assertThat(problem.message()).isNotBlank();
    }
    assertThat(loaded.print(true)).isNotNull();
  }

  @FuzzTest
  void anyBytes(byte[] octets) throws IOException {
    Path folder = Files.createTempDirectory("azimuth-fuzz");
    try {
      load(folder, octets);
    } finally {
      Files.deleteIfExists(folder.resolve("azimuth.yaml"));
      Files.delete(folder);
    }
  }

  @Test
  void mutatedFilesNeverThrow(@TempDir Path folder) throws IOException {
    List<byte[]> seeds = new ArrayList<>();
    for (Path file : Corpus.all()) {
      seeds.add(Files.readAllBytes(file));
    }
    Random random = new Random(42);
    long started = System.nanoTime();
    for (int i = 0; i < 4000; i++) {
      byte[] octets = seeds.get(random.nextInt(seeds.size()));
      for (int n = 1 + random.nextInt(4); n > 0; n--) {
        octets = mutate(octets, seeds, random);
      }
      load(folder, octets);
    }
    assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofMinutes(2));
  }

  private static byte[] mutate(byte[] octets, List<byte[]> seeds, Random random) {
    int at = random.nextInt(octets.length + 1);
    int length = random.nextInt(Math.min(20, octets.length - at) + 1);
    return switch (random.nextInt(5)) {
      case 0 -> splice(octets, at, length, new byte[0]);
      case 1 -> {
        byte[] other = seeds.get(random.nextInt(seeds.size()));
        int from = random.nextInt(other.length + 1);
        int size = random.nextInt(Math.min(60, other.length - from) + 1);
        yield splice(octets, at, 0, java.util.Arrays.copyOfRange(other, from, from + size));
      }
      case 2 -> splice(octets, at, length, new byte[] {(byte) random.nextInt(256)});
      default -> {
        String piece = PIECES.get(random.nextInt(PIECES.size()));
        int removed = random.nextBoolean() ? 0 : length;
        yield splice(octets, at, removed, piece.getBytes(StandardCharsets.UTF_8));
      }
    };
  }

  private static byte[] splice(byte[] octets, int at, int removed, byte[] added) {
    byte[] out = new byte[octets.length - removed + added.length];
    System.arraycopy(octets, 0, out, 0, at);
    System.arraycopy(added, 0, out, at, added.length);
    System.arraycopy(octets, at + removed, out, at + added.length, octets.length - at - removed);
    return out;
  }

  @Test
  void hugeShapesEndSoon(@TempDir Path folder) throws IOException {
    List<String> shapes =
        List.of(
            "[".repeat(1 << 20),
            "{a: ".repeat(1 << 18),
            "- ".repeat(1 << 18),
            "a: ".repeat(1 << 18),
            ":".repeat(1 << 20),
            "zones: " + "x".repeat(1 << 22),
            "checks: { web: { http: /, host: " + "a.".repeat(1 << 20) + " } }",
            "checks: { web: { http: /, host: \"" + "a.".repeat(1 << 20) + "\" } }",
            "pools: { p: { backends: { a: " + "1:".repeat(1 << 16) + "\"" + " } } }",
            "zones: " + "x".repeat(1 << 20),
            "zones: { " + "a: x, ".repeat(1 << 17) + " }",
            "zones: [ " + "\ud83d\ude00, ".repeat(1 << 17) + " ]",
            "zones: [ " + "x, ".repeat(1 << 18) + " ]");
    long started = System.nanoTime();
    for (String shape : shapes) {
      load(folder, shape.getBytes(StandardCharsets.UTF_8));
    }
    assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofMinutes(1));
  }
}

package dev.azimuth.zones;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the files of one zone, each octet once: what is parsed is what is digested. Remembers every
 * file that was read, or should have been.
 */
final class ZoneFiles {
  /** The most octets of all files of a zone. */
  static final long LARGEST = 512L << 20;

  private final Map<Path, SourceFile> files = new LinkedHashMap<>();
  private long octets;

  /** What is done with the characters of a file. */
  interface Use {
    void of(Reader reader) throws IOException;
  }

  /** The files of a zone hold more than {@link #LARGEST} octets. */
  static final class TooLarge extends IOException {
    private static final long serialVersionUID = 1;
  }

  /**
   * Opens a file, has it read, and closes it.
   *
   * @throws TooLarge when all files together are
   * @throws java.nio.charset.CharacterCodingException when it is no UTF-8
   */
  void read(Path file, Use use) throws IOException {
    String stamp = SourceFile.stamp(file);
    files.putIfAbsent(file, new SourceFile(file, stamp, ""));
    try (var in = new Digested(RegularFile.open(file))) {
      var decoder =
          StandardCharsets.UTF_8
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .onUnmappableCharacter(CodingErrorAction.REPORT);
      use.of(new InputStreamReader(in, decoder));
      if (in.whole) {
        String digest = HexFormat.of().formatHex(in.sum.digest());
        files.merge(
            file,
            new SourceFile(file, stamp, digest),
            // Read twice with different content: neither is what the file holds.
            (before, now) ->
                before.digest().isEmpty() || before.equals(now)
                    ? now
                    : new SourceFile(file, "", ""));
      }
    }
  }

  /** A file that could not be read: mending it is a change. */
  void missing(Path file) {
    files.putIfAbsent(file, new SourceFile(file, SourceFile.stamp(file), ""));
  }

  /** Every file, in the order in which each was first wanted. */
  List<SourceFile> all() {
    return List.copyOf(new ArrayList<>(files.values()));
  }

  /** Digests and counts what passes. */
  private final class Digested extends FilterInputStream {
    private final MessageDigest sum = SourceFile.sum();
    private boolean whole;

    Digested(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int from, int length) throws IOException {
      int count = super.read(buffer, from, length);
      if (count < 0) {
        whole = true;
        return count;
      }
      octets += count;
      if (octets > LARGEST) {
        throw new TooLarge();
      }
      sum.update(buffer, from, count);
      return count;
    }
  }
}

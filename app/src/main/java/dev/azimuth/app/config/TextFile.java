package dev.azimuth.app.config;

import dev.azimuth.app.host.IoWords;
import dev.azimuth.zones.RegularFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Reads whole text files, up to a size. */
final class TextFile {
  static final int MAX_CONFIGURATION = 16 << 20;

  private static final char BYTE_ORDER_MARK = '\ufeff';

  private TextFile() {}

  /** A file has more octets than allowed. */
  static final class TooLarge extends IOException {
    private static final long serialVersionUID = 1L;

    TooLarge() {
      super("larger than allowed");
    }
  }

  /**
   * The text of a file, without a byte-order mark.
   *
   * @param most octets
   * @throws TooLarge when it has more
   * @throws java.nio.charset.CharacterCodingException when it is no UTF-8
   */
  static String read(Path file, int most) throws IOException {
    return read(RegularFile.open(file), most);
  }

  /** As {@link #read(Path, int)}; takes also what a shell hands to a command. */
  static String readOrHanded(Path file, int most) throws IOException {
    return read(RegularFile.openOrHanded(file), most);
  }

  private static String read(InputStream file, int most) throws IOException {
    try (InputStream in = file) {
      byte[] octets = in.readNBytes(most + 1);
      if (octets.length > most) {
        throw new TooLarge();
      }
      return decode(octets);
    }
  }

  static String decode(byte[] octets) throws java.nio.charset.CharacterCodingException {
    String text =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT)
            .decode(ByteBuffer.wrap(octets))
            .toString();
    return !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK ? text.substring(1) : text;
  }

  /** Why a file cannot be read, in words for an operator. */
  static String reason(IOException e) {
    return IoWords.of(e);
  }
}

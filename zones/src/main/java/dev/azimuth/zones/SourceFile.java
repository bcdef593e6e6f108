package dev.azimuth.zones;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A file that zone data was read from, as it was read: so that a later look can tell whether it has
 * changed since.
 *
 * @param stamp what the file system said of it before its first octet was read
 * @param digest of the octets that were read; empty when the file could not be read whole
 */
public record SourceFile(Path path, String stamp, String digest) {

  /** Whether the file still holds what was read. Reads it only when the file system is unsure. */
  public boolean unchanged() {
    if (stamp(path).equals(stamp)) {
      return true;
    }
    if (digest.isEmpty()) {
      return false;
    }
    MessageDigest sum = sum();
    try (InputStream in = new DigestInputStream(RegularFile.open(path), sum)) {
      in.transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      return false;
    }
    return HexFormat.of().formatHex(sum.digest()).equals(digest);
  }

  /** What the file system says of a file: equal for a file that nobody has written to. */
  public static String stamp(Path path) {
    try {
      BasicFileAttributes stat = Files.readAttributes(path, BasicFileAttributes.class);
      return stat.fileKey() + " " + stat.size() + " " + stat.lastModifiedTime();
    } catch (IOException e) {
      return "missing";
    }
  }

  static MessageDigest sum() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}

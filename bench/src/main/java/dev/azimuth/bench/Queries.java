package dev.azimuth.bench;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.xbill.DNS.Type;

/** The queries of a run as packets, from lines that dnsperf reads too: {@code NAME TYPE}. */
final class Queries {
  private static final int RECURSION_DESIRED = 1;

  /** An OPT record that offers 1,232 octets and has no options. */
  private static final byte[] OPT = {0, 0, 41, 0x04, (byte) 0xD0, 0, 0, 0, 0, 0, 0};

  private Queries() {}

  /**
   * @param lines empty ones and those that begin with {@code #} are passed over
   * @param edns whether each has an OPT record
   * @throws IllegalArgumentException when a line is not a name and a type, or there is none
   */
  static List<byte[]> of(List<String> lines, boolean edns) {
    var packets = new ArrayList<byte[]>();
    for (String line : lines) {
      if (!line.isBlank() && !line.startsWith("#")) {
        String[] words = line.strip().split("\\s+", -1);
        int type = words.length == 2 ? Type.value(words[1]) : -1;
        if (type < 0) {
          throw new IllegalArgumentException("not NAME TYPE: " + line);
        }
        packets.add(packet(words[0], type, edns));
      }
    }
    if (packets.isEmpty()) {
      throw new IllegalArgumentException("no names");
    }
    return packets;
  }

  static List<byte[]> read(Path file, boolean edns) throws IOException {
    return of(Files.readAllLines(file), edns);
  }

  /** A query with the ID 0. */
  private static byte[] packet(String name, int type, boolean edns) {
    var packet = new ByteArrayOutputStream();
    byte additional = (byte) (edns ? 1 : 0);
    packet.writeBytes(new byte[] {0, 0, RECURSION_DESIRED, 0, 0, 1, 0, 0, 0, 0, 0, additional});
    for (String label : name.split("\\.", 0)) {
      packet.write(label.length());
      packet.writeBytes(label.getBytes(StandardCharsets.US_ASCII));
    }
    packet.writeBytes(new byte[] {0, (byte) (type >> 8), (byte) type, 0, 1});
    if (edns) {
      packet.writeBytes(OPT);
    }
    return packet.toByteArray();
  }
}

package dev.azimuth.bench;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.xbill.DNS.Type;

/**
 * The queries of a run as packets, from lines that dnsperf reads too: {@code NAME TYPE}. A third
 * word, which it does not know, is a client subnet: {@code 198.51.100.0/24}.
 */
final class Queries {
  private static final int RECURSION_DESIRED = 1;

  /** An OPT record that offers 1,232 octets and has no options. */
  private static final byte[] OPT = {0, 0, 41, 0x04, (byte) 0xD0, 0, 0, 0, 0, 0, 0};

  private static final int CLIENT_SUBNET = 8;

  private Queries() {}

  /**
   * @param lines empty ones and those that begin with {@code #} are passed over
   * @param edns whether each has an OPT record, as those with a subnet have anyway
   * @throws IllegalArgumentException when a line is not as above, or there is none
   */
  static List<byte[]> of(List<String> lines, boolean edns) {
    var packets = new ArrayList<byte[]>();
    for (String line : lines) {
      if (!line.isBlank() && !line.startsWith("#")) {
        String[] words = line.strip().split("\\s+", -1);
        int type = words.length == 2 || words.length == 3 ? Type.value(words[1]) : -1;
        if (type < 0) {
          throw new IllegalArgumentException("not NAME TYPE: " + line);
        }
        byte[] opt = words.length == 3 ? withSubnet(words[2]) : edns ? OPT : new byte[0];
        packets.add(packet(words[0], type, opt));
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
  private static byte[] packet(String name, int type, byte[] opt) {
    var packet = new ByteArrayOutputStream();
    byte additional = (byte) (opt.length > 0 ? 1 : 0);
    packet.writeBytes(new byte[] {0, 0, RECURSION_DESIRED, 0, 0, 1, 0, 0, 0, 0, 0, additional});
    for (String label : name.split("\\.", 0)) {
      packet.write(label.length());
      packet.writeBytes(label.getBytes(StandardCharsets.US_ASCII));
    }
    packet.writeBytes(new byte[] {0, (byte) (type >> 8), (byte) type, 0, 1});
    packet.writeBytes(opt);
    return packet.toByteArray();
  }

  /** The OPT record with a client subnet (RFC 7871 section 6). */
  private static byte[] withSubnet(String subnet) {
    int slash = subnet.indexOf('/');
    int length = Integer.parseInt(subnet.substring(slash + 1));
    byte[] address = InetAddress.ofLiteral(subnet.substring(0, slash)).getAddress();
    int octets = (length + 7) / 8;
    ByteBuffer opt = ByteBuffer.allocate(OPT.length + 8 + octets).put(OPT);
    opt.putShort(OPT.length - 2, (short) (8 + octets));
    opt.putShort((short) CLIENT_SUBNET).putShort((short) (4 + octets));
    opt.putShort((short) (address.length == 4 ? 1 : 2)).put((byte) length).put((byte) 0);
    return opt.put(address, 0, octets).array();
  }
}

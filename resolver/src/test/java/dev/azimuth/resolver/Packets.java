package dev.azimuth.resolver;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.xbill.DNS.Type;

/** Hand-packs queries, well-formed and not. */
final class Packets {
  private int flags = 0x0100;
  private final int[] counts = new int[4];
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();

  static Packets of() {
    return new Packets();
  }

  static byte[] query(String name, int type) {
    return of().question(name, type, 1).bytes();
  }

  static byte[] query(String name, String type) {
    return query(name, Type.value(type));
  }

  static byte[] edns(String name, String type, int payload) {
    return of().question(name, Type.value(type), 1).opt(payload, 0, "").bytes();
  }

  static byte[] subnet(String name, String type, String option) {
    return of().question(name, Type.value(type), 1).opt(1232, 0, option(8, option)).bytes();
  }

  Packets flags(int value) {
    flags = value;
    return this;
  }

  Packets counts(int qd, int an, int ns, int ar) {
    counts[0] = qd;
    counts[1] = an;
    counts[2] = ns;
    counts[3] = ar;
    return this;
  }

  Packets question(String name, int type, int qclass) {
    counts[0]++;
    body.writeBytes(octets(name));
    return u16(type).u16(qclass);
  }

  /** An OPT record with the root as its owner; the TTL's upper octets are rcode and version. */
  Packets opt(int payload, int ttl, String data) {
    return record(3, "", 41, payload, ttl, data);
  }

  Packets record(int section, String owner, int type, int rclass, int ttl, String data) {
    counts[section]++;
    body.writeBytes(octets(owner));
    u16(type).u16(rclass).u16(ttl >>> 16).u16(ttl);
    byte[] octets = hex(data);
    u16(octets.length);
    body.writeBytes(octets);
    return this;
  }

  Packets raw(String octets) {
    body.writeBytes(hex(octets));
    return this;
  }

  byte[] bytes() {
    var packet = new ByteArrayOutputStream();
    var head = new int[] {0xBEEF, flags, counts[0], counts[1], counts[2], counts[3]};
    for (int value : head) {
      packet.write(value >> 8);
      packet.write(value);
    }
    packet.writeBytes(body.toByteArray());
    return packet.toByteArray();
  }

  static String option(int code, String data) {
    return "%04x%04x%s".formatted(code, hex(data).length, data);
  }

  static byte[] hex(String octets) {
    return HexFormat.of().parseHex(octets.replace(" ", ""));
  }

  static byte[] octets(String name) {
    var octets = new ByteArrayOutputStream();
    for (String label : name.split("\\.", -1)) {
      if (!label.isEmpty()) {
        octets.write(label.length());
        octets.writeBytes(label.getBytes(StandardCharsets.ISO_8859_1));
      }
    }
    octets.write(0);
    return octets.toByteArray();
  }

  private Packets u16(int value) {
    body.write(value >> 8);
    body.write(value);
    return this;
  }
}

package dev.azimuth.resolver;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.xbill.DNS.Rcode;

class SweepTest {
  private final Asking asking = new Asking(Sample.picture());

  private int rcode(byte[] packet) {
    System.arraycopy(packet, 0, asking.in, 0, packet.length);
    int length =
        asking.responder.respond(
            asking.in, packet.length, asking.client, asking.picture, asking.out);
    return length < 12 ? -1 : asking.out[3] & 0x0F;
  }

  /** Says what is wrong only then: half a million descriptions take longer than the answers. */
  private static void check(String what, int value, int actual, int expected) {
    if (actual != expected) {
      assertThat(actual).as("%s %d", what, value).isEqualTo(expected);
    }
  }

  @Test
  void everyTypeHasItsRcodeAtEveryKindOfName() {
    String[] names = {
      "www.example.com",
      "static.example.com",
      "alias.example.com",
      "a.tree.example.com",
      "example.com",
      "web.example.com",
      "x.webs.example.com",
      "towebgeo.example.com",
      "targets.example.com",
      "x.wild.example.com",
      "host.cut.example.com",
      "ent.example.com"
    };
    for (String name : names) {
      for (int type = 0; type < 0x10000; type++) {
        int expected =
            switch (type) {
              case 41, 128, 250 -> Rcode.FORMERR;
              case 249, 253, 254 -> Rcode.NOTIMP;
              case 251 -> name.equals("example.com") ? Rcode.REFUSED : Rcode.NOTAUTH;
              case 252 -> Rcode.NOTIMP;
              default -> Rcode.NOERROR;
            };
        check("type", type, rcode(Packets.query(name, type)), expected);
        check("type", type, asking.responder.type(), type);
      }
    }
  }

  /** A name error keeps its rcode, whatever is asked for. */
  @Test
  void everyTypeOfANameThatIsNotThereIsANameError() {
    for (int type = 0; type < 0x10000; type++) {
      int expected =
          switch (type) {
            case 41, 128, 250 -> Rcode.FORMERR;
            case 249, 253, 254 -> Rcode.NOTIMP;
            case 251 -> Rcode.NOTAUTH;
            case 252 -> Rcode.NOTIMP;
            default -> Rcode.NXDOMAIN;
          };
      check("type", type, rcode(Packets.query("none.example.com", type)), expected);
    }
  }

  @Test
  void everyClassButInAndAnyIsRefused() {
    for (int qclass = 0; qclass < 0x10000; qclass++) {
      int expected = qclass == 1 || qclass == 255 ? Rcode.NOERROR : Rcode.REFUSED;
      byte[] packet = Packets.of().question("www.example.com", 1, qclass).bytes();
      check("class", qclass, rcode(packet), expected);
    }
  }

  @Test
  void everyCombinationOfFlagsAndOpcodeHasItsRcode() {
    for (int flags = 0; flags < 0x10000; flags++) {
      byte[] packet = Packets.of().flags(flags).question("www.example.com", 1, 1).bytes();
      if (flags >= 0x8000) {
        check("flags", flags, rcode(packet), -1);
        continue;
      }
      int opcode = flags >> 11;
      int expected = opcode == 0 ? Rcode.NOERROR : opcode == 4 ? Rcode.REFUSED : Rcode.NOTIMP;
      check("flags", flags, rcode(packet), expected);
    }
  }

  @Test
  void everyOptionCodeAndEdnsVersionHasItsRcode() {
    for (int code = 0; code < 0x10000; code++) {
      String option = Packets.option(code, "0001");
      int expected = code == 8 || code == 10 ? Rcode.FORMERR : Rcode.NOERROR;
      byte[] packet = Packets.of().question("www.example.com", 1, 1).opt(1232, 0, option).bytes();
      check("option", code, rcode(packet), expected);
    }
    for (int version = 0; version < 256; version++) {
      byte[] packet =
          Packets.of().question("www.example.com", 1, 1).opt(1232, version << 16, "").bytes();
      System.arraycopy(packet, 0, asking.in, 0, packet.length);
      asking.responder.respond(asking.in, packet.length, asking.client, asking.picture, asking.out);
      assertThat(asking.responder.rcode()).isEqualTo(version == 0 ? 0 : Rcode.BADVERS);
    }
  }
}

package dev.azimuth.e2e;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Name;
import org.xbill.DNS.Section;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/**
 * A query that clients of flesh and blood hardly send, octet by octet.
 *
 * @param about what is odd, the name of the case
 * @param octets of the packet, hexadecimal
 */
record OddQuery(String about, String octets) {
  private static final int ID = 0x4711;
  private static final int OPT = 41;
  private static final int TSIG = 250;

  byte[] packet() {
    return HexFormat.of().parseHex(octets);
  }

  /** A record whose data are hexadecimal. */
  private record Extra(int section, String owner, int type, int dclass, int ttl, String data) {}

  /** A query for the address of a name, as it grows. */
  private static final class Draft {
    private final String name;
    private int flags;
    private int questions = 1;
    private int type = Type.A;
    private int dclass = DClass.IN;
    private String tail = "";
    private final List<Extra> extras = new ArrayList<>();

    Draft(String name) {
      this.name = name;
    }

    Draft flags(int more) {
      flags |= more;
      return this;
    }

    Draft opcode(int opcode) {
      return flags(opcode << 11);
    }

    Draft questions(int count) {
      questions = count;
      return this;
    }

    Draft type(int asked) {
      type = asked;
      return this;
    }

    Draft dclass(int asked) {
      dclass = asked;
      return this;
    }

    Draft opt(String options) {
      return opt(0, options);
    }

    Draft opt(int version, String options) {
      extras.add(new Extra(Section.ADDITIONAL, ".", OPT, 1232, version << 16, options));
      return this;
    }

    Draft opt(int section) {
      extras.add(new Extra(section, ".", OPT, 1232, 0, ""));
      return this;
    }

    Draft signed(int section) {
      extras.add(new Extra(section, "key.", TSIG, 255, 0, SIGNED));
      return this;
    }

    Draft tsig(int dclass, int ttl, String data) {
      extras.add(new Extra(Section.ADDITIONAL, "key.", TSIG, dclass, ttl, data));
      return this;
    }

    Draft address(int section, String owner) {
      extras.add(new Extra(section, owner, Type.A, DClass.IN, 60, "c0000209"));
      return this;
    }

    Draft tail(String octets) {
      tail = octets;
      return this;
    }

    OddQuery called(String about) {
      var out = new ByteArrayOutputStream();
      put16(out, ID);
      put16(out, flags);
      put16(out, questions);
      for (int section = Section.ANSWER; section <= Section.ADDITIONAL; section++) {
        int its = section;
        put16(out, (int) extras.stream().filter(extra -> extra.section == its).count());
      }
      for (int i = 0; i < questions; i++) {
        put(out, name(name));
        put16(out, type);
        put16(out, dclass);
      }
      for (int section = Section.ANSWER; section <= Section.ADDITIONAL; section++) {
        for (Extra extra : extras) {
          if (extra.section == section) {
            put(out, extra);
          }
        }
      }
      put(out, HexFormat.of().parseHex(tail));
      return new OddQuery(about, HexFormat.of().formatHex(out.toByteArray()));
    }

    private static void put(ByteArrayOutputStream out, Extra extra) {
      byte[] data = HexFormat.of().parseHex(extra.data);
      put(out, name(extra.owner));
      put16(out, extra.type);
      put16(out, extra.dclass);
      put16(out, extra.ttl >>> 16);
      put16(out, extra.ttl & 0xFFFF);
      put16(out, data.length);
      put(out, data);
    }

    private static byte[] name(String text) {
      try {
        return Name.fromString(text).toWire();
      } catch (TextParseException e) {
        throw new IllegalArgumentException(text, e);
      }
    }

    private static void put16(ByteArrayOutputStream out, int value) {
      out.write(value >> 8);
      out.write(value);
    }

    private static void put(ByteArrayOutputStream out, byte[] octets) {
      try {
        out.write(octets);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static String option(int code, String data) {
    return "%04x%04x%s".formatted(code, data.length() / 2, data);
  }

  /** The data of a signature by a key that nobody has: HMAC-SHA256, 32 octets of nothing. */
  private static final String SIGNED =
      HexFormat.of().formatHex(Draft.name("hmac-sha256."))
          + "00006920d000"
          + "012c"
          + "0020"
          + "00".repeat(32)
          + "4711"
          + "0000"
          + "0000";

  /**
   * @param there a name with one address
   * @param missing a name that there is not
   * @param origin the zone's
   */
  static List<OddQuery> all(String there, String missing, String origin) {
    List<OddQuery> all = new ArrayList<>();
    for (String name : List.of(there, missing)) {
      String at = name.equals(there) ? "" : ", no such name";
      for (int dclass : new int[] {0, 2, 3, 4, 254, 255, 4711}) {
        all.add(new Draft(name).dclass(dclass).called("class " + dclass + at));
      }
      all.add(new Draft(name).dclass(255).type(Type.ANY).called("class and type ANY" + at));
      for (int type : new int[] {0, OPT, 128, 249, TSIG, 253, 254, 65535}) {
        all.add(new Draft(name).type(type).called("type " + type + at));
      }
    }
    for (int opcode = 1; opcode < 16; opcode++) {
      all.add(new Draft(there).opcode(opcode).called("opcode " + opcode));
      all.add(new Draft(there).opcode(opcode).opt("").called("opcode " + opcode + " with OPT"));
    }
    for (int type : new int[] {Type.AXFR, Type.IXFR}) {
      all.add(new Draft(origin).type(type).called("type " + type + " of a zone"));
      all.add(new Draft(there).type(type).called("type " + type + " of a name"));
      all.add(new Draft("elsewhere.test.").type(type).called("type " + type + " elsewhere"));
    }
    for (int flag : new int[] {0x0400, 0x0200, 0x0080, 0x0040, 0x0020, 0x0010, 0x0005}) {
      all.add(new Draft(there).flags(flag).called("flag %04x".formatted(flag)));
    }
    all.add(new Draft(there).flags(0x8000).called("a response"));
    all.add(new Draft(there).questions(0).called("no question"));
    all.add(new Draft(there).questions(0).opt("").called("no question but OPT"));
    all.add(new Draft(there).questions(2).called("two questions"));
    all.add(new Draft(there).tail("00").called("an octet behind"));
    for (int section = Section.ANSWER; section <= Section.ADDITIONAL; section++) {
      String where = " in " + Section.string(section);
      all.add(new Draft(there).address(section, ".").called("a record" + where));
      all.add(new Draft(there).address(section, ".").opt("").called("a record before OPT" + where));
      all.add(
          new Draft(missing).address(section, ".").called("a record" + where + ", no such name"));
    }
    all.add(
        new Draft(there).opt("").address(Section.ADDITIONAL, ".").called("a record behind OPT"));
    all.add(new Draft(there).opt("").opt("").called("two OPT"));
    for (int section : new int[] {Section.ANSWER, Section.AUTHORITY}) {
      all.add(new Draft(there).opt(section).called("OPT in " + Section.string(section)));
      all.add(new Draft(there).signed(section).called("signed in " + Section.string(section)));
    }
    all.add(new Draft(there).opt(option(10, "01020304050607")).called("a cookie of 7 octets"));
    all.add(new Draft(there).opt(1, "").called("EDNS 1"));
    all.add(new Draft(there).opt(255, "0001").called("EDNS 255 with a broken option"));
    all.add(new Draft(there).opt("0001").called("a broken option"));
    all.add(new Draft(there).opt("00030001").called("an option that is too short"));
    all.add(new Draft(there).opt(option(65001, "00")).called("an unknown option"));
    all.add(new Draft(there).opt(option(3, "")).called("NSID"));
    all.add(new Draft(there).opt(option(11, "")).called("keepalive"));
    all.add(new Draft(there).opt(option(11, "0064")).called("keepalive with a time"));
    all.add(new Draft(there).opt(option(12, "0000")).called("padding"));
    all.add(new Draft(there).opt(option(8, "00011800c00002")).called("a client subnet"));
    all.add(new Draft(there).opt(option(8, "00011808c00002")).called("a client subnet with scope"));
    all.add(new Draft(there).opt(option(8, "00012100c0000200")).called("a client subnet of 33"));
    all.add(new Draft(there).opt(option(8, "000118")).called("a short client subnet"));
    all.add(
        new Draft(there).opt(option(8, "00031800c00002")).called("a client subnet of family 3"));
    all.add(new Draft(there).tsig(255, 0, SIGNED).called("signed by nobody"));
    all.add(new Draft(there).tsig(255, 0, "00").called("signed, broken"));
    all.add(new Draft(there).tsig(1, 0, SIGNED).called("signed, class IN"));
    all.add(new Draft(there).tsig(255, 1, SIGNED).called("signed, TTL 1"));
    all.add(new Draft(there).tsig(255, 0, SIGNED).opt("").called("signed, not at the end"));
    all.add(new Draft(there).opt("").tsig(255, 0, SIGNED).called("signed, with OPT"));
    all.add(new Draft(there).tsig(255, 0, SIGNED).tsig(255, 0, SIGNED).called("signed twice"));
    return all;
  }
}

package dev.azimuth.health;

import dev.azimuth.health.ProbeResult.Code;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One DNS question (RFC 1035, section 4) and the finding on its answer. Recursion is wished for,
 * and answers may have {@link #MOST_OVER_UDP} octets (RFC 6891).
 */
final class DnsQuestion implements Exchange {
  private static final int MOST_OVER_UDP = 1232;
  private static final int HEADER = 12;
  private static final int CLASS_IN = 1;
  private static final int TYPE_OPT = 41;

  private static final List<String> RCODES =
      List.of("NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED");

  private final Check.Dns check;
  private final byte[] wire;
  private final int questionEnd;

  DnsQuestion(Check.Dns check, RandomGenerator random) {
    this.check = check;
    ByteArrayOutputStream out = new ByteArrayOutputStream(64);
    put16(out, random.nextInt(1 << 16));
    put16(out, 0x0100); // RD
    put16(out, 1); // one question
    put16(out, 0);
    put16(out, 0);
    put16(out, 1); // OPT
    name(out, check.name());
    put16(out, check.type());
    put16(out, CLASS_IN);
    questionEnd = out.size();
    out.write(0); // the root owns OPT
    put16(out, TYPE_OPT);
    put16(out, MOST_OVER_UDP);
    put16(out, 0);
    put16(out, 0);
    put16(out, 0);
    wire = out.toByteArray();
  }

  /** The same over a connection: each message behind its length (RFC 1035, section 4.2.2). */
  static Exchange framed(Check.Dns check, RandomGenerator random) {
    return new Framed(new DnsQuestion(check, random));
  }

  private static void put16(ByteArrayOutputStream out, int value) {
    out.write(value >> 8);
    out.write(value);
  }

  private static void name(ByteArrayOutputStream out, String name) {
    if (!name.equals(".")) {
      for (String label : name.split("\\.", -1)) {
        byte[] octets = label.getBytes(StandardCharsets.US_ASCII);
        out.write(octets.length);
        out.writeBytes(octets);
      }
    }
    out.write(0);
  }

  /** The name of a response code, or its number. */
  static String rcode(int rcode) {
    return rcode < RCODES.size() ? RCODES.get(rcode) : "RCODE" + rcode;
  }

  @Override
  public byte[] question() {
    return wire;
  }

  @Override
  public @Nullable Finding judge(byte[] octets, int length, boolean whole) {
    if (!answers(octets, length)) {
      return null;
    }
    int rcode = octets[3] & 0xf;
    if (rcode != check.rcode()) {
      return Finding.of(Code.L7STS, rcode(rcode));
    }
    if (rcode != 0) {
      return Finding.of(Code.L7OK, rcode(rcode));
    }
    List<String> data = new ArrayList<>();
    if (!DnsData.read(octets, length, questionEnd, check.type(), data)) {
      return Finding.of(Code.L7RSP, "not a DNS answer");
    }
    return judge(data, (octets[2] & 0x02) != 0);
  }

  /** Whether this is a response to the question, and to no other. */
  private boolean answers(byte[] octets, int length) {
    if (length < questionEnd || octets[0] != wire[0] || octets[1] != wire[1]) {
      return false;
    }
    boolean response = (octets[2] & 0xf8) == 0x80; // QR, and the opcode of a query
    boolean oneQuestion = octets[4] == 0 && octets[5] == 1;
    return response && oneQuestion && sameQuestion(octets);
  }

  /** Servers may change the case of letters (RFC 4343). */
  private boolean sameQuestion(byte[] octets) {
    for (int i = HEADER; i < questionEnd; i++) {
      if (lower(octets[i]) != lower(wire[i])) {
        return false;
      }
    }
    return true;
  }

  private static int lower(byte octet) {
    return octet >= 'A' && octet <= 'Z' ? octet + ('a' - 'A') : octet;
  }

  private Finding judge(List<String> data, boolean cut) {
    for (String wanted : check.expect()) {
      if (!data.contains(DnsData.canonical(wanted, check.type()))) {
        String why = cut ? "answer is cut off" : "answer without " + wanted;
        return Finding.of(Code.L7RSP, Details.printable(why));
      }
    }
    if (data.isEmpty()) {
      return Finding.of(Code.L7RSP, cut ? "answer is cut off" : "answer without data of the type");
    }
    String some = String.join(" ", data);
    return Finding.of(Code.L7OK, Details.printable(some.toLowerCase(Locale.ROOT)));
  }

  /**
   * @param of one message
   */
  private record Framed(DnsQuestion of) implements Exchange {
    @Override
    public byte[] question() {
      byte[] framed = new byte[of.wire.length + 2];
      framed[0] = (byte) (of.wire.length >> 8);
      framed[1] = (byte) of.wire.length;
      System.arraycopy(of.wire, 0, framed, 2, of.wire.length);
      return framed;
    }

    @Override
    public @Nullable Finding judge(byte[] octets, int length, boolean whole) {
      int message = length < 2 ? OctetTalk.MOST : ((octets[0] & 0xff) << 8) | (octets[1] & 0xff);
      if (length < 2 + message) {
        return whole ? Finding.of(Code.L7RSP, "not a whole DNS answer") : null;
      }
      Finding finding = of.judge(Arrays.copyOfRange(octets, 2, 2 + message), message, true);
      return finding == null ? Finding.of(Code.L7RSP, "an answer to another question") : finding;
    }
  }
}

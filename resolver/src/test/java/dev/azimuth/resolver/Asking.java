package dev.azimuth.resolver;

import dev.azimuth.steering.Turns;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.Message;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;

/** Asks a responder as a socket would, with whatever lay in the buffers before. */
final class Asking {
  static final int SILENCE = 0;

  final Turns turns = new Turns(1);
  final Responder responder;
  final Client client = new Client();
  final byte[] in = new byte[ResponseWriter.STREAM];
  final byte[] out = new byte[ResponseWriter.STREAM];
  private final Random random = new Random(4);
  Picture picture;

  Asking(Picture picture) {
    this(picture, null);
  }

  Asking(Picture picture, @Nullable RateLimiter limiter) {
    this.picture = picture;
    responder = new Responder(turns, limiter);
    client.v4 = true;
    client.low = 0xC000_0264L; // 192.0.2.100
    client.now = Sample.NOW;
  }

  Asking overTcp() {
    client.stream = true;
    return this;
  }

  /** The reply's octets; empty for silence. */
  byte[] raw(byte[] packet) {
    random.nextBytes(in);
    random.nextBytes(out);
    System.arraycopy(packet, 0, in, 0, packet.length);
    int length = responder.respond(in, packet.length, client, picture, out);
    return Arrays.copyOf(out, length);
  }

  Message ask(byte[] packet) {
    byte[] reply = raw(packet);
    if (reply.length == SILENCE) {
      throw new AssertionError("silence");
    }
    try {
      return new Message(reply);
    } catch (IOException e) {
      throw new AssertionError("not a message", e);
    }
  }

  Message ask(String name, String type) {
    return ask(Packets.query(name, type));
  }

  static List<String> answers(Message reply) {
    return records(reply, Section.ANSWER);
  }

  static List<String> authority(Message reply) {
    return records(reply, Section.AUTHORITY);
  }

  static List<String> additional(Message reply) {
    return records(reply, Section.ADDITIONAL);
  }

  /** The EDNS options by code, their data in hexadecimal. */
  static Map<Integer, String> options(Message reply) {
    Map<Integer, String> options = new LinkedHashMap<>();
    for (EDNSOption option : reply.getOPT().getOptions()) {
      byte[] octets = option.toWire();
      String data = HexFormat.of().formatHex(octets, 4, octets.length);
      if (options.put(option.getCode(), data) != null) {
        throw new AssertionError("two options " + option.getCode());
      }
    }
    return options;
  }

  /** Each record as one line: owner, TTL, type and data. */
  private static List<String> records(Message reply, int section) {
    return reply.getSection(section).stream().map(Asking::line).toList();
  }

  private static String line(Record each) {
    String type = org.xbill.DNS.Type.string(each.getType());
    return "%s %d %s %s".formatted(each.getName(), each.getTTL(), type, each.rdataToString());
  }
}

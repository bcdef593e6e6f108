package dev.azimuth.balancer;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;

/** What TLS clients say first. */
final class Hellos {
  static final String SERVER_NAME = "0000";
  static final String PROTOCOLS = "0010";

  private Hellos() {}

  /** One that was captured. */
  static byte[] captured(String name) {
    try (var in = Hellos.class.getResourceAsStream("hellos/" + name + ".hex")) {
      if (in == null) {
        throw new IllegalArgumentException(name);
      }
      String hex = new String(in.readAllBytes(), StandardCharsets.US_ASCII).replace("\n", "");
      return HexFormat.of().parseHex(hex);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What this JDK says. */
  static byte[] jdk(String server, List<String> protocols) throws Exception {
    SSLEngine engine = SSLContext.getDefault().createSSLEngine();
    engine.setUseClientMode(true);
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setServerNames(List.of(new SNIHostName(server)));
    parameters.setApplicationProtocols(protocols.toArray(String[]::new));
    engine.setSSLParameters(parameters);
    ByteBuffer out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
    engine.wrap(ByteBuffer.allocate(0), out);
    byte[] octets = new byte[out.flip().remaining()];
    out.get(octets);
    return octets;
  }

  /** A record with a ClientHello of these extensions, each made by {@link #extension}. */
  static byte[] hello(String... extensions) {
    return records(message(extensions), 16_384);
  }

  static byte[] message(String... extensions) {
    String body =
        "0303" + "11".repeat(32) + vector(1, "22".repeat(32)) + vector(2, "1a1a1301") + "0100";
    return hex("01" + vector(3, body + vector(2, String.join("", extensions))));
  }

  static String extension(String type, String data) {
    return type + vector(2, data);
  }

  static String serverName(String name) {
    return extension(SERVER_NAME, vector(2, "00" + vector(2, text(name))));
  }

  static String protocols(String... names) {
    var list = new StringBuilder();
    for (String name : names) {
      list.append(vector(1, text(name)));
    }
    return extension(PROTOCOLS, vector(2, list.toString()));
  }

  static String text(String text) {
    return HexFormat.of().formatHex(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Data after their length in so many octets. */
  static String vector(int width, String data) {
    return ("%0" + 2 * width + "x").formatted(data.length() / 2) + data;
  }

  /** A message in records of at most so many octets. */
  static byte[] records(byte[] message, int most) {
    var out = new ByteArrayOutputStream();
    for (int from = 0; from < message.length; from += most) {
      int length = Math.min(most, message.length - from);
      out.writeBytes(new byte[] {22, 3, 1, (byte) (length >> 8), (byte) length});
      out.write(message, from, length);
    }
    return out.toByteArray();
  }

  static byte[] hex(String hex) {
    return HexFormat.of().parseHex(hex.replace(" ", ""));
  }
}

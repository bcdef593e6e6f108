package dev.azimuth.balancer;

import dev.azimuth.steering.Addresses;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/**
 * Writes the header by which a backend learns who its client is: versions 1 and 2 of the PROXY
 * protocol (HAProxy's {@code doc/proxy-protocol.txt}), without what may follow the addresses.
 */
final class ProxyWriter {
  private static final byte[] SIGNATURE = ProxyReader.SIGNATURE.getBytes(StandardCharsets.US_ASCII);
  private static final int PROXY = 0x21;
  private static final int STREAM_V4 = 0x11;
  private static final int STREAM_V6 = 0x21;

  private ProxyWriter() {}

  /** Writes the header of a version; of {@code NONE} nothing. */
  static void write(Settings.ProxyHeader version, ProxyEnds ends, ByteBuf out) {
    switch (version) {
      case NONE -> {}
      case V1 -> first(ends, out);
      case V2 -> second(ends, out);
    }
  }

  private static void first(ProxyEnds ends, ByteBuf out) {
    String line =
        String.join(
            " ",
            "PROXY",
            ends.v4() ? "TCP4" : "TCP6",
            text(ends.client(), ends.v4()),
            text(ends.server(), ends.v4()),
            String.valueOf(ends.client().getPort()),
            String.valueOf(ends.server().getPort()));
    ByteBufUtil.writeAscii(out, line);
    ByteBufUtil.writeAscii(out, "\r\n");
  }

  private static String text(InetSocketAddress end, boolean v4) {
    InetAddress address = end.getAddress();
    String text = Addresses.text(address);
    return address instanceof Inet4Address && !v4 ? "::ffff:" + text : text;
  }

  private static void second(ProxyEnds ends, ByteBuf out) {
    boolean v4 = ends.v4();
    out.writeBytes(SIGNATURE);
    out.writeByte(PROXY);
    out.writeByte(v4 ? STREAM_V4 : STREAM_V6);
    out.writeShort(2 * (v4 ? 4 : 16) + 2 * Short.BYTES);
    octets(ends.client(), v4, out);
    octets(ends.server(), v4, out);
    out.writeShort(ends.client().getPort());
    out.writeShort(ends.server().getPort());
  }

  /** Where IPv4 has to be IPv6, in its mapped form (RFC 4291 section 2.5.5.2). */
  private static void octets(InetSocketAddress end, boolean v4, ByteBuf out) {
    byte[] octets = end.getAddress().getAddress();
    if (octets.length == 4 && !v4) {
      out.writeZero(10);
      out.writeShort(0xffff);
    }
    out.writeBytes(octets);
  }
}

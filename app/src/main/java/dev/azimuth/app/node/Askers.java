package dev.azimuth.app.node;

import dev.azimuth.app.node.Node.Refused;
import dev.azimuth.steering.Asker;
import dev.azimuth.steering.Cidr;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** From the text of addresses and prefixes to who asks. */
public final class Askers {
  private static final Pattern DOTTED = Pattern.compile("\\d+\\.\\d+\\.\\d+\\.\\d+");

  private Askers() {}

  /**
   * @param source the address that a query comes from
   * @param subnet the client subnet that it carries, an address or a prefix; null for none
   * @throws Refused when one of them is malformed
   */
  public static Asker of(String source, @Nullable String subnet) throws Refused {
    Asker asker = new Asker();
    source(asker, source);
    if (subnet != null) {
      subnet(asker, subnet);
    }
    return asker;
  }

  /**
   * An address or a prefix, whose bits behind its length do not matter.
   *
   * @throws Refused when it is malformed
   */
  public static Cidr prefix(String text) throws Refused {
    Asker asker = new Asker();
    subnet(asker, text);
    return new Cidr(asker.subnetV4, asker.subnetHigh, asker.subnetLow, asker.subnetLength);
  }

  private static void source(Asker asker, String text) throws Refused {
    InetAddress address = address(text);
    asker.sourceV4 = address instanceof Inet4Address;
    asker.sourceHigh = high(address);
    asker.sourceLow = low(address);
  }

  private static void subnet(Asker asker, String text) throws Refused {
    int slash = text.indexOf('/');
    InetAddress address = address(slash < 0 ? text : text.substring(0, slash));
    int bits = address instanceof Inet4Address ? 32 : 128;
    int length = bits;
    if (slash >= 0) {
      try {
        length = Integer.parseInt(text.substring(slash + 1));
      } catch (NumberFormatException e) {
        length = -1;
      }
    }
    if (length < 0 || length > bits) {
      throw new Refused(
          "\"" + text + "\" is not a client subnet: write it as 192.0.2.0/24 or 2001:db8::/56",
          Refused.Kind.QUESTION);
    }
    asker.subnet = length > 0;
    asker.subnetV4 = bits == 32;
    asker.subnetLength = length;
    long high = high(address);
    long low = low(address);
    int hostBits = bits - length;
    asker.subnetLow = hostBits >= 64 ? 0 : low & -1L << hostBits;
    asker.subnetHigh = hostBits <= 64 ? high : hostBits == 128 ? 0 : high & -1L << (hostBits - 64);
  }

  private static InetAddress address(String text) throws Refused {
    try {
      // Java also takes 1.2 and 16909060 for addresses; an operator means neither.
      if (!text.contains(":") && !DOTTED.matcher(text).matches()) {
        throw new IllegalArgumentException(text);
      }
      return InetAddress.ofLiteral(text);
    } catch (IllegalArgumentException e) {
      throw new Refused("\"" + text + "\" is not an IP address", Refused.Kind.QUESTION);
    }
  }

  private static long high(InetAddress address) {
    return address instanceof Inet4Address ? 0 : ByteBuffer.wrap(address.getAddress()).getLong();
  }

  private static long low(InetAddress address) {
    return address instanceof Inet4Address
        ? ByteBuffer.wrap(address.getAddress()).getInt() & 0xffffffffL
        : ByteBuffer.wrap(address.getAddress()).getLong(8);
  }
}

package dev.azimuth.steering;

import java.util.List;

/**
 * Who is steered: the client subnet of a query where it has a usable one, else the address that the
 * query came from. IPv6 addresses that stand for an IPv4 address are taken as that: v4-mapped (RFC
 * 4291 section 2.5.5.2), NAT64 with the well-known prefix (RFC 6052), 6to4 (RFC 3056) and Teredo
 * (RFC 4380). A cursor: it holds the client of the last {@link #of}.
 */
final class Client {
  private static final long MAPPED = 0x0000ffffL;
  private static final long NAT64 = 0x0064ff9b_00000000L;
  private static final int SIX_TO_FOUR = 0x2002;
  private static final int TEREDO = 0x20010000;

  /** The IPv6 prefixes whose addresses stand for IPv4 addresses. */
  static final List<Cidr> TRANSITION =
      List.of(
          new Cidr(false, 0, MAPPED << 32, 96),
          new Cidr(false, NAT64, 0, 96),
          new Cidr(false, (long) SIX_TO_FOUR << 48, 0, 16),
          new Cidr(false, (long) TEREDO << 32, 0, 32));

  boolean v4;
  long high;
  long low;

  /** Whether it is the client subnet. */
  boolean subnet;

  /** How many bits of the subnet as it was sent stand before those of the IPv4 address; else 0. */
  int before;

  void of(Asker asker) {
    if (asker.subnet) {
      take(asker.subnetV4, asker.subnetHigh, asker.subnetLow);
      subnet = asker.subnetLength > before && Subnets.usable(v4, high, low);
      if (subnet) {
        return;
      }
    }
    subnet = false;
    take(asker.sourceV4, asker.sourceHigh, asker.sourceLow);
  }

  /**
   * The scope in terms of the subnet that was sent. Even where all IPv4 addresses are steered
   * alike, those outside the prefix that stands for them may not be.
   */
  int scope(int scope) {
    return before + scope;
  }

  /**
   * The length of the shortest prefix around the client, of at least this length, that has no IPv6
   * addresses which are taken as IPv4 addresses: they may be steered otherwise.
   */
  int apart(int length) {
    int apart = length;
    for (int i = 0; !v4 && i < TRANSITION.size(); i++) {
      Cidr other = TRANSITION.get(i);
      int common =
          high == other.high()
              ? Long.SIZE + Long.numberOfLeadingZeros(low ^ other.low())
              : Long.numberOfLeadingZeros(high ^ other.high());
      apart = Math.max(apart, Math.min(other.length(), common + 1));
    }
    return apart;
  }

  /** The IPv4 prefix that an IPv6 one stands for; else the prefix itself. */
  static Cidr embedded(Cidr prefix) {
    Client client = new Client();
    client.take(prefix.v4(), prefix.high(), prefix.low());
    if (prefix.v4() || !client.v4 || prefix.length() < client.before) {
      return prefix;
    }
    int length = Math.min(Family.V4.bits(), prefix.length() - client.before);
    return Cidr.around(true, 0, client.low, length);
  }

  private void take(boolean isV4, long itsHigh, long itsLow) {
    v4 = isV4;
    high = itsHigh;
    low = itsLow;
    before = 0;
    if (isV4) {
      return;
    }
    if (itsHigh >>> 48 == SIX_TO_FOUR) {
      embedded(itsHigh >>> 16, 16);
    } else if (itsHigh >>> 32 == TEREDO) {
      embedded(~itsLow, 96);
    } else if (itsHigh == 0 && itsLow >>> 32 == MAPPED) {
      embedded(itsLow, 96);
    } else if (itsHigh == NAT64 && itsLow >>> 32 == 0) {
      embedded(itsLow, 96);
    }
  }

  private void embedded(long address, int position) {
    v4 = true;
    high = 0;
    low = address & 0xffffffffL;
    before = position;
  }
}

package dev.azimuth.steering;

/** Which client subnets may decide. */
final class Subnets {
  private Subnets() {}

  /**
   * Whether a client subnet is one that a client on the public Internet can have: not private,
   * loopback, link-local, shared, multicast or reserved (RFC 6890). Anybody may claim any subnet,
   * so that one which names an inside network must not lead there.
   */
  static boolean usable(boolean v4, long high, long low) {
    return v4 ? usableV4((int) low) : usableV6(high);
  }

  private static boolean usableV4(int address) {
    int first = address >>> 24;
    return switch (first) {
      case 0, 10, 127 -> false;
      case 100 -> address >>> 22 != (100 << 24 | 64 << 16) >>> 22;
      case 169 -> address >>> 16 != (169 << 8 | 254);
      case 172 -> address >>> 20 != (172 << 24 | 16 << 16) >>> 20;
      case 192 -> address >>> 16 != (192 << 8 | 168);
      default -> first < 224;
    };
  }

  private static boolean usableV6(long high) {
    int first = (int) (high >>> 56);
    boolean uniqueLocal = (first & 0xfe) == 0xfc;
    boolean linkLocal = high >>> 54 == 0xfe80 >>> 6;
    return first != 0 && first != 0xff && !uniqueLocal && !linkLocal;
  }
}

package dev.azimuth.steering;

/** An address family. */
public enum Family {
  /** IPv4: type A, 4 octets. */
  V4(4, 32),
  /** IPv6: type AAAA, 16 octets. */
  V6(16, 128);

  private final int octets;
  private final int bits;

  Family(int octets, int bits) {
    this.octets = octets;
    this.bits = bits;
  }

  /** How many octets an address has. */
  public int octets() {
    return octets;
  }

  /** How many bits an address has. */
  public int bits() {
    return bits;
  }
}
